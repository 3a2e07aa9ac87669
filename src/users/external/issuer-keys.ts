import { Inject, Injectable, Logger } from '@nestjs/common';
import { type CryptoKey } from 'jose';
import { verificationKeys } from '../../access/secrets/verification-keys.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { isObject } from '../../http/input/json-values.js';
import { resolveAsTheMachine } from '../../http/outbound/host-resolver.js';
import { KeySetCopy, type PublishedSet } from '../../http/outbound/key-set-copy.js';
import { OutboundClient } from '../../http/outbound/outbound-client.js';
import { ServiceUnavailable } from '../../problem.js';
import { type SessionIssuer, type SignedToken } from './external-token.js';

const MINUTE_MS = 60 * 1000;
/** An issuer that is away for an hour keeps nobody out whose key is known. */
const TIMES = { fresh: 5 * MINUTE_MS, kept: 60 * MINUTE_MS, pause: MINUTE_MS };
/** More keys than any issuer has at once; each of them may cost checking a signature. */
const MOST_KEYS = 50;

/** The keys that identity providers publish, fetched when they are needed. */
@Injectable()
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private readonly copies = new Map<string, KeySetCopy<PublishedSet>>();
  private readonly outbound: OutboundClient;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    const choice = { reach: 'operators_choice', resolve: resolveAsTheMachine } as const;
    this.outbound = new OutboundClient(runtime, choice);
  }

  /**
   * The issuer's keys that may have made the signature.
   *
   * @throws ServiceUnavailable where its keys can't be had
   */
  async candidates(issuer: SessionIssuer, token: SignedToken, now: Date): Promise<CryptoKey[]> {
    const set = await this.copyOf(issuer.jwksUrl).find(token.keyId, now.getTime());
    if (!set) throw new ServiceUnavailable(`no keys of ${issuer.issuer}`);
    return verificationKeys(set.keys, token);
  }

  private copyOf(url: string): KeySetCopy<PublishedSet> {
    const copy = this.copies.get(url) ?? new KeySetCopy(() => this.fetch(url), TIMES);
    this.copies.set(url, copy);
    return copy;
  }

  private async fetch(url: string): Promise<PublishedSet | null> {
    try {
      const answer = await this.outbound.getJson(url);
      if (isKeySet(answer)) return answer;
      this.logger.warn(`${url} publishes no set of keys`);
    } catch (error) {
      this.logger.warn(`the keys at ${url} could not be fetched`, error);
    }
    return null;
  }
}

/** Other kinds of keys may be among them; what is no key at all makes it something else. */
function isKeySet(value: unknown): value is PublishedSet {
  const { keys } = value as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MOST_KEYS) return false;
  return keys.every(isObject);
}
