import { type EntityManager } from 'typeorm';
import { type KeyRules } from '../issuance/key-rules.js';
import { type PermittedImport } from './import-draft.js';
import { ImportedPrefix } from './imported-prefix.entity.js';
import { AlreadyImported, PrefixLimitReached, PrefixTooCommon } from './imports.errors.js';

/** How many different prefixes the imported keys of an organization have. */
const MOST_PREFIXES = 10_000;
/** How many of its keys with a slow hash that were not used yet have the same one, revoked ones too. */
const MOST_CANDIDATES = 20;

const KNOWN = 'SELECT fingerprint FROM imported_hashes WHERE fingerprint = ANY ($1)';
const SLOW = `
  SELECT key_prefix AS prefix, count(*)::int AS count FROM imported_hashes
   WHERE organization_id = $1 AND key_prefix = ANY ($2) AND slow_hash IS NOT NULL
   GROUP BY key_prefix`;

/** What there is of what the rows of an import would add to. */
interface Stock {
  readonly fingerprints: Set<string>;
  readonly prefixes: Set<string>;
  /** Keys with a slow hash that were not used yet, by prefix. */
  readonly slow: Map<string, number>;
  activeKeys: number;
}

/** Judges the rows of an import, each in view of those before it, under the organization's lock. */
export class ImportJudge {
  private constructor(
    private readonly rules: KeyRules,
    private readonly now: Date,
    private readonly stock: Stock,
    private readonly formerPrefixes: ReadonlySet<string>,
  ) {}

  static async of(
    manager: EntityManager,
    organizationId: string,
    { rows, rules, now }: { rows: readonly PermittedImport[]; rules: KeyRules; now: Date },
  ): Promise<ImportJudge> {
    const wanted = rows.flatMap(({ fingerprints }) => fingerprints);
    const known = await manager.query<{ fingerprint: Buffer }[]>(KNOWN, [wanted]);
    const prefixes = await manager.findBy(ImportedPrefix, { organizationId });
    const slow = await manager.query<{ prefix: string; count: number }[]>(SLOW, [
      organizationId,
      [...new Set(rows.map(({ keyPrefix }) => keyPrefix))],
    ]);
    const stock = {
      fingerprints: new Set(known.map(({ fingerprint }) => nameOf(fingerprint))),
      prefixes: new Set(prefixes.map(({ prefix }) => prefix)),
      slow: new Map(slow.map(({ prefix, count }) => [prefix, count])),
      activeKeys: await rules.countActive(now),
    };
    return new ImportJudge(rules, now, stock, new Set(stock.prefixes));
  }

  /** The prefixes that the rows have added. */
  get newPrefixes(): string[] {
    return [...this.stock.prefixes].filter((prefix) => !this.formerPrefixes.has(prefix));
  }

  /**
   * Counts the row in, if it is fine.
   *
   * @throws AlreadyImported
   * @throws PolicyViolation
   * @throws PrefixLimitReached
   * @throws PrefixTooCommon
   */
  admit({ draft, keyPrefix, hash, fingerprints }: PermittedImport): void {
    const { rules, stock } = this;
    rules.assertLife({ createdAt: this.now, expiresAt: draft.expiresAt });
    rules.assertScopes(draft.scopes);
    const names = fingerprints.map(nameOf);
    if (names.some((name) => stock.fingerprints.has(name))) throw new AlreadyImported();
    const slow = (stock.slow.get(keyPrefix) ?? 0) + (hash.isSlow ? 1 : 0);
    if (hash.isSlow && slow > MOST_CANDIDATES) throw new PrefixTooCommon(MOST_CANDIDATES);
    if (!stock.prefixes.has(keyPrefix) && stock.prefixes.size >= MOST_PREFIXES) {
      throw new PrefixLimitReached(MOST_PREFIXES);
    }
    rules.assertActive(stock.activeKeys + 1);
    stock.activeKeys++;
    stock.slow.set(keyPrefix, slow);
    stock.prefixes.add(keyPrefix);
    for (const name of names) stock.fingerprints.add(name);
  }
}

function nameOf(fingerprint: Buffer): string {
  return fingerprint.toString('base64');
}
