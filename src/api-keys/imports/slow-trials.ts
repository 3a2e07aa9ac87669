import { Injectable } from '@nestjs/common';
import { addressKey, type FailureKind, FailureThrottle } from '../../access/failure-throttle.js';
import { Turns } from '../../access/turns.js';
import { type ImportAlgorithm } from './foreign-hash.js';
import { KeyHashingBusy } from './imports.errors.js';
import { matchesSlowHash } from './slow-hashes.js';

/** An imported key that the text could be. */
export interface Candidate {
  /** UUID. */
  readonly keyId: string;
  readonly keyPrefix: string;
  readonly algorithm: ImportAlgorithm;
  readonly hash: string;
}

/** A text that someone shows, and what it is remembered by. */
export interface Shown {
  readonly text: string;
  /** A keyed hash of the text. */
  readonly digest: string;
  /** Null where it is not known. */
  readonly ip: string | null;
}

/** One at a time: the threads that hash are those of passwords and of name look-ups as well. */
const MAX_RUNNING = 1;
const MAX_WAITING = 64;
/** How many wrong texts are remembered in each process. */
const MOST_REMEMBERED = 10_000;

/** Tries slow hashes: each at most once for a text, and wrong ones not without end. */
@Injectable()
export class SlowTrials {
  private readonly turns = new Turns({
    running: MAX_RUNNING,
    waiting: MAX_WAITING,
    busy: KeyHashingBusy,
  });
  /** By digest of a text, the keys that it is not: true for ever, since hashes don't change. */
  private readonly ruledOut = new Map<string, Set<string>>();

  constructor(private readonly throttle: FailureThrottle) {}

  /**
   * The one that the text belongs to, or null. Each hash counts as a failure until one matches.
   *
   * @throws TooManyRequests for an address, or a prefix, with too many failures
   * @throws KeyHashingBusy
   */
  async find(candidates: readonly Candidate[], shown: Shown): Promise<Candidate | null> {
    const reserved: (readonly [FailureKind, string])[] = [];
    const ruledOut = this.ruledOut.get(shown.digest) ?? new Set();
    for (const candidate of candidates.filter(({ keyId }) => !ruledOut.has(keyId))) {
      const reservations = reservationsFor(candidate, shown);
      for (const [kind, key] of reservations) await this.throttle.count(kind, key);
      reserved.push(...reservations);
      if (await this.matches(candidate, shown, reservations)) {
        for (const [kind, key] of reserved) await this.throttle.refund(kind, key);
        return candidate;
      }
      this.ruleOut(shown.digest, candidate.keyId);
    }
    return null;
  }

  private async matches(
    candidate: Candidate,
    { text }: Shown,
    reservations: readonly (readonly [FailureKind, string])[],
  ): Promise<boolean> {
    try {
      return await this.turns.take(() => matchesSlowHash(candidate, text));
    } catch (error) {
      for (const [kind, key] of reservations) await this.throttle.refund(kind, key);
      throw error;
    }
  }

  /** The oldest text is forgotten first. */
  private ruleOut(digest: string, keyId: string): void {
    const others = this.ruledOut.get(digest) ?? new Set();
    this.ruledOut.delete(digest);
    this.ruledOut.set(digest, others.add(keyId));
    const [oldest] = this.ruledOut.keys();
    if (this.ruledOut.size > MOST_REMEMBERED && oldest !== undefined) this.ruledOut.delete(oldest);
  }
}

function reservationsFor(
  { keyPrefix }: Candidate,
  { ip }: Shown,
): (readonly [FailureKind, string])[] {
  const byPrefix = ['importedKeyHashesPerPrefixPerMinute', keyPrefix] as const;
  if (ip === null) return [byPrefix];
  return [['importedKeyHashesPerAddressPerMinute', addressKey(ip)], byPrefix];
}
