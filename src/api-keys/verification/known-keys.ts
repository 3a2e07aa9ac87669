import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import { type Role } from '../../access/principal.js';
import { type Found, type LookUp, LookUpCache } from '../../changes/look-up-cache.js';
import { SharedValues } from '../../changes/shared-values.js';
import { subjects } from '../../changes/subjects.js';
import {
  type KeyUsePolicies,
  KeyUsePoliciesService,
} from '../../organizations/policies/key-use-policies.service.js';
import { ApiKey } from '../api-key.entity.js';
import { KeySecrets } from '../format/key-secrets.js';
import { type Presentation, PresentedKeys } from '../imports/presented-keys.js';

/** What became of looking for a text: `malformed` for what can't be a key, null for none. */
type LookedUp = KnownKey | 'malformed' | null;

/** A key with everything beside it that its use is judged by. */
export interface KnownKey {
  readonly key: ApiKey;
  readonly organizationSuspended: boolean;
  readonly policies: KeyUsePolicies;
  /** What the person who made it is in the organization by now; null for nobody, or nobody active. */
  readonly makerRole: Role | null;
}

interface Beside {
  readonly digest: string;
  readonly organization_suspended: boolean;
  readonly organization_policy: object;
  readonly maker_role: Role | null;
}

/** One key, by every digest that it may be stored under. */
interface KeyLookUp extends LookUp {
  readonly digests: readonly Buffer[];
}

/** Finds keys, and what their use is judged by: in memory, or with one query. */
@Injectable()
export class KnownKeys {
  /** What the keys of an organization have in common. */
  private readonly texts = new SharedValues((text) => text);
  private readonly scopes = new SharedValues((json) => JSON.parse(json) as readonly string[]);
  private readonly policySets = new SharedValues((json) =>
    this.policies.read(JSON.parse(json) as object),
  );

  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly secrets: KeySecrets,
    private readonly policies: KeyUsePoliciesService,
    private readonly presented: PresentedKeys,
    private readonly cache: LookUpCache,
  ) {}

  /**
   * The keys behind these texts, in order; null for one that does not exist, is another
   * organization's or whose organization was deleted: the same work either way. `malformed`, without
   * a query, for what can't be a key.
   *
   * @throws TooManyRequests for what may be an imported key with a slow hash
   * @throws KeyHashingBusy
   */
  find(texts: readonly string[], use: Presentation): Promise<LookedUp[]> {
    return this.search(
      texts,
      texts.map((text) => this.secrets.digestsOf(text)),
      use,
    );
  }

  /** The same of one key; at once where it is in memory. */
  findOne(text: string, use: Presentation): LookedUp | Promise<LookedUp> {
    const digests = this.secrets.digestsOf(text);
    const recalled = digests && this.cache.recall<KnownKey>(lookUpOf(digests, tenantOf(use)));
    if (recalled) return recalled.value;
    return this.search([text], [digests], use).then(([known = null]) => known);
  }

  private async search(
    texts: readonly string[],
    digests: readonly (readonly Buffer[] | null)[],
    use: Presentation,
  ): Promise<LookedUp[]> {
    const own = digests.filter((each) => each !== null);
    const found = (await this.findByDigests(own, use)).values();
    const known: LookedUp[] = [];
    // One after the other: of what may be an imported key each may cost a slow hash.
    for (const [index, text] of texts.entries()) {
      known.push(
        digests[index] ? (found.next().value ?? null) : await this.findImported(text, use),
      );
    }
    return known;
  }

  private async findImported(text: string, use: Presentation): Promise<LookedUp> {
    const found = await this.presented.lookUp(text, use, async (digests) => {
      const [known] = await this.findByDigests([digests], use);
      return known ? [known] : [];
    });
    return found === null ? 'malformed' : (found[0] ?? null);
  }

  /** A key of the organization; both ids are UUIDs. */
  async findById(organizationId: string, id: string): Promise<KnownKey | null> {
    const [known] = (await this.read(this.query().where({ organizationId, id }))).values();
    return known ?? null;
  }

  /** @param keys every digest of each */
  private findByDigests(
    keys: readonly (readonly Buffer[])[],
    use: Presentation,
  ): Promise<(KnownKey | null)[]> {
    const tenant = tenantOf(use);
    const lookUps = keys.map((digests) => lookUpOf(digests, tenant));
    return this.cache.findTogether(lookUps, (missing) => this.load(missing, tenant));
  }

  private async load(
    lookUps: readonly KeyLookUp[],
    organizationId: string | null,
  ): Promise<Found<KnownKey>[]> {
    const digests = lookUps.flatMap((each) => each.digests);
    const query = this.query().where('apiKey.digest IN (:...digests)', { digests });
    if (organizationId !== null) query.andWhere({ organizationId });
    const found = await this.read(query);
    return lookUps.map((lookUp) => {
      const value = firstOf(found, lookUp.digests);
      const dependsOn = [...lookUp.digests.map(subjects.apiKey), ...this.originsOf(value)];
      return { value, dependsOn };
    });
  }

  private query(): SelectQueryBuilder<ApiKey> {
    return this.apiKeys
      .createQueryBuilder('apiKey')
      .innerJoin('organizations', 'o', 'o.id = apiKey.organization_id AND o.deleted_at IS NULL')
      .leftJoin(
        'memberships',
        'maker',
        `maker.organization_id = apiKey.organization_id AND maker.status = 'active'
           AND maker.user_id = apiKey.created_by_user_id`,
      )
      .leftJoin('users', 'person', 'person.id = maker.user_id AND person.disabled_at IS NULL')
      .addSelect(`encode(apiKey.digest, 'hex')`, 'digest')
      .addSelect('o.suspended_at IS NOT NULL', 'organization_suspended')
      .addSelect('o.policy', 'organization_policy')
      .addSelect('CASE WHEN person.id IS NOT NULL THEN maker.role END', 'maker_role');
  }

  /** By the name of their digest. */
  private async read(query: SelectQueryBuilder<ApiKey>): Promise<ReadonlyMap<string, KnownKey>> {
    const { entities, raw } = await query.getRawAndEntities<Beside>();
    const known = new Map<string, KnownKey>();
    for (const [index, beside] of raw.entries()) {
      const key = entities[index];
      if (key) known.set(beside.digest, this.known(key, beside));
    }
    return known;
  }

  private known(key: ApiKey, beside: Beside): KnownKey {
    this.share(key);
    return {
      key,
      organizationSuspended: beside.organization_suspended,
      policies: this.policySets.of(JSON.stringify(beside.organization_policy)),
      makerRole: beside.maker_role,
    };
  }

  private share(key: ApiKey): void {
    const shared = <S extends string>(text: S): S => this.texts.of(text) as S;
    key.organizationId = shared(key.organizationId);
    if (key.createdByUserId !== null) key.createdByUserId = shared(key.createdByUserId);
    if (key.projectId !== null) key.projectId = shared(key.projectId);
    key.scopes = this.scopes.of(JSON.stringify(key.scopes));
    key.environment = shared(key.environment);
    key.source = shared(key.source);
  }

  /** What a key stands and falls with, beside its own row. */
  private originsOf(known: KnownKey | null): string[] {
    if (!known) return [];
    const { organizationId, createdByUserId } = known.key;
    const origins = [subjects.organization(organizationId)];
    if (createdByUserId !== null) {
      origins.push(subjects.member(organizationId, createdByUserId));
      origins.push(subjects.user(createdByUserId));
    }
    return origins.map((each) => this.texts.of(each));
  }
}

function tenantOf({ withinOrganizationId = null }: Presentation): string | null {
  return withinOrganizationId;
}

function lookUpOf(digests: readonly Buffer[], tenant: string | null): KeyLookUp {
  return { purpose: 'API key', tenant, name: digests.map(nameOf).join(' '), digests };
}

function firstOf(
  found: ReadonlyMap<string, KnownKey>,
  candidates: readonly Buffer[],
): KnownKey | null {
  const digest = candidates.map(nameOf).find((each) => found.has(each));
  return digest === undefined ? null : (found.get(digest) ?? null);
}

function nameOf(digest: Buffer): string {
  return digest.toString('hex');
}
