import { Injectable, Logger } from '@nestjs/common';
import { type JWK } from 'jose';
import { OutboundClient } from '../../http/outbound/outbound-client.js';
import { type JwkSet } from '../clients/oauth-client.entity.js';
import { isPublicKeySet } from '../clients/public-keys.js';

/** How long keys are believed without being fetched again, in milliseconds. */
const FRESH_MS = 5 * 60 * 1000;
/** One address is asked at most so often, in milliseconds; an exchange ends long before. */
const PAUSE_MS = 30 * 1000;
/** Most addresses whose keys are kept. */
const MOST_KEPT = 1000;

/** The keys that clients publish at addresses of their own, fetched when they are needed. */
@Injectable()
export class PublishedKeys {
  private readonly logger = new Logger(PublishedKeys.name);
  /** The one that was asked for last comes last. */
  private readonly copies = new Map<string, KeySetCopy>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * The set of five minutes ago at most, or null where it can't be had. A key that is not in it has
   * it fetched anew: a client that has begun to use one need not wait, and who invents ids gets no
   * fetch each. However many ask, one fetch is made, and nobody waits for it whose key is known.
   *
   * @param keyId undefined for any key
   */
  async find(uri: string, keyId: string | undefined, now: Date): Promise<JwkSet | null> {
    const copy = this.copyOf(uri);
    if (!copy.holds(keyId, now.getTime())) await copy.renew(now.getTime());
    return copy.at(now.getTime());
  }

  private copyOf(uri: string): KeySetCopy {
    const copy = this.copies.get(uri) ?? new KeySetCopy(() => this.fetch(uri));
    this.copies.delete(uri);
    this.copies.set(uri, copy);
    const [oldest = uri] = this.copies.keys();
    if (this.copies.size > MOST_KEPT) this.copies.delete(oldest);
    return copy;
  }

  private async fetch(uri: string): Promise<JwkSet | null> {
    try {
      const answer = await this.outbound.getJson(uri);
      if (isPublicKeySet(answer)) return answer;
      this.logger.warn('what a client publishes is no set of public keys');
    } catch (error) {
      this.logger.warn('the keys that a client publishes could not be fetched', error);
    }
    return null;
  }
}

/** What one address has given. Times are milliseconds since 1970. */
class KeySetCopy {
  private keys: JwkSet | null = null;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private latest: Promise<void> = Promise.resolve();

  constructor(private readonly fetch: () => Promise<JwkSet | null>) {}

  at(time: number): JwkSet | null {
    return time - this.fetchedAt < FRESH_MS ? this.keys : null;
  }

  holds(keyId: string | undefined, time: number): boolean {
    const keys: readonly JWK[] | undefined = this.at(time)?.keys;
    return keys !== undefined && (keyId === undefined || keys.some(({ kid }) => kid === keyId));
  }

  /** Waits for the latest fetch, which begins now unless one did a short while ago. */
  async renew(time: number): Promise<void> {
    if (time - this.triedAt >= PAUSE_MS) {
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
