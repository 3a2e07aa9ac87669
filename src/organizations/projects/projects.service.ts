import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';
import { ConfinedToProject } from '../../access/access.errors.js';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { randomBase62 } from '../../access/secrets/secret.js';
import { type AuditAction, type AuditEntry, AuditService } from '../../audit/audit.service.js';
import { violatesUnique } from '../../database/faults.js';
import {
  CREDENTIAL_STORES,
  type CredentialStore,
} from '../credentials/credential-store.service.js';
import { OrganizationChangesService, SENSITIVE } from '../organization-changes.service.js';
import { slugOf } from '../slug.js';
import { Project } from './project.entity.js';
import { ProjectNotFound, ProjectSlugTaken } from './projects.errors.js';

export interface NewProject {
  readonly name: string;
  readonly slug?: string;
}

/** What is undefined stays. */
export interface ProjectPatch {
  readonly name: string | undefined;
  readonly slug: string | undefined;
}

@Injectable()
export class ProjectsService {
  constructor(
    @InjectRepository(Project) private readonly projects: Repository<Project>,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
    @Inject(CREDENTIAL_STORES) private readonly stores: readonly CredentialStore[],
  ) {}

  /** Whether the organization has this project. */
  has(organizationId: string, projectId: string): Promise<boolean> {
    return this.projects.existsBy({ id: projectId, organizationId, deletedAt: IsNull() });
  }

  /** @throws ProjectNotFound where the organization has no such project */
  async require(organizationId: string, projectId: string): Promise<void> {
    if (!(await this.has(organizationId, projectId))) throw new ProjectNotFound();
  }

  /**
   * Under the lock of the organization, so that no credential is made for a project that goes.
   *
   * @param projectId null for the organization as a whole
   * @throws ProjectNotFound
   */
  async requireLive(
    manager: EntityManager,
    organizationId: string,
    projectId: string | null,
  ): Promise<void> {
    if (projectId === null) return;
    const project = { id: projectId, organizationId, deletedAt: IsNull() };
    if (!(await manager.existsBy(Project, project))) throw new ProjectNotFound();
  }

  /** The organization that a project belongs to. @throws ProjectNotFound */
  async organizationOf(projectId: string): Promise<string> {
    const project = await this.projects.findOneBy({ id: projectId, deletedAt: IsNull() });
    if (!project) throw new ProjectNotFound();
    return project.organizationId;
  }

  /**
   * Newest first; a credential of a project sees that one alone.
   *
   * @param q part of the name or the slug, in any case
   */
  list(
    actor: Actor,
    q: string | undefined,
    page: { before: string | undefined; limit: number },
  ): Promise<Project[]> {
    const { organizationId, projectId } = actor;
    const query = this.projects
      .createQueryBuilder('project')
      .where({ organizationId, deletedAt: IsNull() });
    if (projectId !== null) query.andWhere('project.id = :projectId', { projectId });
    if (q !== undefined) {
      query.andWhere(
        '(strpos(lower(project.name), lower(:q)) > 0 OR strpos(project.slug, lower(:q)) > 0)',
        { q },
      );
    }
    if (page.before !== undefined) query.andWhere({ id: LessThan(page.before) });
    return query.orderBy('project.id', 'DESC').take(page.limit).getMany();
  }

  /** @throws ProjectNotFound also for another project than the credential's own */
  async get(actor: Actor, projectId: string): Promise<Project> {
    return find(this.projects.manager, actor, projectId);
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
        deletedAt: null,
      };
      await insertProject(manager, project);
      const metadata = shownOf(project);
      await this.audit.record(manager, actor, eventOf(project, 'project.created', metadata));
      return project;
    });
  }

  /**
   * A credential of the project may do it as well.
   *
   * @throws ProjectNotFound
   * @throws ProjectSlugTaken
   */
  change(actor: Actor, projectId: string, patch: ProjectPatch): Promise<Project> {
    return this.changes.run(actor, 'exclusive', async (manager) => {
      const project = await find(manager, actor, projectId);
      const before = shownOf(project);
      project.name = patch.name ?? project.name;
      project.slug = patch.slug ?? project.slug;
      if (isDeepStrictEqual(shownOf(project), before)) return project;
      project.updatedAt = new Date();
      await renameProject(manager, project);
      const metadata = { before, after: shownOf(project) };
      await this.audit.record(manager, actor, eventOf(project, 'project.updated', metadata));
      return project;
    });
  }

  /**
   * Takes a project from the organization; the keys and clients of it die at once.
   *
   * @throws ProjectNotFound
   * @throws ConfinedToProject for a credential of the project
   * @throws ReauthRequired
   */
  async delete(actor: Actor, projectId: string): Promise<void> {
    const { organizationId } = actor;
    const work = async (manager: EntityManager): Promise<void> => {
      const project = await find(manager, actor, projectId);
      if (actor.projectId !== null) throw new ConfinedToProject();
      await manager.update(Project, { id: projectId }, { deletedAt: new Date() });
      const metadata = shownOf(project);
      await this.audit.record(manager, actor, eventOf(project, 'project.deleted', metadata));
      const change = { by: actor, cause: 'project_deleted' } as const;
      for (const store of this.stores) {
        await store.end(manager, { organizationId, projectId }, change);
      }
    };
    await this.changes.run(actor, 'exclusive', work, SENSITIVE);
  }
}

/** @throws ProjectNotFound also for another project than the credential's own */
async function find(
  manager: EntityManager,
  { organizationId, projectId: own }: Actor,
  id: string,
): Promise<Project> {
  const isVisible = own === null || own === id;
  const project = await manager.findOneBy(Project, { id, organizationId, deletedAt: IsNull() });
  if (!project || !isVisible) throw new ProjectNotFound();
  return project;
}

/** @throws ProjectSlugTaken */
async function renameProject(manager: EntityManager, project: Project): Promise<void> {
  const { id, name, slug, updatedAt } = project;
  try {
    await manager.update(Project, { id }, { name, slug, updatedAt });
  } catch (error) {
    if (violatesUnique(error, 'projects_slug')) throw new ProjectSlugTaken();
    throw error;
  }
}

function shownOf({ name, slug }: Project): Record<string, unknown> {
  return { name, slug };
}

function eventOf(
  { id, organizationId }: Project,
  action: AuditAction,
  metadata: Record<string, unknown>,
): AuditEntry {
  const targetId = encodeId('project', id);
  return { action, organizationId, projectId: id, targetId, metadata };
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
  const isTaken = await manager.existsBy(Project, { organizationId, slug, deletedAt: IsNull() });
  return isTaken ? slugOf(name, randomBase62(6).toLowerCase()) : slug;
}
