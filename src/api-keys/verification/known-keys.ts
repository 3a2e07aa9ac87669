import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { ApiKey } from '../api-key.entity.js';
import { type Presentation, PresentedKeys } from '../imports/presented-keys.js';

export interface KnownKey {
  readonly key: ApiKey;
  readonly organizationSuspended: boolean;
}

/** Finds keys by their plaintext, through the digest that is stored of it. */
@Injectable()
export class KnownKeys {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly presented: PresentedKeys,
  ) {}

  /**
   * The key, or null for one that does not exist or whose organization was deleted: the same
   * work either way. `malformed`, without a query, for what can't be a key.
   *
   * @throws TooManyRequests for what may be an imported key with a slow hash
   * @throws KeyHashingBusy
   */
  async find(plaintext: string, from: Presentation): Promise<KnownKey | 'malformed' | null> {
    const found = await this.presented.lookUp(plaintext, from, (digests) => this.read(digests));
    return found === null ? 'malformed' : (found[0] ?? null);
  }

  private async read(digests: readonly Buffer[]): Promise<KnownKey[]> {
    const { entities, raw } = await this.apiKeys
      .createQueryBuilder('apiKey')
      .innerJoin('organizations', 'organization', 'organization.id = apiKey.organizationId')
      .addSelect('organization.suspendedAt IS NOT NULL', 'organization_suspended')
      .where('apiKey.digest IN (:...digests)', { digests })
      .andWhere('organization.deletedAt IS NULL')
      .getRawAndEntities<{ organization_suspended: boolean }>();
    return entities.map((key, index) => ({
      key,
      organizationSuspended: raw[index]?.organization_suspended !== false,
    }));
  }
}
