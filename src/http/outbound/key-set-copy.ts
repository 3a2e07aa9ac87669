import { type JWK } from 'jose';

/** What is published at one address (RFC 7517 §5). */
export interface PublishedSet {
  readonly keys: readonly object[];
}

/** All in milliseconds. */
export interface KeySetTimes {
  /** How long a set is believed without being fetched again. */
  readonly fresh: number;
  /** How long it is believed while it can't be fetched again. */
  readonly kept: number;
  /** The address is asked at most so often; an exchange ends long before. */
  readonly pause: number;
}

/** The keys that one address has given. Times are milliseconds since 1970. */
export class KeySetCopy<T extends PublishedSet> {
  private keys: T | null = null;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private latest: Promise<void> = Promise.resolve();

  /** @param fetch resolves with null where the set can't be had */
  constructor(
    private readonly fetch: () => Promise<T | null>,
    private readonly times: KeySetTimes,
  ) {}

  /**
   * The set, or null where it can't be had. A key that is not in it has it fetched anew: who has
   * begun to sign with one need not wait, and who invents ids gets no fetch each. However many ask,
   * one fetch is made, and nobody waits for it whose key is known.
   *
   * @param keyId undefined for any key
   */
  async find(keyId: string | undefined, time: number): Promise<T | null> {
    const isKnown = this.holds(keyId, this.within(this.times.kept, time));
    const isFresh = this.holds(keyId, this.within(this.times.fresh, time));
    if (!isFresh) {
      const renewal = this.renew(time);
      if (!isKnown) await renewal;
    }
    return this.within(this.times.kept, time);
  }

  private within(age: number, time: number): T | null {
    return time - this.fetchedAt < age ? this.keys : null;
  }

  private holds(keyId: string | undefined, set: T | null): boolean {
    const keys: readonly JWK[] | undefined = set?.keys;
    return keys !== undefined && (keyId === undefined || keys.some(({ kid }) => kid === keyId));
  }

  /** Waits for the latest fetch, which begins now unless one did a short while ago. */
  private async renew(time: number): Promise<void> {
    if (time - this.triedAt >= this.times.pause) {
      this.triedAt = time;
      this.latest = this.replace(time);
    }
    await this.latest;
  }

  /** What could not be fetched takes no key away that is still believed. */
  private async replace(time: number): Promise<void> {
    const keys = await this.fetch();
    if (!keys) return;
    this.keys = keys;
    this.fetchedAt = time;
  }
}
