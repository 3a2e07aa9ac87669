import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId, encodeOptionalId, newId } from '../../access/ids.js';
import { type KeySource } from '../../access/key-source.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { ApiKey } from '../api-key.entity.js';
import { type KeyDraft, KeyGrants } from './key-grants.js';
import { type KeyRules } from './key-rules.js';
import { PolicedChanges } from './policed-changes.js';
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

/** What a key is made of that only the server decides. */
interface Birth {
  readonly source: KeySource;
  readonly createdByUserId: string | null;
  /** UUID of the key that it replaces. */
  readonly rotatedFromId: string | null;
  readonly now: Date;
  /** Null for a key that is given to whoever asked for it. */
  readonly handover: Handover | null;
}

/** Makes API keys. */
@Injectable()
export class KeyIssuanceService {
  constructor(
    private readonly grants: KeyGrants,
    private readonly secrets: KeySecrets,
    private readonly projects: ProjectsService,
    private readonly policed: PolicedChanges,
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
   * @throws PolicyViolation
   */
  issue(actor: Actor, wanted: KeyDraft, source: KeySource): Promise<IssuedKey> {
    return this.issueOne(actor, wanted, source, null);
  }

  /**
   * The same for a device that the actor has approved. That he had signed in just before was asked for
   * then.
   */
  handOver(actor: Actor, wanted: KeyDraft, handover: Handover): Promise<IssuedKey> {
    return this.issueOne(actor, wanted, handover.source, handover);
  }

  private async issueOne(
    actor: Actor,
    wanted: KeyDraft,
    source: KeySource,
    handover: Handover | null,
  ): Promise<IssuedKey> {
    const now = new Date();
    const draft = await this.grants.permit(actor, wanted, now);
    const birth = { source, createdByUserId: actor.userId, rotatedFromId: null, now, handover };
    const work = async (manager: EntityManager, rules: KeyRules): Promise<IssuedKey> => {
      await handover?.claim(manager);
      rules.assertLife({ createdAt: now, expiresAt: draft.expiresAt });
      rules.assertScopes(draft.scopes);
      const issued = await this.make(manager, actor, draft, birth);
      await rules.assertRoom(now);
      return issued;
    };
    return this.policed.run(actor, 'shared', work, { isSensitive: !handover });
  }

  /**
   * The row and its event; whoever calls has judged the draft.
   *
   * @throws ProjectNotFound for one that is deleted by now
   */
  async make(
    manager: EntityManager,
    actor: Actor,
    draft: KeyDraft,
    { now, handover, ...birth }: Birth,
  ): Promise<IssuedKey> {
    await this.projects.requireLive(manager, actor.organizationId, draft.projectId);
    const { plaintext, prefix, digest } = this.secrets.generate(draft.environment);
    const key = manager.create(ApiKey, {
      ...draft,
      ...birth,
      scopes: [...draft.scopes],
      ipAllowlist: draft.ipAllowlist && [...draft.ipAllowlist],
      id: newId(),
      organizationId: actor.organizationId,
      digest,
      keyPrefix: prefix,
      createdAt: now,
      disabledAt: null,
      pausedWithMaker: false,
      revokedAt: null,
      mustBeUsedBy: handover?.mustBeUsedBy ?? null,
      lastUsedAt: null,
      replacedById: null,
      leakedAt: null,
      leakSourceUrl: null,
      leakReportedIp: null,
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
  }
}

/** What the audit log keeps of a new key. */
function describe(key: ApiKey): Record<string, unknown> {
  const { rotatedFromId } = key;
  return {
    name: key.name,
    key_prefix: key.keyPrefix,
    scopes: key.scopes,
    project_id: encodeOptionalId('project', key.projectId),
    expires_at: key.expiresAt?.toISOString() ?? null,
    ip_allowlist: key.ipAllowlist,
    source: key.source,
    ...(rotatedFromId && { rotated_from_id: encodeId('apiKey', rotatedFromId) }),
  };
}
