import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { type CryptoKey, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';

/** Makes the signature of what is to be signed. */
export type Sign = (input: string) => Promise<Uint8Array> | Uint8Array;

type Members = Readonly<Record<string, unknown>>;

/** base64url of text and bytes as they are, and of anything else as JSON. */
export function part(value: unknown): string {
  const isPlain = typeof value === 'string' || value instanceof Uint8Array;
  return Buffer.from(isPlain ? value : JSON.stringify(value)).toString('base64url');
}

/** A compact JWS (RFC 7515 §7.1) of any header and payload whatever. */
export async function jws(header: unknown, payload: unknown, sign: Sign): Promise<string> {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${part(await sign(input))}`;
}

/** RFC 7518 §3.4: r and s, one after the other. */
export function byCurve(key: CryptoKey, hash = 'SHA-256'): Sign {
  const algorithm = { name: 'ECDSA', hash };
  return async (input) =>
    new Uint8Array(await crypto.subtle.sign(algorithm, key, Buffer.from(input)));
}

/** RFC 7518 §3.2. */
export function bySecret(secret: string | Uint8Array, bits = 256): Sign {
  return (input) => createHmac(`sha${bits}`, secret).update(input).digest();
}

/** A good token, what was made of it, and what an attacker knows besides. */
export interface Material {
  readonly token: string;
  readonly publicJwk: JWK & { readonly kid: string };
  /** By the server's own key: what nobody outside can do. */
  readonly ours: Sign;
}

/** Makes tokens that differ from a good one in what is named, and in nothing else. */
export class Forger {
  readonly header: Members;
  readonly claims: Members;
  readonly parts: readonly [header: string, payload: string, signature: string];
  /** The public key as attackers may take it for a secret. */
  readonly pem: string;
  readonly der: Uint8Array;

  constructor(readonly material: Material) {
    const { token, publicJwk } = material;
    this.header = { ...decodeProtectedHeader(token) };
    this.claims = decodeJwt(token);
    const [header = '', payload = '', signature = ''] = token.split('.');
    this.parts = [header, payload, signature];
    const key = createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' });
    this.pem = key.export({ type: 'spki', format: 'pem' }).toString();
    this.der = new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  }

  /** With these members of the header (undefined leaves one out), signed by our key unless told. */
  withHeader(changes: Members, sign = this.material.ours): Promise<string> {
    return jws({ ...this.header, ...changes }, this.claims, sign);
  }

  /** The same for the claims. */
  withClaims(changes: Members, sign = this.material.ours): Promise<string> {
    return jws(this.header, { ...this.claims, ...changes }, sign);
  }

  /** With text that is JSON in its own way, signed by our key. */
  withTexts(header: string | null, payload: string | Uint8Array | null): Promise<string> {
    return jws(header ?? this.header, payload ?? this.claims, this.material.ours);
  }

  /** The good token with another part in place of one of its own: the signature fits no more. */
  replacing(index: 0 | 1 | 2, other: string): string {
    return this.parts.with(index, other).join('.');
  }
}
