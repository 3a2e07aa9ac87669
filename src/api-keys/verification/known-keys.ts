import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { ApiKey } from '../api-key.entity.js';
import { KeySecrets } from '../format/key-secrets.js';

export interface KnownKey {
  readonly key: ApiKey;
  readonly organizationSuspended: boolean;
}

/** Finds keys by their plaintext, through the digest that is stored of it. */
@Injectable()
export class KnownKeys {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly secrets: KeySecrets,
  ) {}

  /**
   * The key, or null for one that does not exist or whose organization was deleted: the same
   * work either way. `malformed`, without a query, for what can't be a key.
   */
  async find(plaintext: string): Promise<KnownKey | 'malformed' | null> {
    const digests = this.secrets.digestsOf(plaintext);
    if (!digests) return 'malformed';
    const { entities, raw } = await this.apiKeys
      .createQueryBuilder('apiKey')
      .innerJoin('organizations', 'organization', 'organization.id = apiKey.organizationId')
      .addSelect('organization.suspendedAt IS NOT NULL', 'organization_suspended')
      .where('apiKey.digest IN (:...digests)', { digests })
      .andWhere('organization.deletedAt IS NULL')
      .getRawAndEntities<{ organization_suspended: boolean }>();
    const [key] = entities;
    return key ? { key, organizationSuspended: raw[0]?.organization_suspended !== false } : null;
  }
}
