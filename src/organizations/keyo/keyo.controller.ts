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
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor, CurrentCaller } from '../../access/access.decorators.js';
import { OrganizationNotFound } from '../../access/access.errors.js';
import { decodeId } from '../../access/ids.js';
import { type Actor, type Caller, isMachine } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { localTargetOf } from '../../http/errors/dialect.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { ValidationFailed } from '../../problem.js';
import { MemberChangesService } from '../members/member-changes.service.js';
import { MemberBody } from '../members/members.dto.js';
import {
  CannotGrantOwner,
  CannotModifyOwner,
  LastOwner,
  MemberNotFound,
} from '../members/members.errors.js';
import { type MemberRef, MembersService } from '../members/members.service.js';
import { OrganizationBody } from '../organizations.dto.js';
import { OrganizationsService } from '../organizations.service.js';
import {
  KeyoMemberPage,
  KeyoMemberPatch,
  KeyoMemberReplacement,
  KeyoOrganizationPage,
  TakesOffsetPage,
} from './keyo.dto.js';
import { linksOf, offsetPageOf } from './offset-page.js';

const REFUSED_CHANGES = [
  new ValidationFailed({ role: ['"boss" is not a valid choice.'] }),
  MemberNotFound,
  CannotModifyOwner,
  CannotGrantOwner,
  LastOwner,
];

/** Keyo's Organization API: the same services in Django REST Framework's dialect. */
@ApiTags('Organization API')
@Controller('api/v3/public/organizations')
export class KeyoController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly changes: MemberChangesService,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ scope: 'organizations:read' })
  @TakesOffsetPage()
  @Operation('keyoListOrganizations', 'List organizations', { answer: KeyoOrganizationPage })
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
  @Operation('keyoGetOrganization', 'Read the organization', { answer: OrganizationBody })
  async get(@CurrentActor() actor: Actor): Promise<OrganizationBody> {
    return OrganizationBody.of(await this.organizations.get(actor.organizationId));
  }

  @Get(':orgID/members')
  @FromReplica()
  @Allow({ scope: 'members:read' })
  @TakesOffsetPage()
  @Operation('keyoListMembers', 'List members', { answer: KeyoMemberPage })
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
  @Operation('keyoGetMember', 'Read a member', {
    answer: MemberBody,
    errors: [MemberNotFound],
  })
  async getMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.members.get(actor.organizationId, refOf(userId)));
  }

  @Patch(':orgID/members/:userID')
  @Allow({ scope: 'members:write' })
  @Operation('keyoChangeMember', 'Change role or status', {
    answer: MemberBody,
    errors: REFUSED_CHANGES,
  })
  async changeMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
    @Body() patch: KeyoMemberPatch,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.changes.change(actor, refOf(userId), patch));
  }

  @Put(':orgID/members/:userID')
  @Allow({ scope: 'members:write' })
  @Operation('keyoReplaceMember', 'Set role and status', {
    answer: MemberBody,
    errors: REFUSED_CHANGES,
  })
  async replaceMember(
    @CurrentActor() actor: Actor,
    @Param('userID') userId: string,
    @Body() body: KeyoMemberReplacement,
  ): Promise<MemberBody> {
    return MemberBody.of(await this.changes.change(actor, refOf(userId), body));
  }

  @Delete(':orgID/members/:userID')
  @HttpCode(204)
  @Allow({ scope: 'members:write' })
  @Operation('keyoRemoveMember', 'Remove a member', {
    errors: [MemberNotFound, CannotModifyOwner, LastOwner],
  })
  async removeMember(@CurrentActor() actor: Actor, @Param('userID') userId: string): Promise<void> {
    await this.changes.remove(actor, refOf(userId));
  }

  /** Where clients find what they asked for; an absolute target's own host is anyone's claim. */
  private publicAddress(target: string): URL {
    return new URL(this.runtime.publicUrl + localTargetOf(target));
  }
}

/** @throws MemberNotFound for text that is no user's id */
function refOf(userId: string): MemberRef {
  const id = decodeId('user', userId);
  if (id === null) throw new MemberNotFound();
  return { userId: id };
}
