import { Injectable, Logger } from '@nestjs/common';
import { KeySetCopy } from '../../http/outbound/key-set-copy.js';
import { OutboundClient } from '../../http/outbound/outbound-client.js';
import { type JwkSet } from '../clients/oauth-client.entity.js';
import { isPublicKeySet } from '../clients/public-keys.js';

/** How long keys are believed, whether they can be fetched again or not, in milliseconds. */
const FRESH_MS = 5 * 60 * 1000;
/** One address is asked at most so often, in milliseconds. */
const PAUSE_MS = 30 * 1000;
/** Most addresses whose keys are kept. */
const MOST_KEPT = 1000;

/** The keys that clients publish at addresses of their own, fetched when they are needed. */
@Injectable()
export class PublishedKeys {
  private readonly logger = new Logger(PublishedKeys.name);
  /** The one that was asked for last comes last. */
  private readonly copies = new Map<string, KeySetCopy<JwkSet>>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * The set of five minutes ago at most, or null where it can't be had.
   *
   * @param keyId undefined for any key
   */
  find(uri: string, keyId: string | undefined, now: Date): Promise<JwkSet | null> {
    return this.copyOf(uri).find(keyId, now.getTime());
  }

  private copyOf(uri: string): KeySetCopy<JwkSet> {
    const times = { fresh: FRESH_MS, kept: FRESH_MS, pause: PAUSE_MS };
    const copy = this.copies.get(uri) ?? new KeySetCopy(() => this.fetch(uri), times);
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
