import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretHasher } from '../../access/secrets/secret.js';
import { violatesUnique } from '../../database/faults.js';
import { Transactions } from '../../database/transactions.js';
import { fingerprintsOf } from './fingerprints.js';
import { busyFor, type Candidate, SlowTrials } from './slow-trials.js';

/** A text that begins as imported keys do. */
export interface ShownText {
  readonly text: string;
  /** The prefixes with which it begins. */
  readonly prefixes: readonly string[];
  /** What is to be stored of it. */
  readonly digest: Buffer;
  /** Where a stranger shows it, whose guesses count; null where an authenticated caller asks about it. */
  readonly strangerIp: string | null;
  /** Only keys of this organization (UUID) exist; null for those of all. */
  readonly withinOrganizationId: string | null;
}

/** How many hashes are tried of a text that is shown; the rest is left for when it is shown again. */
const MOST_AT_ONCE = 40;

const BY_FINGERPRINT = `
  SELECT key_id AS "keyId" FROM imported_hashes
   WHERE fingerprint = ANY ($1) AND key_prefix = ANY ($2)
     AND ($3::uuid IS NULL OR organization_id = $3)`;

/**
 * Longer prefixes first, so that no number of keys with a short one keeps a key with a good one waiting;
 * of one length each organization's first key comes before any other's second.
 */
const CANDIDATES = `
  SELECT h.key_id AS "keyId", h.organization_id AS "organizationId", h.key_prefix AS "keyPrefix",
         h.algorithm, h.slow_hash AS hash
    FROM imported_hashes h
    JOIN api_keys k ON k.id = h.key_id
    JOIN organizations o ON o.id = h.organization_id AND o.deleted_at IS NULL
   WHERE h.key_prefix = ANY ($1) AND h.slow_hash IS NOT NULL
     AND ($2::uuid IS NULL OR h.organization_id = $2)
     AND h.key_id <> ALL ($3::uuid[])
   ORDER BY k.revoked_at IS NOT NULL, length(h.key_prefix) DESC,
         row_number() OVER (
           PARTITION BY h.organization_id, h.key_prefix
           ORDER BY k.revoked_at IS NOT NULL, h.key_id
         ),
         h.key_id
   LIMIT $4`;

const MOVE = `
  WITH moved AS (UPDATE api_keys SET digest = $2 WHERE id = $1 AND digest IS NULL RETURNING id)
  UPDATE imported_hashes SET slow_hash = NULL FROM moved WHERE key_id = moved.id`;

/** Recognises imported keys by the hash that came with them, once. */
@Injectable()
export class ImportedKeys {
  /** Of texts that are shown several times at once, one is looked for. */
  private readonly moves = new Map<string, Promise<boolean>>();

  constructor(
    private readonly transactions: Transactions,
    private readonly hasher: SecretHasher,
    private readonly trials: SlowTrials,
  ) {}

  /**
   * Stores the digest of a text that belongs to an imported hash, so that the hash is needed no
   * more.
   *
   * @returns whether a key has the digest now
   * @throws TooManyRequests
   * @throws KeyHashingBusy where a stranger's text could not be looked for to the end
   * @throws KeySearchBusy the same where somebody else asks about it
   */
  move(shown: ShownText): Promise<boolean> {
    // What strangers may not try any more, others may ask about.
    const asker = shown.strangerIp === null ? 'caller' : 'stranger';
    const name = `${shown.digest.toString('base64')} ${shown.withinOrganizationId} ${asker}`;
    const running = this.moves.get(name);
    if (running) return running;
    const move = this.look(shown).finally(() => this.moves.delete(name));
    this.moves.set(name, move);
    return move;
  }

  private async look(shown: ShownText): Promise<boolean> {
    const keyId = (await this.findByFingerprint(shown)) ?? (await this.findByTrial(shown));
    if (keyId === null) return false;
    await this.store(keyId, shown.digest);
    return true;
  }

  private async findByFingerprint({
    text,
    prefixes,
    withinOrganizationId,
  }: ShownText): Promise<string | null> {
    const fingerprints = (['sha256', 'sha512'] as const).flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest('hex');
      return fingerprintsOf(this.hasher, { algorithm, text: digest });
    });
    const [row] = await this.transactions.outside.query<{ keyId: string }[]>(BY_FINGERPRINT, [
      fingerprints,
      prefixes,
      withinOrganizationId,
    ]);
    return row?.keyId ?? null;
  }

  private async findByTrial({
    text,
    digest,
    strangerIp,
    ...where
  }: ShownText): Promise<string | null> {
    const shown = { text, digest: digest.toString('base64'), strangerIp };
    const candidates = await this.transactions.outside.query<Candidate[]>(CANDIDATES, [
      where.prefixes,
      where.withinOrganizationId,
      this.trials.ruledOutFor(shown),
      MOST_AT_ONCE + 1,
    ]);
    const found = await this.trials.find(candidates.slice(0, MOST_AT_ONCE), shown);
    if (found) return found.keyId;
    // It may be one of the rest, so it can't be said that there is none.
    if (candidates.length > MOST_AT_ONCE) throw new (busyFor(strangerIp))();
    return null;
  }

  /** Of parallel calls, here and elsewhere, one changes the row; the others find it changed. */
  private async store(keyId: string, digest: Buffer): Promise<void> {
    try {
      await this.transactions.runAlone((manager) => manager.query(MOVE, [keyId, digest]));
    } catch (error) {
      // The same key was imported under two hashes, and the other one was found first.
      if (!violatesUnique(error, 'api_keys_digest')) throw error;
    }
  }
}
