import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Put,
  Req,
} from '@nestjs/common';
import { Allow, CurrentActor, CurrentCaller } from '../../access/access.decorators.js';
import { decodeId } from '../../access/ids.js';
import { type Actor, type Caller, isMachine } from '../../access/principal.js';
import { OrganizationNotFound } from '../../access/access.errors.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { MemberBody } from '../members/members.dto.js';
import { MemberNotFound } from '../members/members.errors.js';
import { type MemberRef, MembersService } from '../members/members.service.js';
import { OrganizationBody } from '../organizations.dto.js';
import { OrganizationsService } from '../organizations.service.js';
import {
  KeyoMemberPage,
  KeyoMemberPatch,
  KeyoMemberReplacement,
  KeyoOrganizationPage,
} from './keyo.dto.js';
import { linksOf, offsetPageOf } from './offset-page.js';

/** Keyo's Organization API: the same services in Django REST Framework's dialect. */
@Controller('api/v3/public/organizations')
export class KeyoController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  @Allow({ scope: 'organizations:read' })
  async list(
    @CurrentCaller() { principal }: Caller,
    @Req() request: { url: string },
  ): Promise<KeyoOrganizationPage> {
    if (!isMachine(principal)) throw new OrganizationNotFound();
    const url = this.publicAddress(request.url);
    const page = offsetPageOf(url.searchParams);
    const organization = await this.organizations.get(principal.organizationId);
    const results = [OrganizationBody.of(organization)].slice(page.offset);
    return { count: 1, ...linksOf(url, page, 1), results };
  }

  @Get(':orgID')
  @Allow({ scope: 'organizations:read' })
  async get(@CurrentActor() actor: Actor): Promise<OrganizationBody> {
    return OrganizationBody.of(await this.organizations.get(actor.organizationId));
  }

  @Get(':orgID/members')
  @Allow({ scope: 'members:read' })
  async listMembers(
    @CurrentActor() actor: Actor,
    @Req() request: { url: string },
  ): Promise<KeyoMemberPage> {
    const url = this.publicAddress(request.url);
    const page = offsetPageOf(url.searchParams);
    const { members, count } = await this.members.listByOffset(actor.organizationId, page);
    const results = members.map((member) => MemberBody.of(member));
    return { count, ...linksOf(url, page, count), results };
  }

  @Get(':orgID/members/:userID')
  @Allow({ scope: 'members:read' })
  async getMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.members.get(actor.organizationId, refOf(userId)));
  }

  @Patch(':orgID/members/:userID')
  @Allow({ scope: 'members:write' })
  async changeMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
    @Body() patch: KeyoMemberPatch,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.members.change(actor, refOf(userId), patch));
  }

  @Put(':orgID/members/:userID')
  @Allow({ scope: 'members:write' })
  async replaceMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
    @Body() body: KeyoMemberReplacement,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.members.change(actor, refOf(userId), body));
  }

  @Delete(':orgID/members/:userID')
  @HttpCode(204)
  @Allow({ scope: 'members:write' })
  async removeMember(@CurrentActor() actor: Actor, @Param('userID') userId: string): Promise<void> {
    await this.members.remove(actor, refOf(userId));
  }

  private publicAddress(path: string): URL {
    return new URL(this.runtime.publicUrl + path);
  }
}

/** @throws MemberNotFound for text that is no user's id */
function refOf(userId: string): MemberRef {
  const id = decodeId('user', userId);
  if (id === null) throw new MemberNotFound();
  return { userId: id };
}
