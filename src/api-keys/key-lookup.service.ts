import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import {
  type FoundCredential,
  whyOrganizationDead,
} from '../access/credentials/found-credential.js';
import { encodeId } from '../access/ids.js';
import { ApiKey } from './api-key.entity.js';
import { KeySecrets } from './format/key-secrets.js';
import { PresentedKeys } from './imports/presented-keys.js';

/** A prefix is short, so several keys may have it. */
const MOST_FOUND = 100;

/** Finds keys of any organization, dead ones too, for those who run the deployment. */
@Injectable()
export class KeyLookupService {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly secrets: KeySecrets,
    private readonly presented: PresentedKeys,
  ) {}

  /**
   * Null for text that can't be a key.
   *
   * @throws KeySearchBusy for what may be an imported key with a slow hash
   */
  async byPlaintext(text: string, now = new Date()): Promise<FoundCredential[] | null> {
    const found = await this.presented.lookUp(text, { strangerIp: null }, (digests) =>
      this.find((query) => query.where('apiKey.digest IN (:...digests)', { digests }), now),
    );
    return found ?? (this.secrets.claimsToBeKey(text) ? [] : null);
  }

  /** Newest first. @param keyPrefix the whole of what is shown of a key */
  byPrefix(keyPrefix: string, now = new Date()): Promise<FoundCredential[]> {
    return this.find((query) => query.where({ keyPrefix }), now);
  }

  private async find(
    narrow: (query: SelectQueryBuilder<ApiKey>) => SelectQueryBuilder<ApiKey>,
    now: Date,
  ): Promise<FoundCredential[]> {
    const query = this.apiKeys
      .createQueryBuilder('apiKey')
      .innerJoin('organizations', 'o', 'o.id = apiKey.organization_id')
      .addSelect('o.deleted_at', 'organization_deleted_at')
      .addSelect('o.suspended_at', 'organization_suspended_at');
    const { entities, raw } = await narrow(query)
      .orderBy('apiKey.id', 'DESC')
      .limit(MOST_FOUND)
      .getRawAndEntities<OrganizationColumns>();
    return entities.map((key, index) => ({
      kind: 'api_key',
      id: encodeId('apiKey', key.id),
      organizationId: key.organizationId,
      projectId: key.projectId,
      userId: key.createdByUserId,
      name: key.name,
      whyDead: whyDead(key, raw[index], now),
      createdAt: key.createdAt,
      expiresAt: key.expiresAt,
      lastUsedAt: key.lastUsedAt,
    }));
  }
}

interface OrganizationColumns {
  readonly organization_deleted_at: Date | null;
  readonly organization_suspended_at: Date | null;
}

function whyDead(
  key: ApiKey,
  organization: OrganizationColumns | undefined,
  now: Date,
): string | null {
  if (key.isRevoked(now)) return 'the key is revoked';
  if (key.disabledAt) return 'the key is disabled';
  if (key.hasExpired(now)) return 'the key has expired';
  return whyOrganizationDead({
    deletedAt: organization?.organization_deleted_at ?? null,
    suspendedAt: organization?.organization_suspended_at ?? null,
  });
}
