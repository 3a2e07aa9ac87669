import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { addressKey } from '../../access/addresses/address-key.js';
import { type FailureKind, FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Problem, TooManyRequests } from '../../problem.js';
import { FairTurns } from './fair-turns.js';
import { type ImportAlgorithm } from './foreign-hash.js';
import { KeyHashingBusy, KeySearchBusy } from './imports.errors.js';
import { matchesSlowHash } from './slow-hashes.js';

/** An imported key that the text could be. */
export interface Candidate {
  /** UUIDs. */
  readonly keyId: string;
  readonly organizationId: string;
  readonly keyPrefix: string;
  readonly algorithm: ImportAlgorithm;
  readonly hash: string;
}

/** A text that someone shows, and what it is remembered by. */
export interface Shown {
  readonly text: string;
  /** A keyed hash of the text. */
  readonly digest: string;
  /** Where a stranger shows it, whose guesses count; null where an authenticated caller asks about it. */
  readonly strangerIp: string | null;
}

type Reservation = readonly [FailureKind, string];

/** Threads that hash are those of passwords and of name look-ups as well, so it is one at a time. */
const MAX_WAITING = 64;
/** Of how many texts, and how many keys of all of them, it is remembered in each process what is wrong. */
const MOST_TEXTS = 10_000;
const MOST_REMEMBERED = 100_000;

/** Tries slow hashes: each at most once for a text, and wrong ones of strangers not without end. */
@Injectable()
export class SlowTrials {
  private readonly turns = new FairTurns(MAX_WAITING);
  /** By digest of a text, the keys that it is not: true for ever, since hashes don't change. */
  private readonly ruledOut = new LRUCache<string, Set<string>>({
    max: MOST_TEXTS,
    maxSize: MOST_REMEMBERED,
    sizeCalculation: ({ size }) => size,
  });

  constructor(private readonly throttle: FailureThrottle) {}

  /** The keys (UUIDs) that a text is known not to be. */
  ruledOutFor({ digest }: Pick<Shown, 'digest'>): string[] {
    return [...(this.ruledOut.get(digest) ?? [])];
  }

  /**
   * The one that the text belongs to, or null. Each hash counts as a failure until one matches, unless
   * an authenticated caller asks.
   *
   * @throws TooManyRequests for an address with too many failures, and where one of the candidates could
   * not be tried because of too many failures at its organization's hashes with its prefix
   * @throws KeyHashingBusy
   * @throws KeySearchBusy
   */
  async find(candidates: readonly Candidate[], shown: Shown): Promise<Candidate | null> {
    const reserved: Reservation[] = [];
    let refusal: TooManyRequests | null = null;
    for (const candidate of candidates) {
      const reservations = await this.reserve(candidate, shown);
      if (reservations instanceof TooManyRequests) {
        refusal = reservations;
        continue;
      }
      reserved.push(...reservations);
      if (await this.matches(candidate, shown, reservations)) {
        await this.refund(reserved);
        return candidate;
      }
      this.ruleOut(shown.digest, candidate.keyId);
    }
    if (refusal) throw refusal;
    return null;
  }

  /**
   * Whoever has guessed too much gets no further. What was guessed at one organization's hashes keeps
   * nobody from those of another one.
   *
   * @returns what was counted, or why this candidate is left out
   */
  private async reserve(
    { organizationId, keyPrefix }: Candidate,
    { strangerIp }: Shown,
  ): Promise<Reservation[] | TooManyRequests> {
    if (strangerIp === null) return [];
    const byAddress = ['importedKeyHashesPerAddressPerMinute', addressKey(strangerIp)] as const;
    const byPrefix = [
      'importedKeyHashesPerPrefixPerMinute',
      `${organizationId} ${keyPrefix}`,
    ] as const;
    await this.throttle.count(...byAddress);
    try {
      await this.throttle.count(...byPrefix);
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      await this.refund([byAddress]);
      return error;
    }
    return [byAddress, byPrefix];
  }

  private async matches(
    candidate: Candidate,
    { text, strangerIp }: Shown,
    reservations: readonly Reservation[],
  ): Promise<boolean> {
    const turn = { whose: candidate.organizationId, busy: busyFor(strangerIp) };
    try {
      return await this.turns.take(turn, () => matchesSlowHash(candidate, text));
    } catch (error) {
      await this.refund(reservations);
      throw error;
    }
  }

  private async refund(reservations: readonly Reservation[]): Promise<void> {
    for (const [kind, key] of reservations) await this.throttle.refund(kind, key);
  }

  private ruleOut(digest: string, keyId: string): void {
    const others = this.ruledOut.get(digest) ?? [];
    // Another set, since the cache measures what is new to it alone.
    this.ruledOut.set(digest, new Set([...others, keyId]));
  }
}

/** What is said where a text could not be looked for to the end. */
export function busyFor(strangerIp: Shown['strangerIp']): new () => Problem {
  return strangerIp === null ? KeySearchBusy : KeyHashingBusy;
}
