import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import { type Role } from '../../access/principal.js';
import {
  type KeyUsePolicies,
  KeyUsePoliciesService,
} from '../../organizations/policies/key-use-policies.service.js';
import { ApiKey } from '../api-key.entity.js';
import { KeySecrets } from '../format/key-secrets.js';
import { type Presentation, PresentedKeys } from '../imports/presented-keys.js';

/** What became of looking for a text: `malformed` for what can't be a key, null for none. */
type LookedUp = KnownKey | 'malformed' | null;

/** What is asked about the keys. */
interface Asked extends Presentation {
  /** UUID of the project that it concerns. */
  readonly projectId?: string | null;
}

/** A key with everything beside it that its use is judged by. */
export interface KnownKey {
  readonly key: ApiKey;
  readonly organizationSuspended: boolean;
  readonly policies: KeyUsePolicies;
  /** What the person who made it is in the organization by now; null for nobody, or nobody active. */
  readonly makerRole: Role | null;
  /** Whether the project that was asked about is one of the organization's. */
  readonly hasProject: boolean;
}

interface Beside {
  readonly digest: string;
  readonly organization_suspended: boolean;
  readonly organization_policy: object;
  readonly maker_role: Role | null;
  readonly has_project: boolean;
}

/** Finds keys, and what their use is judged by, with one query. */
@Injectable()
export class KnownKeys {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly secrets: KeySecrets,
    private readonly policies: KeyUsePoliciesService,
    private readonly presented: PresentedKeys,
  ) {}

  /**
   * The keys behind these texts, in order; null for one that does not exist or whose organization
   * was deleted: the same work either way. `malformed`, without a query, for what can't be a key.
   *
   * @throws TooManyRequests for what may be an imported key with a slow hash
   * @throws KeyHashingBusy
   */
  async find(texts: readonly string[], use: Asked): Promise<LookedUp[]> {
    const digests = texts.map((text) => this.secrets.digestsOf(text));
    const own = digests.flatMap((each) => each ?? []);
    const found = await this.findByDigest(own, use.projectId ?? null);
    const known: LookedUp[] = [];
    // One after the other: of what may be an imported key each may cost a slow hash.
    for (const [index, text] of texts.entries()) {
      const candidates = digests[index];
      known.push(candidates ? firstOf(found, candidates) : await this.findImported(text, use));
    }
    return known;
  }

  private async findImported(text: string, use: Asked): Promise<LookedUp> {
    const found = await this.presented.lookUp(text, use, async (digests) => {
      const known = await this.findByDigest(digests, use.projectId ?? null);
      return [...known.values()];
    });
    return found === null ? 'malformed' : (found[0] ?? null);
  }

  /** A key of the organization; both ids are UUIDs. */
  async findById(
    organizationId: string,
    id: string,
    projectId: string | null,
  ): Promise<KnownKey | null> {
    const query = this.query(projectId).where({ organizationId, id });
    const [known] = (await this.read(query)).values();
    return known ?? null;
  }

  private async findByDigest(
    digests: readonly Buffer[],
    projectId: string | null,
  ): Promise<ReadonlyMap<string, KnownKey>> {
    if (digests.length === 0) return new Map();
    return this.read(this.query(projectId).where('apiKey.digest IN (:...digests)', { digests }));
  }

  private query(projectId: string | null): SelectQueryBuilder<ApiKey> {
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
      .leftJoin(
        'projects',
        'project',
        `project.organization_id = apiKey.organization_id AND project.deleted_at IS NULL
           AND project.id = :projectId`,
        { projectId },
      )
      .addSelect(`encode(apiKey.digest, 'hex')`, 'digest')
      .addSelect('o.suspended_at IS NOT NULL', 'organization_suspended')
      .addSelect('o.policy', 'organization_policy')
      .addSelect('CASE WHEN person.id IS NOT NULL THEN maker.role END', 'maker_role')
      .addSelect('project.id IS NOT NULL', 'has_project');
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
    return {
      key,
      organizationSuspended: beside.organization_suspended,
      policies: this.policies.read(beside.organization_policy),
      makerRole: beside.maker_role,
      hasProject: beside.has_project,
    };
  }
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
