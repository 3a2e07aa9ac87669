import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { InsufficientRole } from '../../access/access.errors.js';
import { decodeId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { Cursors } from '../../http/pages/pagination.js';
import { ReauthRequired } from '../policies/policies.errors.js';
import { DeparturesService } from './departures.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { MemberAnswer, MemberList, MemberPatchRequest, MemberQuery } from './members.dto.js';
import {
  CannotGrantOwner,
  CannotModifyOwner,
  LastOwner,
  MemberNotFound,
} from './members.errors.js';
import { type MemberRef, MembersService } from './members.service.js';
import { OffboardingAnswer } from './offboarding.dto.js';

@ApiTags('Members')
@Controller('v1/organizations/:orgID/members')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly changes: MemberChangesService,
    private readonly departures: DeparturesService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ role: 'member', scope: 'members:read' })
  @Operation('listMembers', 'List members', { answer: MemberList })
  async list(@CurrentActor() actor: Actor, @Query() query: MemberQuery): Promise<MemberList> {
    const { organizationId } = actor;
    const list = `members ${organizationId}`;
    const rows = await this.members.list(organizationId, query, {
      before: this.cursors.open(list, query.cursor),
      limit: query.limit + 1,
    });
    return MemberList.of(
      this.cursors.page(list, rows, query.limit, ({ membership }) => membership.id),
    );
  }

  @Get(':ref')
  @Allow({ role: 'member', scope: 'members:read' })
  @Operation('getMember', 'Read a member', { answer: MemberAnswer, errors: [MemberNotFound] })
  async get(@CurrentActor() actor: Actor, @Param('ref') ref: string): Promise<MemberAnswer> {
    return MemberAnswer.of(await this.members.get(actor.organizationId, refOf(actor, ref)));
  }

  @Get(':ref/offboarding')
  @Allow({ role: 'admin' })
  @Operation('previewOffboarding', 'See what removing or pausing a member would end', {
    description: 'The keys and clients that the member made, and what the policy does to each.',
    answer: OffboardingAnswer,
    errors: [MemberNotFound],
  })
  async offboarding(
    @CurrentActor() actor: Actor,
    @Param('ref') ref: string,
  ): Promise<OffboardingAnswer> {
    const { membership } = await this.members.get(actor.organizationId, refOf(actor, ref));
    return OffboardingAnswer.of(await this.departures.preview(membership));
  }

  @Patch(':ref')
  @Allow({ role: 'admin', scope: 'members:write' })
  @Operation('changeMember', 'Change role or status', {
    answer: MemberAnswer,
    errors: [MemberNotFound, CannotModifyOwner, CannotGrantOwner, ReauthRequired, LastOwner],
  })
  async change(
    @CurrentActor() actor: Actor,
    @Param('ref') ref: string,
    @Body() patch: MemberPatchRequest,
  ): Promise<MemberAnswer> {
    return MemberAnswer.of(await this.changes.change(actor, refOf(actor, ref), patch));
  }

  @Delete(':ref')
  @HttpCode(204)
  @Allow({ role: 'member', scope: 'members:write' })
  @Operation('removeMember', 'Remove a member, or leave', {
    errors: [MemberNotFound, InsufficientRole, CannotModifyOwner, ReauthRequired, LastOwner],
  })
  async remove(@CurrentActor() actor: Actor, @Param('ref') ref: string): Promise<void> {
    await this.changes.remove(actor, refOf(actor, ref));
  }
}

/** A user id, a membership id, or `me`. @throws MemberNotFound */
function refOf(actor: Actor, ref: string): MemberRef {
  const userId = ref === 'me' ? actor.userId : decodeId('user', ref);
  if (userId !== null) return { userId };
  const id = decodeId('membership', ref);
  if (id === null) throw new MemberNotFound();
  return { id };
}
