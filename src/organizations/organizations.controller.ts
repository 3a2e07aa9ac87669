import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor, CurrentCaller } from '../access/access.decorators.js';
import { type Actor, type Caller, signedInUser } from '../access/principal.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { DELETED, DeletedAnswer } from '../http/deleted.dto.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { PageQuery } from '../http/pages/page-query.js';
import { Cursors } from '../http/pages/pagination.js';
import {
  DeletionQuery,
  DeletionRequest,
  NewOrganizationRequest,
  OrganizationAnswer,
  OrganizationPatchRequest,
  OwnOrganizationList,
} from './organizations.dto.js';
import {
  ConfirmationMismatch,
  OrganizationCreationRestricted,
  SlugTaken,
} from './organizations.errors.js';
import { OrganizationStandingService } from './organization-standing.service.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly standing: OrganizationStandingService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ user: true })
  @Operation('listOrganizations', 'List my organizations', { answer: OwnOrganizationList })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<OwnOrganizationList> {
    const { userId } = signedInUser(caller);
    const list = `organizations ${userId}`;
    const before = this.cursors.open(list, cursor);
    const rows = await this.organizations.listOf(userId, { before, limit: limit + 1 });
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
    return OrganizationAnswer.of(await this.organizations.create(userId, wanted, caller.origin));
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
    errors: [SlugTaken],
  })
  async change(
    @CurrentActor() actor: Actor,
    @Body() patch: OrganizationPatchRequest,
  ): Promise<OrganizationAnswer> {
    return OrganizationAnswer.of(await this.organizations.change(actor, patch));
  }

  @Delete(':orgID')
  @Allow({ role: 'owner' })
  @Operation('deleteOrganization', 'Delete an organization with all that is in it', {
    description:
      'Every credential of it is refused at once. An operator can bring it back for 30 days.',
    answer: DeletedAnswer,
    errors: [ConfirmationMismatch],
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
