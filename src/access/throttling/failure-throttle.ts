import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequests } from '../../problem.js';

/**
 * How many failures each kind allows; the numbers come from the configuration. Of what anyone may
 * begin, every beginning counts.
 */
export interface FailureLimits {
  readonly passwordFailuresPerAccountPer15Minutes: number;
  readonly passwordFailuresPerAddressPer15Minutes: number;
  readonly clientSecretFailuresPerClientPerMinute: number;
  readonly clientSecretFailuresPerAddressPerMinute: number;
  readonly unknownCredentialsPerAddressPerMinute: number;
  readonly oneTimeTokenFailuresPerAddressPerMinute: number;
  readonly leakReportedKeysPerAddressPerHour: number;
  readonly deviceLoginsPerAddressPerHour: number;
  readonly importedKeyHashesPerAddressPerMinute: number;
  readonly importedKeyHashesPerPrefixPerMinute: number;
}

export const TOO_MANY_DEVICE_LOGINS = 'too many device logins from this address, try again later';

export type FailureKind = keyof FailureLimits;

/** In how many seconds the failures of each kind are counted. */
const WINDOW_SECONDS: Readonly<Record<FailureKind, number>> = {
  passwordFailuresPerAccountPer15Minutes: 15 * 60,
  passwordFailuresPerAddressPer15Minutes: 15 * 60,
  clientSecretFailuresPerClientPerMinute: 60,
  clientSecretFailuresPerAddressPerMinute: 60,
  unknownCredentialsPerAddressPerMinute: 60,
  oneTimeTokenFailuresPerAddressPerMinute: 60,
  leakReportedKeysPerAddressPerHour: 60 * 60,
  deviceLoginsPerAddressPerHour: 60 * 60,
  importedKeyHashesPerAddressPerMinute: 60,
  importedKeyHashesPerPrefixPerMinute: 60,
};

/** What is said beyond the limit, where it is no failure that is counted. */
const REFUSALS: Readonly<Partial<Record<FailureKind, string>>> = {
  deviceLoginsPerAddressPerHour: TOO_MANY_DEVICE_LOGINS,
  leakReportedKeysPerAddressPerHour: 'too many keys reported from this address, try again later',
};

/** How long a key that has passed its limit is refused, the first time; it doubles from then on. */
const FIRST_BLOCK_SECONDS = 15 * 60;
const LONGEST_BLOCK_SECONDS = 4 * 60 * 60;
/** After so long without passing the limit again, the next time is the first. */
const BLOCKS_REMEMBERED_SECONDS = 24 * 60 * 60;
/** Of the windows above, and of the blocks within them, none is remembered longer. */
const LONGEST_MEMORY_MS =
  1000 * Math.max(BLOCKS_REMEMBERED_SECONDS, ...Object.values(WINDOW_SECONDS));

/**
 * Counts failures, never successes, and refuses once a limit is passed. The counters live in this
 * process, so behind n processes a guesser has n times the limit.
 */
export class FailureThrottle {
  private readonly counters: Readonly<Record<FailureKind, RateLimiterMemory>>;

  /** When a failure of each kind was counted last. */
  private readonly countedAtMs = new Map<FailureKind, number>();

  /** How often a key has passed its limit. */
  private readonly blocks = new RateLimiterMemory({
    points: Number.MAX_SAFE_INTEGER,
    duration: BLOCKS_REMEMBERED_SECONDS,
  });

  constructor(limits: FailureLimits) {
    const kinds = Object.keys(WINDOW_SECONDS) as FailureKind[];
    const counters = kinds.map((kind) => {
      const window = { points: limits[kind], duration: WINDOW_SECONDS[kind] };
      return [kind, new RateLimiterMemory(window)] as const;
    });
    this.counters = Object.fromEntries(counters) as Record<FailureKind, RateLimiterMemory>;
  }

  /**
   * Counts one failure. Called before the secret is checked, it reserves the attempt, so that
   * parallel guesses can't all slip in under the limit; `refund` takes it back.
   *
   * @param amount how many at once
   * @throws TooManyRequests beyond the limit
   */
  async count(kind: FailureKind, key: string, amount = 1): Promise<void> {
    this.countedAtMs.set(kind, performance.now());
    try {
      await this.counters[kind].consume(key, amount);
    } catch (error) {
      if (error instanceof RateLimiterRes) {
        throw new TooManyRequests(error.msBeforeNext / 1000, REFUSALS[kind]);
      }
      throw error;
    }
  }

  /**
   * The same, but each time that the limit is passed the key is refused for twice as long.
   *
   * @throws TooManyRequests
   */
  async countDoubling(kind: FailureKind, key: string): Promise<void> {
    try {
      await this.count(kind, key);
    } catch (error) {
      const counter = this.counters[kind];
      const { consumedPoints = 0 } = (await counter.get(key)) ?? {};
      // Whoever passes the limit first; the others are refused as long as he.
      if (consumedPoints !== counter.points + 1) throw error;
      const { consumedPoints: times } = await this.blocks.consume(`${kind} ${key}`);
      const seconds = Math.min(FIRST_BLOCK_SECONDS * 2 ** (times - 1), LONGEST_BLOCK_SECONDS);
      await counter.block(key, seconds);
      throw new TooManyRequests(seconds);
    }
  }

  /** A success: the failures before it no longer count. */
  async forgive(kind: FailureKind, key: string): Promise<void> {
    if (!this.remembersAny(kind)) return;
    await this.blocks.delete(`${kind} ${key}`);
    await this.counters[kind].delete(key);
  }

  /** As seldom as somebody fails, there is nothing to forget. */
  private remembersAny(kind: FailureKind): boolean {
    const sinceMs = performance.now() - (this.countedAtMs.get(kind) ?? -Infinity);
    return sinceMs < LONGEST_MEMORY_MS;
  }

  /** Takes back one reserved attempt; the failures before it still count. */
  async refund(kind: FailureKind, key: string): Promise<void> {
    await this.counters[kind].reward(key, 1);
  }
}
