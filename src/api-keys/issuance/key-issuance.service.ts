import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId, encodeOptionalId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { OrganizationChangesService } from '../../organizations/organization-changes.service.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { ApiKey, type KeySource } from '../api-key.entity.js';
import { type KeyDraft, KeyGrants } from './key-grants.js';
import { KeySecrets } from '../format/key-secrets.js';

export interface IssuedKey {
  readonly key: ApiKey;
  /** Never stored; this is the only time that it is seen. */
  readonly plaintext: string;
}

/** How a key gets into the hands of a device that cannot ask for one by itself. */
export interface Handover {
  readonly source: KeySource;
  /** It is revoked unless it is used by then: the answer that holds it may be lost. */
  readonly mustBeUsedBy: Date;
  /** What the audit log keeps beside. */
  readonly recorded: Record<string, unknown>;
  /** In the transaction that makes the key, before it: no key comes of it where it rejects. */
  claim(manager: EntityManager): Promise<void>;
}

/** Makes API keys. */
@Injectable()
export class KeyIssuanceService {
  constructor(
    private readonly grants: KeyGrants,
    private readonly secrets: KeySecrets,
    private readonly projects: ProjectsService,
    private readonly changes: OrganizationChangesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * A new key of the actor's organization.
   *
   * @throws InvalidScope
   * @throws ExpiresInPast
   * @throws ScopeNotAllowedForProjectKey
   * @throws ScopeExceedsCreator
   * @throws ProjectNotFound
   * @throws ReauthRequired
   */
  issue(actor: Actor, wanted: KeyDraft, source: KeySource): Promise<IssuedKey> {
    return this.make(actor, wanted, source, null);
  }

  /**
   * The same for a device that the actor has approved. That he had signed in just before was asked for
   * then.
   */
  handOver(actor: Actor, wanted: KeyDraft, handover: Handover): Promise<IssuedKey> {
    return this.make(actor, wanted, handover.source, handover);
  }

  private async make(
    actor: Actor,
    wanted: KeyDraft,
    source: KeySource,
    handover: Handover | null,
  ): Promise<IssuedKey> {
    const now = new Date();
    const draft = await this.grants.permit(actor, wanted, now);
    const { plaintext, prefix, digest } = this.secrets.generate(draft.environment);
    const work = async (manager: EntityManager): Promise<IssuedKey> => {
      await handover?.claim(manager);
      await this.projects.requireLive(manager, actor.organizationId, draft.projectId);
      const key = manager.create(ApiKey, {
        ...draft,
        scopes: [...draft.scopes],
        ipAllowlist: draft.ipAllowlist && [...draft.ipAllowlist],
        id: newId(),
        organizationId: actor.organizationId,
        createdByUserId: actor.userId,
        digest,
        keyPrefix: prefix,
        source,
        createdAt: now,
        disabledAt: null,
        pausedWithMaker: false,
        revokedAt: null,
        mustBeUsedBy: handover?.mustBeUsedBy ?? null,
        lastUsedAt: null,
        rotatedFromId: null,
        replacedById: null,
      });
      await manager.insert(ApiKey, key);
      await this.audit.record(manager, actor, {
        action: 'api_key.created',
        organizationId: key.organizationId,
        projectId: key.projectId,
        targetId: encodeId('apiKey', key.id),
        metadata: { ...describe(key), ...handover?.recorded },
      });
      return { key, plaintext };
    };
    return this.changes.run(actor, 'shared', work, { isSensitive: !handover });
  }
}

/** What the audit log keeps of a new key. */
function describe(key: ApiKey): Record<string, unknown> {
  return {
    name: key.name,
    key_prefix: key.keyPrefix,
    scopes: key.scopes,
    project_id: encodeOptionalId('project', key.projectId),
    expires_at: key.expiresAt?.toISOString() ?? null,
    ip_allowlist: key.ipAllowlist,
    source: key.source,
  };
}
