import { Injectable } from '@nestjs/common';
import { type EntityManager, type FindOptionsWhere, In, IsNull } from 'typeorm';
import { encodeId } from '../access/ids.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import {
  type CredentialChange,
  type CredentialSelection,
  CredentialStore,
  type MadeCredential,
} from '../organizations/credentials/credential-store.service.js';
import { ApiKey, PERSONAL_SOURCES } from './api-key.entity.js';

/** What happens to all keys that a condition selects. */
interface KeyUpdate {
  readonly where: FindOptionsWhere<ApiKey>;
  readonly set: Partial<Pick<ApiKey, 'disabledAt' | 'pausedWithMaker' | 'revokedAt'>>;
  readonly action: AuditAction;
}

/** The keys of an organization, as those end and pause them who don't look at single ones. */
@Injectable()
export class KeyStore extends CredentialStore {
  constructor(private readonly audit: AuditService) {
    super();
  }

  override async listMadeBy(
    manager: EntityManager,
    { organizationId, userId }: { organizationId: string; userId: string },
    limit: number,
  ): Promise<MadeCredential[]> {
    const keys = await manager.find(ApiKey, {
      where: { organizationId, createdByUserId: userId, revokedAt: IsNull() },
      order: { id: 'DESC' },
      take: limit,
    });
    return keys.map(({ id, name, source, createdAt, lastUsedAt }) => ({
      kind: 'api_key',
      id: encodeId('apiKey', id),
      name,
      source,
      createdAt,
      lastUsedAt,
      isPersonal: PERSONAL_SOURCES.includes(source),
    }));
  }

  override end(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = { ...selected(which), revokedAt: IsNull() };
    const set = { revokedAt: new Date() };
    return this.update(manager, change, { where, set, action: 'api_key.revoked' });
  }

  override pause(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = { ...selected(which), revokedAt: IsNull(), disabledAt: IsNull() };
    const set = { disabledAt: new Date(), pausedWithMaker: true };
    return this.update(manager, change, { where, set, action: 'api_key.disabled' });
  }

  override resume(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = { ...selected(which), revokedAt: IsNull(), pausedWithMaker: true };
    const set = { disabledAt: null, pausedWithMaker: false };
    return this.update(manager, change, { where, set, action: 'api_key.enabled' });
  }

  private async update(
    manager: EntityManager,
    { by, cause }: CredentialChange,
    { where, set, action }: KeyUpdate,
  ): Promise<void> {
    const keys = await manager.findBy(ApiKey, where);
    if (keys.length === 0) return;
    await manager.update(ApiKey, where, set);
    for (const { id, organizationId, projectId, name, keyPrefix } of keys) {
      await this.audit.record(manager, by, {
        action,
        organizationId,
        projectId,
        targetId: encodeId('apiKey', id),
        metadata: { name, key_prefix: keyPrefix, cause },
      });
    }
  }
}

function selected(which: CredentialSelection): FindOptionsWhere<ApiKey> {
  const { organizationId } = which;
  if ('projectId' in which) return { organizationId, projectId: which.projectId };
  const { madeBy, personalOnly } = which;
  const personal = personalOnly ? { source: In(PERSONAL_SOURCES) } : {};
  return { organizationId, createdByUserId: madeBy, ...personal };
}
