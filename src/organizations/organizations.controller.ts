import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor, CurrentCaller } from '../access/access.decorators.js';
import { type Actor, type Caller, signedInUser } from '../access/principal.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import {
  NewOrganizationRequest,
  OrganizationAnswer,
  OrganizationPatchRequest,
  OwnOrganizationList,
} from './organizations.dto.js';
import { OrganizationCreationRestricted, SlugTaken } from './organizations.errors.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @Allow({ user: true })
  @Operation('listOrganizations', 'List my organizations', { answer: OwnOrganizationList })
  async list(@CurrentCaller() caller: Caller): Promise<OwnOrganizationList> {
    const { userId } = signedInUser(caller);
    return OwnOrganizationList.of(await this.organizations.listOf(userId));
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
}
