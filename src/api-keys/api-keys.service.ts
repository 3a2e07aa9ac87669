import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, IsNull, LessThan, type Repository } from 'typeorm';
import { InsufficientScope } from '../access/access.errors.js';
import { encodeId } from '../access/ids.js';
import { type Actor } from '../access/principal.js';
import { type Scope } from '../access/scopes.js';
import { AuditService } from '../audit/audit.service.js';
import { OrganizationChangesService } from '../organizations/organization-changes.service.js';
import { ProjectsService } from '../organizations/projects/projects.service.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyNotFound } from './api-keys.errors.js';

export interface KeyFilter {
  /** UUID. */
  readonly projectId: string | undefined;
  readonly isActive: boolean | undefined;
  /** Part of the name, the prefix or the device's name, in any case. */
  readonly text: string | undefined;
  /** Only keys that are older than this one (UUID). */
  readonly before: string | undefined;
  readonly limit: number;
}

const REVOKING: Scope = 'api_keys:write';

/** The keys of an organization, as those who may manage them see them. */
@Injectable()
export class ApiKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly projects: ProjectsService,
    private readonly changes: OrganizationChangesService,
    private readonly audit: AuditService,
  ) {}

  /** Newest first, revoked ones included. @throws ProjectNotFound */
  async list(actor: Actor, filter: KeyFilter): Promise<ApiKey[]> {
    const { projectId, isActive, text, before, limit } = filter;
    const query = this.apiKeys.createQueryBuilder('apiKey').where(visibleTo(actor));
    if (projectId !== undefined) {
      await this.projects.require(actor.organizationId, projectId);
      query.andWhere({ projectId });
    }
    if (before !== undefined) query.andWhere({ id: LessThan(before) });
    if (isActive !== undefined) {
      query.andWhere(
        `(apiKey.disabledAt IS NULL AND apiKey.revokedAt IS NULL
          AND (apiKey.mustBeUsedBy IS NULL OR apiKey.mustBeUsedBy > :now)
          AND (apiKey.expiresAt IS NULL OR apiKey.expiresAt > :now)) = :isActive`,
        { now: new Date(), isActive },
      );
    }
    if (text !== undefined) {
      query.andWhere(
        `(apiKey.name ILIKE :part OR apiKey.keyPrefix ILIKE :part
          OR apiKey.deviceName ILIKE :part)`,
        { part: `%${text.replace(/[\\%_]/g, '\\$&')}%` },
      );
    }
    return query.orderBy('apiKey.id', 'DESC').take(limit).getMany();
  }

  /** @throws ApiKeyNotFound */
  async get(actor: Actor, id: string): Promise<ApiKey> {
    const key = await this.apiKeys.findOneBy({ ...visibleTo(actor), id });
    if (!key) throw new ApiKeyNotFound();
    return key;
  }

  /**
   * Ends a key at once and for good; again is no error. A member may revoke keys that it made, a
   * key itself.
   *
   * @throws ApiKeyNotFound
   * @throws InsufficientScope
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const isItself = actor.kind === 'api_key' && actor.id === id;
    const mayRevoke = actor.userId !== null || isItself || actor.scopes.has(REVOKING);
    if (!mayRevoke) throw new InsufficientScope(REVOKING);
    await this.changes.run(actor, 'exclusive', async (manager) => {
      const key = await manager.findOneBy(ApiKey, { ...visibleTo(actor), id });
      if (!key) throw new ApiKeyNotFound();
      // Of parallel calls one changes the row, and that one is recorded.
      const { affected } = await manager.update(
        ApiKey,
        { id, organizationId: actor.organizationId, revokedAt: IsNull() },
        { revokedAt: new Date() },
      );
      if (affected === 0) return;
      await this.audit.record(manager, actor, {
        action: 'api_key.revoked',
        organizationId: key.organizationId,
        projectId: key.projectId,
        targetId: encodeId('apiKey', id),
        metadata: { name: key.name, key_prefix: key.keyPrefix },
      });
    });
  }
}

/** Admins and machines see the organization's keys, members their own, a project's credential its. */
function visibleTo({ organizationId, projectId, role, userId }: Actor): FindOptionsWhere<ApiKey> {
  return {
    organizationId,
    ...(projectId === null ? {} : { projectId }),
    ...(role === 'member' && userId !== null ? { createdByUserId: userId } : {}),
  };
}
