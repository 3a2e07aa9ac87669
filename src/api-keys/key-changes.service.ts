import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { CannotChangeItself, ExpiresInPast } from '../access/scopes/granting.js';
import { encodeId } from '../access/ids.js';
import { type Actor } from '../access/principal.js';
import { LONGEST_OVERLAP_SECONDS } from '../access/secrets/rotation.js';
import { ScopeCatalogue } from '../access/scopes/scopes.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { differencesOf, patched } from '../patch.js';
import { ApiKey } from './api-key.entity.js';
import { ExpiresLater, KeyNotActive, ScopesNotNarrower } from './api-keys.errors.js';
import { KeyGrants } from './issuance/key-grants.js';
import { type KeyRules } from './issuance/key-rules.js';
import { PolicedChanges } from './issuance/policed-changes.js';
import {
  endsLater,
  isLoosened,
  type KeyPatch,
  type KeySettings,
  settingsOf,
  wireOf,
} from './key-settings.js';
import { lockKey } from './locked-key.js';

interface Change {
  readonly before: ApiKey;
  readonly after: KeySettings;
  readonly now: Date;
}

/** Changes of a key that can still be used, or be enabled. */
@Injectable()
export class KeyChangesService {
  constructor(
    private readonly policed: PolicedChanges,
    private readonly grants: KeyGrants,
    private readonly catalogue: ScopeCatalogue,
    private readonly audit: AuditService,
  ) {}

  /**
   * Scopes become narrower, an end earlier; only while a rotation overlaps, the old key's end may
   * be later. Whoever loosens or enables a key hands out all of it.
   *
   * @throws ApiKeyNotFound
   * @throws CannotChangeItself
   * @throws KeyNotActive for one that is revoked or has expired
   * @throws ScopesNotNarrower
   * @throws ExpiresInPast
   * @throws ExpiresLater
   * @throws ScopeExceedsCreator
   * @throws PolicyViolation
   * @throws ReauthRequired
   */
  change(actor: Actor, id: string, patch: KeyPatch): Promise<ApiKey> {
    return this.policed.run(actor, 'exclusive', async (manager, rules) => {
      const now = new Date();
      const before = await lockKey(manager, actor, id);
      if (actor.kind === 'api_key' && actor.id === id) throw new CannotChangeItself();
      if (before.isRevoked(now) || before.hasExpired(now)) throw new KeyNotActive();
      const wanted = patched(settingsOf(before), patch);
      const change = { before, after: { ...wanted, expiresAt: endOf(before, wanted, now) }, now };
      this.assertNarrower(change);
      this.assertMayLoosen(actor, change, rules);
      await this.apply(manager, actor, change, patch);
      if (change.after.isEnabled && before.disabledAt) await rules.assertRoom(now);
      return manager.findOneByOrFail(ApiKey, { id });
    });
  }

  private assertNarrower({ before, after }: Change): void {
    const held = this.catalogue.expand(before.scopes);
    const added = after.scopes.filter((scope) => !this.catalogue.covers(held, scope));
    if (added.length > 0) throw new ScopesNotNarrower(added);
  }

  private assertMayLoosen(actor: Actor, { before, after }: Change, rules: KeyRules): void {
    if (!isLoosened(settingsOf(before), after)) return;
    this.grants.assertHeld(actor, { ...after, projectId: before.projectId });
    if (endsLater(before.expiresAt, after.expiresAt)) {
      rules.assertLife({ createdAt: before.createdAt, expiresAt: after.expiresAt });
    }
  }

  private async apply(
    manager: EntityManager,
    actor: Actor,
    { before, after, now }: Change,
    patch: KeyPatch,
  ): Promise<void> {
    const { isEnabled, ...settings } = after;
    const differences = differencesOf(wireOf(settingsOf(before)), wireOf(after));
    const wasEnabled = before.disabledAt === null;
    await manager.update(
      ApiKey,
      { id: before.id, organizationId: before.organizationId },
      {
        ...settings,
        disabledAt: isEnabled ? null : (before.disabledAt ?? now),
        // Whoever enables or disables it decides also for the day when its maker comes back.
        ...(patch.isEnabled === undefined ? {} : { pausedWithMaker: false }),
      },
    );
    if (Object.keys(differences).length > 0) {
      await this.record(manager, actor, before, 'api_key.updated', differences);
    }
    if (isEnabled === wasEnabled) return;
    const action = isEnabled ? 'api_key.enabled' : 'api_key.disabled';
    await this.record(manager, actor, before, action, {});
  }

  private record(
    manager: EntityManager,
    actor: Actor,
    { id, organizationId, projectId, name, keyPrefix }: ApiKey,
    action: AuditAction,
    metadata: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, actor, {
      action,
      organizationId,
      projectId,
      targetId: encodeId('apiKey', id),
      metadata: {
        ...(action === 'api_key.updated' ? {} : { name }),
        key_prefix: keyPrefix,
        ...metadata,
      },
    });
  }
}

/**
 * The end after a change. While a rotation overlaps, the old key's may be moved within the longest
 * overlap, and a time that is over ends it now.
 *
 * @throws ExpiresInPast
 * @throws ExpiresLater
 */
function endOf(before: ApiKey, { expiresAt }: KeySettings, now: Date): Date | null {
  const isOverlapping = before.replacedById !== null;
  const latest = isOverlapping
    ? new Date(now.getTime() + LONGEST_OVERLAP_SECONDS * 1000)
    : before.expiresAt;
  if (endsLater(before.expiresAt, expiresAt) && endsLater(latest, expiresAt)) {
    throw new ExpiresLater(latest);
  }
  if (expiresAt === null || expiresAt > now) return expiresAt;
  if (!isOverlapping) throw new ExpiresInPast();
  return now;
}
