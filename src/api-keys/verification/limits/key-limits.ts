import { Injectable } from '@nestjs/common';
import { type RateLimitState } from '../../../access/throttling/rate-limit.js';
import { type ApiKey, type KeyRateLimit } from '../../api-key.entity.js';
import { KeyWindows, type WindowReading } from './key-windows.js';

/** What came of a use that is to be within its key's limit. */
export interface Taking {
  readonly isWithin: boolean;
  readonly state: RateLimitState;
}

/** The uses that this node may spend within a window, and what it knows of the others. */
interface Share extends KeyRateLimit {
  readonly startedAt: Date | null;
  readonly resetAt: Date;
  /** By this process's own clock (`performance.now()`). */
  readonly endsAt: number;
  /** So many uses nobody had taken when it asked last; never more since. */
  readonly left: number;
  own: number;
}

/** So many shares are kept before those whose window is over are looked for. */
const KEPT = 10_000;

/**
 * Holds keys to their rate limits: fixed windows, each of which begins with the first use after the
 * one before. Nodes take shares of a window and spend them in memory, so few uses cost a write. All
 * nodes together never allow more than the limit; what one of them has taken and does not spend, at
 * most an eighth of the limit, the others can't allow.
 */
@Injectable()
export class KeyLimits {
  private readonly shares = new Map<string, Share>();
  private readonly asking = new Map<string, Promise<void>>();
  private sweepAt = KEPT;

  constructor(private readonly windows: KeyWindows) {}

  /** Spends `cost` uses where so many are left, else none. Null for a key without a limit. */
  async take({ id, rateLimit }: ApiKey, cost: number): Promise<Taking | null> {
    if (!rateLimit) return null;
    let share = this.shareOf(id, rateLimit);
    // Nothing is awaited between the look at a share and its spending.
    while (!share || (share.own < cost && cost <= share.own + share.left)) {
      await this.ask(id, rateLimit, cost - (share?.own ?? 0));
      share = this.shareOf(id, rateLimit);
    }
    const isWithin = share.own >= cost;
    if (isWithin) share.own -= cost;
    return { isWithin, state: stateOf(share) };
  }

  /** What `take` would say, which takes nothing. */
  async look({ id, rateLimit }: ApiKey, cost: number): Promise<Taking | null> {
    if (!rateLimit) return null;
    const reading = await this.windows.read(id, rateLimit);
    const share = reading ? shareFrom(reading, rateLimit) : freshShare(rateLimit);
    const own = this.shareOf(id, rateLimit);
    if (reading && own && isOf(own, reading)) share.own = own.own;
    const state = stateOf(share);
    return { isWithin: state.remaining >= cost, state };
  }

  /** The node's share, unless its window is over or another limit was set since. */
  private shareOf(keyId: string, { limit, windowSeconds }: KeyRateLimit): Share | undefined {
    const share = this.shares.get(keyId);
    if (!share || share.endsAt <= performance.now()) return undefined;
    return share.limit === limit && share.windowSeconds === windowSeconds ? share : undefined;
  }

  /** Once at a time for each key: whoever comes meanwhile looks at what the first one got. */
  private ask(keyId: string, rateLimit: KeyRateLimit, need: number): Promise<void> {
    const asking = this.asking.get(keyId);
    if (asking) return asking;
    const answered = this.enlarge(keyId, rateLimit, need).finally(() => {
      this.asking.delete(keyId);
    });
    this.asking.set(keyId, answered);
    return answered;
  }

  private async enlarge(keyId: string, rateLimit: KeyRateLimit, need: number): Promise<void> {
    // Taken before the database looks at its clock, so the share never outlives its window.
    const asked = performance.now();
    const lease = await this.windows.take(keyId, rateLimit, need);
    const share = lease ? shareFrom(lease, rateLimit, asked) : exhaustedShare(rateLimit);
    const before = this.shares.get(keyId);
    const kept = lease && before && isOf(before, lease) ? before.own : 0;
    share.own = kept + (lease?.granted ?? 0);
    this.sweep();
    this.shares.set(keyId, share);
  }

  private sweep(): void {
    if (this.shares.size < this.sweepAt) return;
    const now = performance.now();
    for (const [keyId, { endsAt }] of this.shares) if (endsAt <= now) this.shares.delete(keyId);
    this.sweepAt = Math.max(KEPT, 2 * this.shares.size);
  }
}

function isOf(share: Share, { startedAt }: WindowReading): boolean {
  return share.startedAt?.getTime() === startedAt.getTime();
}

function shareFrom(reading: WindowReading, rateLimit: KeyRateLimit, at = performance.now()): Share {
  const { startedAt, endsAt: resetAt, msLeft, left } = reading;
  return { ...rateLimit, startedAt, resetAt, endsAt: at + msLeft, left, own: 0 };
}

/** Of a window that has not begun. */
function freshShare(rateLimit: KeyRateLimit): Share {
  const ms = rateLimit.windowSeconds * 1000;
  const resetAt = new Date(Date.now() + ms);
  const endsAt = performance.now() + ms;
  return { ...rateLimit, startedAt: null, resetAt, endsAt, left: rateLimit.limit, own: 0 };
}

/** Of a key that is gone meanwhile: nothing is left. */
function exhaustedShare(rateLimit: KeyRateLimit): Share {
  return { ...freshShare(rateLimit), left: 0 };
}

function stateOf({ limit, windowSeconds, own, left, resetAt, endsAt }: Share): RateLimitState {
  const secondsLeft = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  return { limit, windowSeconds, remaining: own + left, resetAt, secondsLeft };
}
