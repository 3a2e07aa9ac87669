import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';
import { encodeOptionalId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { type AuditEntry, AuditService } from '../../audit/audit.service.js';
import {
  OrganizationChangesService,
  SENSITIVE,
} from '../../organizations/organization-changes.service.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { differencesOf } from '../../patch.js';
import { newClientId } from './client-id.js';
import { ClientPolicy } from './client-policy.js';
import { ClientSecretsService, type IssuedSecret } from './client-secrets.service.js';
import {
  changed,
  type ClientPatch,
  type ClientSettings,
  signs,
  wireOf,
} from './client-settings.js';
import { lockClient } from './locked-client.js';
import { OAuthClient } from './oauth-client.entity.js';
import { OAuthClientNotFound } from './oauth-clients.errors.js';

const DEFAULT_SCOPES = ['read', 'write'];
const DEFAULT_PROJECT_SCOPES = ['projects:read'];

export interface NewClient {
  /** UUID. */
  readonly projectId: string | null;
  /** By default those of a client of its kind. */
  readonly scopes: readonly string[] | undefined;
  readonly settings: Omit<ClientSettings, 'scopes'>;
}

/** Undefined asks for nothing. */
export interface ClientFilter {
  /** UUID. */
  readonly projectId: string | undefined;
  readonly isActive: boolean | undefined;
  /** Part of the name, in any case. */
  readonly q: string | undefined;
}

/** The OAuth clients of an organization. */
@Injectable()
export class OAuthClientsService {
  constructor(
    @InjectRepository(OAuthClient) private readonly clients: Repository<OAuthClient>,
    private readonly secrets: ClientSecretsService,
    private readonly policy: ClientPolicy,
    private readonly projects: ProjectsService,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /** Newest first. @throws ProjectNotFound */
  async list(
    { organizationId }: Actor,
    { projectId, isActive, q }: ClientFilter,
    page: { before: string | undefined; limit: number },
  ): Promise<OAuthClient[]> {
    if (projectId !== undefined) await this.projects.require(organizationId, projectId);
    const query = this.clients
      .createQueryBuilder('client')
      .where({ organizationId, deletedAt: IsNull() });
    if (projectId !== undefined) query.andWhere({ projectId });
    if (isActive !== undefined) query.andWhere({ isActive });
    if (q !== undefined) query.andWhere('strpos(lower(client.name), lower(:q)) > 0', { q });
    if (page.before !== undefined) query.andWhere({ id: LessThan(page.before) });
    return query.orderBy('client.id', 'DESC').take(page.limit).getMany();
  }

  /** @throws OAuthClientNotFound */
  async get({ organizationId }: Actor, clientId: string): Promise<OAuthClient> {
    const client = await this.clients.findOneBy({ clientId, organizationId, deletedAt: IsNull() });
    if (!client) throw new OAuthClientNotFound();
    return client;
  }

  /**
   * A new client, with its first secret unless it signs. Where the addresses are left open, it gets
   * those of its maker.
   *
   * @throws ValidationFailed for settings that do not go together
   * @throws InvalidScope
   * @throws ScopeNotAllowedForProjectKey
   * @throws ProjectNotFound
   * @throws ScopeExceedsCreator
   * @throws ReauthRequired
   */
  async create(actor: Actor, { projectId, scopes, settings }: NewClient): Promise<IssuedSecret> {
    const { organizationId, bounds } = actor;
    const defaults = projectId === null ? DEFAULT_SCOPES : DEFAULT_PROJECT_SCOPES;
    const wanted = {
      ...settings,
      scopes: [...new Set(scopes ?? defaults)],
      ipAllowlist: settings.ipAllowlist ?? (bounds.ipAllowlist && [...bounds.ipAllowlist]),
    };
    this.policy.assertPossible(wanted, projectId);
    if (projectId !== null) await this.projects.require(organizationId, projectId);
    this.policy.assertHeld(actor, wanted);
    const work = async (manager: EntityManager): Promise<IssuedSecret> => {
      await this.projects.requireLive(manager, organizationId, projectId);
      const client: OAuthClient = {
        ...wanted,
        clientId: newClientId(),
        id: newId(),
        organizationId,
        projectId,
        tokenGeneration: 1,
        pausedWithMaker: false,
        createdByUserId: actor.userId,
        createdAt: new Date(),
        lastUsedAt: null,
        deletedAt: null,
      };
      await manager.insert(OAuthClient, client);
      const issued = signs(client)
        ? { client, secret: null, plaintext: null }
        : await this.secrets.issue(manager, actor, client, { label: null, expiresAt: null });
      await this.audit.record(manager, actor, eventOf(client, 'created', describe(client)));
      return issued;
    };
    return this.changes.run(actor, 'shared', work, SENSITIVE);
  }

  /**
   * @throws OAuthClientNotFound
   * @throws ValidationFailed for settings that do not go together
   * @throws InvalidScope
   * @throws ScopeNotAllowedForProjectKey
   * @throws ScopeExceedsCreator
   * @throws CannotChangeItself
   * @throws ReauthRequired
   */
  change(actor: Actor, clientId: string, patch: ClientPatch): Promise<OAuthClient> {
    const work = async (manager: EntityManager): Promise<OAuthClient> => {
      const before = await lockClient(manager, actor, clientId);
      const { scopes } = patch;
      const after = changed(before, scopes ? { ...patch, scopes: [...new Set(scopes)] } : patch);
      this.policy.assertPossible(after, before.projectId, scopes !== undefined);
      this.policy.assertMayChange(actor, before, after);
      const differences = differencesOf(wireOf(before), wireOf(after));
      if (Object.keys(differences).length === 0) return before;
      // Whoever enables or disables it decides also for the day when its maker comes back.
      const decided = patch.isActive === undefined ? {} : { pausedWithMaker: false };
      await manager.update(OAuthClient, { clientId }, { ...after, ...decided });
      if (signs(after) && !signs(before)) await this.secrets.revokeAll(manager, clientId);
      await this.audit.record(manager, actor, eventOf(before, 'updated', differences));
      return Object.assign(before, after);
    };
    return this.changes.run(actor, 'exclusive', work, SENSITIVE);
  }

  /** Its secrets and tokens die at once. @throws OAuthClientNotFound */
  delete(actor: Actor, clientId: string): Promise<void> {
    return this.changes.run(actor, 'exclusive', async (manager) => {
      const client = await lockClient(manager, actor, clientId);
      await manager.update(OAuthClient, { clientId }, { deletedAt: new Date() });
      await this.audit.record(manager, actor, eventOf(client, 'deleted', { name: client.name }));
    });
  }
}

function eventOf(
  { organizationId, projectId, clientId }: OAuthClient,
  what: 'created' | 'updated' | 'deleted',
  metadata: Record<string, unknown>,
): AuditEntry {
  return {
    action: `oauth_client.${what}`,
    organizationId,
    projectId,
    targetId: clientId,
    metadata,
  };
}

function describe(client: OAuthClient): Record<string, unknown> {
  return { ...wireOf(client), project_id: encodeOptionalId('project', client.projectId) };
}
