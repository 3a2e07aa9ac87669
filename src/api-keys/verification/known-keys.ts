import { Injectable } from '@nestjs/common';
import { type Found, type LookUp, LookUpCache } from '../../changes/look-up-cache.js';
import { subjects } from '../../changes/subjects.js';
import { KeySecrets } from '../format/key-secrets.js';
import { KeySearchBusy } from '../imports/imports.errors.js';
import { type Presentation, PresentedKeys } from '../imports/presented-keys.js';
import { type KnownKey } from './known-key.js';
import { KnownKeyReader } from './known-key-reader.js';

/** What became of looking for a text: `malformed` for what can't be a key, null for none. */
type LookedUp = KnownKey | 'malformed' | null;

/** The same of one whose key is still to be read: every digest that it may be stored under. */
type Settled = readonly Buffer[] | 'malformed' | 'busy' | null;

/** One key, by every digest that it may be stored under. */
interface KeyLookUp extends LookUp {
  readonly digests: readonly Buffer[];
}

/** Finds keys, and what their use is judged by: in memory, or with one query. */
@Injectable()
export class KnownKeys {
  constructor(
    private readonly reader: KnownKeyReader,
    private readonly secrets: KeySecrets,
    private readonly presented: PresentedKeys,
    private readonly cache: LookUpCache,
  ) {}

  /**
   * The keys behind these texts, in order; null for one that does not exist, is another
   * organization's or whose organization was deleted: the same work either way. `malformed`, without
   * a query, for what can't be a key.
   *
   * @returns `busy` where somebody asks about what may be an imported key with a slow hash, and it could
   * not be decided whether it is one
   * @throws TooManyRequests for such a one of a stranger
   * @throws KeyHashingBusy for the same
   */
  find(texts: readonly string[], use: Presentation): Promise<(LookedUp | 'busy')[]> {
    return this.search(
      texts,
      texts.map((text) => this.secrets.digestsOf(text)),
      use,
    );
  }

  /**
   * The same of one key; at once where it is in memory.
   *
   * @throws KeySearchBusy instead of `busy`
   */
  findOne(text: string, use: Presentation): LookedUp | Promise<LookedUp> {
    const digests = this.secrets.digestsOf(text);
    const recalled = digests && this.cache.recall<KnownKey>(lookUpOf(digests, tenantOf(use)));
    if (recalled) return recalled.value;
    return this.search([text], [digests], use).then(([known = null]) => {
      if (known === 'busy') throw new KeySearchBusy();
      return known;
    });
  }

  private async search(
    texts: readonly string[],
    digests: readonly (readonly Buffer[] | null)[],
    use: Presentation,
  ): Promise<(LookedUp | 'busy')[]> {
    const settled: Settled[] = [];
    // One after the other: of what may be an imported key each may cost a slow hash.
    for (const [index, text] of texts.entries()) {
      settled.push(digests[index] ?? (await this.settleImported(text, use)));
    }
    // What keys are judged by is read after all of it: one may have been revoked meanwhile.
    const keys = settled.filter(isToBeRead);
    const found = (await this.findByDigests(keys, use)).values();
    return settled.map((each) => (isToBeRead(each) ? (found.next().value ?? null) : each));
  }

  private settleImported(text: string, use: Presentation): Promise<Settled> {
    return this.findImported(text, use).catch((error: unknown) => {
      if (error instanceof KeySearchBusy) return 'busy';
      throw error;
    });
  }

  private async findImported(text: string, use: Presentation): Promise<Settled> {
    const found = await this.presented.lookUp(text, use, async (digests) => {
      const [known] = await this.findByDigests([digests], use);
      return known ? [digests] : [];
    });
    return found === null ? 'malformed' : (found[0] ?? null);
  }

  /** A key of the organization; both ids are UUIDs. */
  findById(organizationId: string, id: string): Promise<KnownKey | null> {
    return this.reader.byId(organizationId, id);
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
    const found = await this.reader.byDigests(digests, organizationId);
    return lookUps.map((lookUp) => {
      const value = firstOf(found, lookUp.digests);
      const dependsOn = [...lookUp.digests.map(subjects.apiKey), ...this.originsOf(value)];
      return { value, dependsOn };
    });
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
    return origins.map((each) => this.reader.shared(each));
  }
}

function isToBeRead(settled: Settled): settled is readonly Buffer[] {
  return settled !== null && typeof settled === 'object';
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
