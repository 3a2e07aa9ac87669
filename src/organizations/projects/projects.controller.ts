import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../../access/access.decorators.js';
import {
  ConfinedToProject,
  InsufficientRole,
  OrganizationNotFound,
  OrganizationSuspended,
} from '../../access/access.errors.js';
import { AccessService, type OrganizationRule } from '../../access/access.service.js';
import { decodeId } from '../../access/ids.js';
import { type Actor, type Caller, isMachine } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { Cursors } from '../../http/pages/pagination.js';
import { ValidationFailed } from '../../problem.js';
import { DELETED, DeletedAnswer } from '../../http/deleted.dto.js';
import { ReauthRequired } from '../policies/policies.errors.js';
import {
  NewProjectRequest,
  ProjectAnswer,
  ProjectList,
  ProjectPatchRequest,
  ProjectQuery,
} from './projects.dto.js';
import { ProjectNotFound, ProjectSlugTaken } from './projects.errors.js';
import { ProjectsService } from './projects.service.js';

const READ: OrganizationRule = { role: 'member', scope: 'projects:read' };
const WRITE: OrganizationRule = { role: 'admin', scope: 'projects:write' };

/** A session names the organization, which the service judges. */
const WHICH_ORGANIZATION = [
  new ValidationFailed({ organization_id: ['organization_id is required'] }),
  OrganizationSuspended,
  OrganizationNotFound,
];

@ApiTags('Projects')
@Controller('v1/projects')
export class ProjectsController {
  constructor(
    private readonly projects: ProjectsService,
    private readonly access: AccessService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ user: true, scope: 'projects:read' })
  @Operation('listProjects', 'List projects', { answer: ProjectList, errors: WHICH_ORGANIZATION })
  async list(@CurrentCaller() caller: Caller, @Query() query: ProjectQuery): Promise<ProjectList> {
    const actor = await this.actorOf(caller, query.organization_id, READ);
    const list = `projects ${actor.organizationId}`;
    const rows = await this.projects.list(actor, query.q, {
      before: this.cursors.open(list, query.cursor),
      limit: query.limit + 1,
    });
    return ProjectList.of(this.cursors.page(list, rows, query.limit, ({ id }) => id));
  }

  @Post()
  @Idempotent()
  @Allow({ user: true, scope: 'projects:write' })
  @Operation('createProject', 'Create a project', {
    answer: ProjectAnswer,
    errors: [...WHICH_ORGANIZATION, InsufficientRole, ConfinedToProject, ProjectSlugTaken],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() { organization_id, name, slug }: NewProjectRequest,
  ): Promise<ProjectAnswer> {
    const actor = await this.actorOf(caller, organization_id, WRITE);
    return ProjectAnswer.of(await this.projects.create(actor, { name, slug }));
  }

  @Get(':projectID')
  @Allow({ user: true, scope: 'projects:read' })
  @Operation('getProject', 'Read a project', {
    answer: ProjectAnswer,
    errors: [OrganizationSuspended, ProjectNotFound],
  })
  async get(
    @CurrentCaller() caller: Caller,
    @IdParam('projectID', 'project', ProjectNotFound) projectId: string,
  ): Promise<ProjectAnswer> {
    const actor = await this.actorOfProject(caller, projectId, READ);
    return ProjectAnswer.of(await this.projects.get(actor, projectId));
  }

  @Patch(':projectID')
  @Allow({ user: true, scope: 'projects:write' })
  @Operation('changeProject', 'Change a project', {
    answer: ProjectAnswer,
    errors: [OrganizationSuspended, InsufficientRole, ProjectNotFound, ProjectSlugTaken],
  })
  async change(
    @CurrentCaller() caller: Caller,
    @IdParam('projectID', 'project', ProjectNotFound) projectId: string,
    @Body() { name, slug }: ProjectPatchRequest,
  ): Promise<ProjectAnswer> {
    const actor = await this.actorOfProject(caller, projectId, WRITE);
    return ProjectAnswer.of(await this.projects.change(actor, projectId, { name, slug }));
  }

  @Delete(':projectID')
  @Allow({ user: true, scope: 'projects:write' })
  @Operation('deleteProject', 'Delete a project, and end its keys and clients', {
    answer: DeletedAnswer,
    errors: [
      OrganizationSuspended,
      InsufficientRole,
      ConfinedToProject,
      ReauthRequired,
      ProjectNotFound,
    ],
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @IdParam('projectID', 'project', ProjectNotFound) projectId: string,
  ): Promise<DeletedAnswer> {
    const actor = await this.actorOfProject(caller, projectId, WRITE);
    await this.projects.delete(actor, projectId);
    return DELETED;
  }

  /** People name the organization; machines have but one. */
  private actorOf(
    caller: Caller,
    organizationId: string | undefined,
    rule: OrganizationRule,
  ): Promise<Actor> {
    const { principal } = caller;
    if (organizationId === undefined && isMachine(principal)) {
      return this.access.actorIn(caller, principal.organizationId, rule);
    }
    if (organizationId === undefined) {
      throw new ValidationFailed({ organization_id: ['organization_id is required'] });
    }
    const id = decodeId('organization', organizationId);
    if (id === null) throw new OrganizationNotFound();
    return this.access.actorIn(caller, id, rule);
  }

  /** A project in an organization that the caller can't see is as absent as any other. */
  private async actorOfProject(
    caller: Caller,
    projectId: string,
    rule: OrganizationRule,
  ): Promise<Actor> {
    const organizationId = await this.projects.organizationOf(projectId);
    try {
      return await this.access.actorIn(caller, organizationId, rule);
    } catch (error) {
      if (error instanceof OrganizationNotFound) throw new ProjectNotFound();
      throw error;
    }
  }
}
