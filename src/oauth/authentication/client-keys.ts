import { Injectable } from '@nestjs/common';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { type JwkSet } from '../clients/oauth-client.entity.js';
import { type SignedAssertion } from './client-assertion.js';
import { type KnownClient } from './client-directory.js';
import { PublishedKeys } from './published-keys.js';

/** The public keys by which a client's signatures are checked. */
@Injectable()
export class ClientKeys {
  constructor(private readonly published: PublishedKeys) {}

  /**
   * The client's keys that may have made the signature: of the `kid` that the assertion names, if it
   * does, and for signing by its algorithm.
   */
  async candidates(
    client: KnownClient,
    { algorithm, keyId }: SignedAssertion,
    now: Date,
  ): Promise<CryptoKey[]> {
    const set = await this.keySetOf(client, keyId, now);
    const fitting = (set?.keys ?? []).filter((key) => fits(key as JWK, algorithm, keyId));
    const imported = await Promise.allSettled(
      fitting.map((key) => importJWK(key as JWK, algorithm) as Promise<CryptoKey>),
    );
    return imported.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  private async keySetOf(
    { jwks, jwks_uri: uri }: KnownClient,
    keyId: string | undefined,
    now: Date,
  ): Promise<JwkSet | null> {
    return jwks !== null || uri === null ? jwks : this.published.find(uri, keyId, now);
  }
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
