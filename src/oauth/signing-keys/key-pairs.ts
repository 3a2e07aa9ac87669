import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { type SigningAlg } from '../../config-values.js';

const RSA_BITS = 3072;
/** Of all the key types that sign here; what is not named stays private (RFC 7518 §6). */
const PUBLIC_MEMBERS = ['crv', 'x', 'y', 'n', 'e'] as const;

/** A key pair that has just been made. */
export interface NewKeyPair {
  readonly kid: string;
  readonly alg: SigningAlg;
  /** A private JWK as JSON. */
  readonly privateKey: string;
}

type PrivateJwk = JWK & { readonly kty: 'EC' | 'OKP' | 'RSA' };
type PublicPart = Pick<PrivateJwk, 'kty' | (typeof PUBLIC_MEMBERS)[number]>;

/** A public key as it is published (RFC 7517 §4). */
export type PublicJwk = PublicPart & {
  readonly use: 'sig';
  readonly alg: SigningAlg;
  readonly kid: string;
};

/** A key pair in use. */
export interface KeyPair {
  readonly publicJwk: PublicJwk;
  readonly publicKey: CryptoKey;
  /** Not extractable. */
  readonly privateKey: CryptoKey;
}

/** A new key pair; one for RSA (3072 bits) takes up to seconds, on a thread of its own. */
export async function makeKeyPair(alg: SigningAlg): Promise<NewKeyPair> {
  const made = await generateKeyPair(alg, { extractable: true, modulusLength: RSA_BITS });
  const jwk = await exportJWK(made.privateKey);
  return { kid: await calculateJwkThumbprint(jwk), alg, privateKey: JSON.stringify(jwk) };
}

export async function importKeyPair({ kid, alg, privateKey }: NewKeyPair): Promise<KeyPair> {
  const jwk = JSON.parse(privateKey) as PrivateJwk;
  const { kty, ...members } = publicPartOf(jwk);
  return {
    publicJwk: { kty, use: 'sig', alg, kid, ...members },
    publicKey: await importJWK({ kty, ...members }, alg),
    privateKey: await importJWK(jwk, alg),
  };
}

function publicPartOf(jwk: PrivateJwk): PublicPart {
  const present = PUBLIC_MEMBERS.filter((name) => jwk[name] !== undefined);
  return { kty: jwk.kty, ...Object.fromEntries(present.map((name) => [name, jwk[name]])) };
}
