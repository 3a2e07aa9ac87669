import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { OrganizationNotFound } from '../access/access.errors.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { type AuditActor } from '../audit/audit.service.js';
import { DELETED, DeletedAnswer } from '../http/deleted.dto.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { IdParam } from '../http/input/id-param.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { OrganizationProvisioningService } from '../organizations/organization-provisioning.service.js';
import { OrganizationSearchService } from '../organizations/organization-search.service.js';
import { OrganizationStandingService } from '../organizations/organization-standing.service.js';
import { OrganizationDetailsPatch } from '../organizations/organizations.dto.js';
import { RestoreExpired, SlugTaken } from '../organizations/organizations.errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { ActingOperator } from './acting-operator.js';
import {
  ListedOrganizationAnswer,
  ListedOrganizationList,
  ProvisionedOrganizationAnswer,
  ProvisionRequest,
  OrganizationSearchQuery,
  SuspensionRequest,
} from './organizations.dto.js';

const LIST = 'every organization';
const OrganizationId = (): ParameterDecorator =>
  IdParam('organizationID', 'organization', OrganizationNotFound);

@ApiTags('Operators')
@Controller('v1/admin/organizations')
export class OperatedOrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly provisioning: OrganizationProvisioningService,
    private readonly search: OrganizationSearchService,
    private readonly standing: OrganizationStandingService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ operator: true })
  @Operation('operatorListOrganizations', 'List all organizations', {
    answer: ListedOrganizationList,
  })
  async list(@Query() query: OrganizationSearchQuery): Promise<ListedOrganizationList> {
    const rows = await this.search.list(query, {
      before: this.cursors.open(LIST, query.cursor),
      limit: query.limit + 1,
    });
    return ListedOrganizationList.of(this.cursors.page(LIST, rows, query.limit, ({ id }) => id));
  }

  @Post()
  @Idempotent({ secrets: ['accept_url'] })
  @Allow({ operator: true })
  @Operation('operatorCreateOrganization', 'Create an organization and invite its first owner', {
    description: 'It has no owner until the invitation is accepted.',
    answer: ProvisionedOrganizationAnswer,
    errors: [SlugTaken],
  })
  async create(
    @ActingOperator() by: AuditActor,
    @Body() wanted: ProvisionRequest,
  ): Promise<ProvisionedOrganizationAnswer> {
    return ProvisionedOrganizationAnswer.ofNew(
      await this.provisioning.provision(by, wanted, wanted.owner_email),
    );
  }

  @Get(':organizationID')
  @Allow({ operator: true })
  @Operation('operatorGetOrganization', 'Read an organization, also a deleted one', {
    answer: ListedOrganizationAnswer,
    errors: [OrganizationNotFound],
  })
  async get(@OrganizationId() id: string): Promise<ListedOrganizationAnswer> {
    return ListedOrganizationAnswer.of(await this.search.get(id));
  }

  @Patch(':organizationID')
  @Allow({ operator: true })
  @Operation('operatorChangeOrganization', 'Change an organization', {
    answer: ListedOrganizationAnswer,
    errors: [OrganizationNotFound, SlugTaken],
  })
  async change(
    @ActingOperator() by: AuditActor,
    @OrganizationId() id: string,
    @Body() patch: OrganizationDetailsPatch,
  ): Promise<ListedOrganizationAnswer> {
    return ListedOrganizationAnswer.of(await this.organizations.changeByOperator(by, id, patch));
  }

  @Delete(':organizationID')
  @Allow({ operator: true })
  @Operation('operatorDeleteOrganization', 'Delete an organization', {
    description: 'It can be restored for 30 days. Again is no error.',
    answer: DeletedAnswer,
    errors: [OrganizationNotFound],
  })
  async delete(
    @ActingOperator() by: AuditActor,
    @OrganizationId() id: string,
  ): Promise<DeletedAnswer> {
    await this.standing.delete(by, id);
    return DELETED;
  }

  @Post(':organizationID/suspend')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorSuspendOrganization', 'Refuse every credential of an organization at once', {
    answer: ListedOrganizationAnswer,
    errors: [OrganizationNotFound],
  })
  async suspend(
    @ActingOperator() by: AuditActor,
    @OrganizationId() id: string,
    @Body() { reason }: SuspensionRequest,
  ): Promise<ListedOrganizationAnswer> {
    return ListedOrganizationAnswer.of(await this.standing.suspend(by, id, reason));
  }

  @Post(':organizationID/resume')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorResumeOrganization', 'End the suspension of an organization', {
    answer: ListedOrganizationAnswer,
    errors: [OrganizationNotFound],
  })
  async resume(
    @ActingOperator() by: AuditActor,
    @OrganizationId() id: string,
  ): Promise<ListedOrganizationAnswer> {
    return ListedOrganizationAnswer.of(await this.standing.resume(by, id));
  }

  @Post(':organizationID/restore')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorRestoreOrganization', 'Bring a deleted organization back', {
    description: 'Within 30 days, with its members and every credential that was good.',
    answer: ListedOrganizationAnswer,
    errors: [OrganizationNotFound, RestoreExpired],
  })
  async restore(
    @ActingOperator() by: AuditActor,
    @OrganizationId() id: string,
  ): Promise<ListedOrganizationAnswer> {
    return ListedOrganizationAnswer.of(await this.standing.restore(by, id));
  }
}
