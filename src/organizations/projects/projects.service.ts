import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, type Repository } from 'typeorm';
import { ConfinedToProject } from '../../access/access.errors.js';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { randomBase62 } from '../../access/secret.js';
import { AuditService } from '../../audit/audit.service.js';
import { violatesUnique } from '../../database/faults.js';
import { OrganizationChangesService } from '../organization-changes.service.js';
import { slugOf } from '../slug.js';
import { Project } from './project.entity.js';
import { ProjectNotFound, ProjectSlugTaken } from './projects.errors.js';

export interface NewProject {
  readonly name: string;
  readonly slug?: string;
}

@Injectable()
export class ProjectsService {
  constructor(
    @InjectRepository(Project) private readonly projects: Repository<Project>,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /** Whether the organization has this project. */
  has(organizationId: string, projectId: string): Promise<boolean> {
    return this.projects.existsBy({ id: projectId, organizationId });
  }

  /** @throws ProjectNotFound where the organization has no such project */
  async require(organizationId: string, projectId: string): Promise<void> {
    if (!(await this.has(organizationId, projectId))) throw new ProjectNotFound();
  }

  /** The organization that a project belongs to. @throws ProjectNotFound */
  async organizationOf(projectId: string): Promise<string> {
    const project = await this.projects.findOneBy({ id: projectId });
    if (!project) throw new ProjectNotFound();
    return project.organizationId;
  }

  /** Newest first; a credential of a project sees that one alone. */
  list(actor: Actor, page: { before: string | undefined; limit: number }): Promise<Project[]> {
    const { organizationId, projectId } = actor;
    const query = this.projects
      .createQueryBuilder('project')
      .where('project.organizationId = :organizationId', { organizationId });
    if (projectId !== null) query.andWhere('project.id = :projectId', { projectId });
    if (page.before !== undefined) query.andWhere({ id: LessThan(page.before) });
    return query.orderBy('project.id', 'DESC').take(page.limit).getMany();
  }

  /** @throws ProjectNotFound also for another project than the credential's own */
  async get(actor: Actor, projectId: string): Promise<Project> {
    const { organizationId } = actor;
    const isVisible = actor.projectId === null || actor.projectId === projectId;
    const project = await this.projects.findOneBy({ id: projectId, organizationId });
    if (!project || !isVisible) throw new ProjectNotFound();
    return project;
  }

  /**
   * @throws ConfinedToProject for a credential of a project
   * @throws ProjectSlugTaken
   */
  create(actor: Actor, { name, slug }: NewProject): Promise<Project> {
    if (actor.projectId !== null) throw new ConfinedToProject();
    return this.changes.run(actor, 'shared', async (manager) => {
      const now = new Date();
      const project: Project = {
        id: newId(),
        organizationId: actor.organizationId,
        name,
        slug: slug ?? (await freeSlug(manager, actor.organizationId, name)),
        createdAt: now,
        updatedAt: now,
      };
      await insertProject(manager, project);
      await this.audit.record(manager, actor, {
        action: 'project.created',
        organizationId: actor.organizationId,
        projectId: project.id,
        targetId: encodeId('project', project.id),
        metadata: { name, slug: project.slug },
      });
      return project;
    });
  }
}

async function insertProject(manager: EntityManager, project: Project): Promise<void> {
  try {
    await manager.insert(Project, project);
  } catch (error) {
    if (violatesUnique(error, 'projects_slug')) throw new ProjectSlugTaken();
    throw error;
  }
}

async function freeSlug(
  manager: EntityManager,
  organizationId: string,
  name: string,
): Promise<string> {
  const slug = slugOf(name);
  // Whoever makes one of the same name at the same time waits, and then sees this one.
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `project slug ${organizationId} ${slug}`,
  ]);
  const isTaken = await manager.existsBy(Project, { organizationId, slug });
  return isTaken ? slugOf(name, randomBase62(6).toLowerCase()) : slug;
}
