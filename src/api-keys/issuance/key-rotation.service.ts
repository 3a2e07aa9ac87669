import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId } from '../../access/ids.js';
import { type KeySource } from '../../access/key-source.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { ApiKey, PERSONAL_SOURCES } from '../api-key.entity.js';
import { AlreadyRotated, KeyNotActive } from '../api-keys.errors.js';
import { lockKey } from '../locked-key.js';
import { type KeyDraft, KeyGrants } from './key-grants.js';
import { type IssuedKey, KeyIssuanceService } from './key-issuance.service.js';
import { type KeyRules } from './key-rules.js';
import { PolicedChanges } from './policed-changes.js';

/** Replaces keys: the old one lives on for a while, so that no request fails on the way. */
@Injectable()
export class KeyRotationService {
  constructor(
    private readonly policed: PolicedChanges,
    private readonly grants: KeyGrants,
    private readonly issuance: KeyIssuanceService,
    private readonly audit: AuditService,
  ) {}

  /**
   * A key like the old one, made to live as long as that was, within policies and the actor's own
   * end. The two are linked both ways. A key may rotate itself.
   *
   * @param overlapSeconds how long the old one lives on, though not longer than before
   * @throws ApiKeyNotFound
   * @throws KeyNotActive
   * @throws AlreadyRotated
   * @throws ScopeExceedsCreator unless the actor holds all that the key may do
   * @throws PolicyViolation
   * @throws ReauthRequired
   */
  rotate(
    actor: Actor,
    id: string,
    { overlapSeconds, source }: { overlapSeconds: number; source: KeySource },
  ): Promise<IssuedKey> {
    return this.policed.run(actor, 'shared', async (manager, rules) => {
      const now = new Date();
      const old = await lockKey(manager, actor, id);
      if (!old.isActive(now)) throw new KeyNotActive();
      if (old.replacedById !== null) throw new AlreadyRotated();
      const draft = successorOf(old, { actor, rules, now });
      this.grants.assertHeld(actor, draft);
      rules.assertLife({ createdAt: now, expiresAt: draft.expiresAt });
      rules.assertScopes(draft.scopes);
      const issued = await this.issuance.make(manager, actor, draft, {
        source: PERSONAL_SOURCES.includes(old.source) ? old.source : source,
        // What a machine replaces stays the credential of the person who made it.
        createdByUserId: actor.userId ?? old.createdByUserId,
        rotatedFromId: old.id,
        now,
        handover: null,
      });
      const end = earlier(old.expiresAt, new Date(now.getTime() + overlapSeconds * 1000));
      await this.replace(manager, actor, { old, replacedById: issued.key.id, end });
      await rules.assertRoom(now);
      return issued;
    });
  }

  private async replace(
    manager: EntityManager,
    actor: Actor,
    { old, replacedById, end }: { old: ApiKey; replacedById: string; end: Date },
  ): Promise<void> {
    await manager.update(ApiKey, { id: old.id }, { replacedById, expiresAt: end });
    await this.audit.record(manager, actor, {
      action: 'api_key.rotated',
      organizationId: old.organizationId,
      projectId: old.projectId,
      targetId: encodeId('apiKey', old.id),
      metadata: {
        name: old.name,
        key_prefix: old.keyPrefix,
        replaced_by_id: encodeId('apiKey', replacedById),
        expires_at: end.toISOString(),
      },
    });
  }
}

/** @throws PolicyViolation where the organization gives none of its scopes to keys any more */
function successorOf(
  old: ApiKey,
  { actor, rules, now }: { actor: Actor; rules: KeyRules; now: Date },
): KeyDraft {
  const life = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
  const asLong = life === null ? null : new Date(now.getTime() + life);
  const bound = earlier(rules.latestEnd(now), actor.bounds.expiresAt);
  const scopes = rules.allowedOf(old.scopes);
  if (scopes.length === 0) rules.assertScopes(old.scopes);
  const { name, projectId, deviceName, environment, ipAllowlist, rateLimit, metadata } = old;
  return {
    ...{ name, projectId, deviceName, environment, ipAllowlist, rateLimit, metadata },
    scopes,
    expiresAt: earlier(asLong, bound),
  };
}

/** Null is never. */
function earlier<T extends Date | null>(left: Date | null, right: T): Date | T {
  if (left === null) return right;
  return right !== null && right < left ? right : left;
}
