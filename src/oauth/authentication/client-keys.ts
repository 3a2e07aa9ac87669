import { Injectable, Logger } from '@nestjs/common';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { OutboundClient } from '../../http/outbound/outbound-client.js';
import { isPublicKeySet } from '../clients/public-keys.js';
import { type JwkSet } from '../clients/oauth-client.entity.js';
import { type SignedAssertion } from './client-assertion.js';
import { type KnownClient } from './client-directory.js';

/** How long published keys are believed without being fetched again, in milliseconds. */
const FRESH_MS = 5 * 60 * 1000;
/** An unknown `kid` has them fetched again, at most so often, in milliseconds. */
const REFETCH_MS = 30 * 1000;
/** Most clients whose published keys are kept. */
const KEPT = 1000;

interface Published {
  /** Null where they could not be had. */
  readonly keys: JwkSet | null;
  readonly fetchedAt: number;
}

/** The public keys by which a client's signatures are checked. */
@Injectable()
export class ClientKeys {
  private readonly logger = new Logger(ClientKeys.name);
  private readonly published = new Map<string, Promise<Published>>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * The client's keys that may have made the signature: of the `kid` that the assertion names, if it
   * does, and for signing by its algorithm.
   */
  async candidates(
    client: KnownClient,
    { algorithm, keyId }: SignedAssertion,
  ): Promise<CryptoKey[]> {
    const set = await this.keySetOf(client, keyId);
    const fitting = (set?.keys ?? []).filter((key) => fits(key as JWK, algorithm, keyId));
    const imported = await Promise.allSettled(
      fitting.map((key) => importJWK(key as JWK, algorithm) as Promise<CryptoKey>),
    );
    return imported.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  private async keySetOf(client: KnownClient, keyId: string | undefined): Promise<JwkSet | null> {
    const { jwks, jwks_uri: uri } = client;
    if (jwks !== null || uri === null) return jwks;
    const known = await this.fetched(uri, FRESH_MS);
    if (holds(known.keys, keyId)) return known.keys;
    // A client that has begun to use a new key need not wait; who invents ids gets no fetch each.
    return (await this.fetched(uri, REFETCH_MS)).keys;
  }

  /** What the address gave within the last `maxAgeMs`, or gives now; concurrent callers share it. */
  private async fetched(uri: string, maxAgeMs: number): Promise<Published> {
    const kept = this.published.get(uri);
    if (kept !== undefined && Date.now() - (await kept).fetchedAt < maxAgeMs) return kept;
    // While one waited for `kept`, another may have begun to fetch.
    const latest = this.published.get(uri);
    if (latest !== undefined && latest !== kept) return latest;
    const fetching = this.fetch(uri);
    this.published.delete(uri);
    this.published.set(uri, fetching);
    if (this.published.size > KEPT) this.forgetOldest();
    return fetching;
  }

  private async fetch(uri: string): Promise<Published> {
    const fetchedAt = Date.now();
    try {
      const answer = await this.outbound.getJson(uri);
      return { keys: isPublicKeySet(answer) ? answer : null, fetchedAt };
    } catch (error) {
      this.logger.warn('the keys that a client publishes could not be fetched', error);
      return { keys: null, fetchedAt };
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.published.keys();
    if (oldest !== undefined) this.published.delete(oldest);
  }
}

function holds(set: JwkSet | null, keyId: string | undefined): boolean {
  return (
    set !== null && (keyId === undefined || set.keys.some((key) => (key as JWK).kid === keyId))
  );
}

/** The curve that an algorithm signs on, where it is for one. */
const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
};

function fits(key: JWK, algorithm: string, keyId: string | undefined): boolean {
  const isOfKind =
    algorithm in CURVES ? key.crv === CURVES[algorithm] : key.kty === 'RSA' && key.n !== undefined;
  return (
    isOfKind &&
    (keyId === undefined || key.kid === keyId) &&
    (key.alg === undefined || key.alg === algorithm) &&
    (key.use === undefined || key.use === 'sig') &&
    (key.key_ops === undefined || key.key_ops.includes('verify'))
  );
}
