import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor, CurrentCaller } from '../access/access.decorators.js';
import { decodeId } from '../access/ids.js';
import { type Actor, type Caller, confinementOf, signedInUser } from '../access/principal.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { DELETED, DeletedAnswer } from '../http/deleted.dto.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { PageQuery } from '../http/pages/page-query.js';
import { Cursors } from '../http/pages/pagination.js';
import { MemberAnswer } from './members/members.dto.js';
import { AlreadyOwner, MemberNotFound } from './members/members.errors.js';
import { OwnershipService } from './members/ownership.service.js';
import {
  DeletionQuery,
  DeletionRequest,
  NewOrganizationRequest,
  OrganizationAnswer,
  OrganizationPatchRequest,
  OwnershipTransferRequest,
  OwnOrganizationList,
} from './organizations.dto.js';
import {
  ConfirmationMismatch,
  OrganizationCreationRestricted,
  SlugTaken,
} from './organizations.errors.js';
import { OrganizationCreationService } from './organization-creation.service.js';
import { OrganizationStandingService } from './organization-standing.service.js';
import { OrganizationsService } from './organizations.service.js';
import { PoliciesAreSetByPeople, ReauthRequired } from './policies/policies.errors.js';

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly creation: OrganizationCreationService,
    private readonly ownership: OwnershipService,
    private readonly standing: OrganizationStandingService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ user: true })
  @Operation('listOrganizations', 'List my organizations', { answer: OwnOrganizationList })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<OwnOrganizationList> {
    const principal = signedInUser(caller);
    const { userId } = principal;
    const list = `organizations ${userId}`;
    const before = this.cursors.open(list, cursor);
    const confinement = confinementOf(principal);
    const wanted = { before, limit: limit + 1 };
    const rows = await this.organizations.listOf(userId, wanted, confinement);
    const page = this.cursors.page(list, rows, limit, ({ organization }) => organization.id);
    return OwnOrganizationList.of(page);
  }

  @Post()
  @Idempotent()
  @Allow({ user: true })
  @Operation('createOrganization', 'Create an organization of my own', {
    answer: OrganizationAnswer,
    errors: [OrganizationCreationRestricted, SlugTaken],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() wanted: NewOrganizationRequest,
  ): Promise<OrganizationAnswer> {
    const { userId } = signedInUser(caller);
    return OrganizationAnswer.of(await this.creation.create(userId, wanted, caller.origin));
  }

  @Get(':orgID')
  @Allow({ role: 'member', scope: 'organizations:read', whileSuspended: true })
  @Operation('getOrganization', 'Read an organization', { answer: OrganizationAnswer })
  async get(@CurrentActor() actor: Actor): Promise<OrganizationAnswer> {
    return OrganizationAnswer.of(await this.organizations.get(actor.organizationId));
  }

  @Patch(':orgID')
  @Allow({ role: 'admin', scope: 'organizations:write' })
  @Operation('changeOrganization', 'Change an organization', {
    answer: OrganizationAnswer,
    errors: [SlugTaken, PoliciesAreSetByPeople, ReauthRequired],
  })
  async change(
    @CurrentActor() actor: Actor,
    @Body() patch: OrganizationPatchRequest,
  ): Promise<OrganizationAnswer> {
    return OrganizationAnswer.of(await this.organizations.change(actor, patch.toPatch()));
  }

  @Post(':orgID/transfer-ownership')
  @HttpCode(200)
  @Idempotent()
  @Allow({ role: 'owner' })
  @Operation('transferOwnership', 'Make a member the owner, and myself an admin', {
    answer: MemberAnswer,
    errors: [ReauthRequired, MemberNotFound, AlreadyOwner],
  })
  async transfer(
    @CurrentActor() actor: Actor,
    @Body() { user_id }: OwnershipTransferRequest,
  ): Promise<MemberAnswer> {
    const userId = decodeId('user', user_id);
    if (userId === null) throw new MemberNotFound();
    return MemberAnswer.of(await this.ownership.transfer(actor, userId));
  }

  @Delete(':orgID')
  @Allow({ role: 'owner' })
  @Operation('deleteOrganization', 'Delete an organization with all that is in it', {
    description:
      'Every credential of it is refused at once. An operator can bring it back for 30 days.',
    answer: DeletedAnswer,
    errors: [ReauthRequired, ConfirmationMismatch],
  })
  async delete(
    @CurrentActor() actor: Actor,
    @Query() query: DeletionQuery,
    @Body() body: DeletionRequest,
  ): Promise<DeletedAnswer> {
    await this.standing.deleteOwn(actor, query.confirm ?? body.confirm);
    return DELETED;
  }
}
