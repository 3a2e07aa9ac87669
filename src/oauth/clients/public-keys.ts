import { createPublicKey, type KeyObject } from 'node:crypto';
import { isObject } from '../../http/input/json-values.js';
import { hasShortNumbers } from '../../http/input/short-numbers.js';
import { type JwkSet } from './oauth-client.entity.js';

const MOST_KEYS = 20;
const MOST_BYTES = 16 * 1024;
const LEAST_RSA_BITS = 2048;
/** Longer ones take whoever checks a signature ever more time. */
const MOST_RSA_BITS = 8192;
/** FIPS 186-5 §5.1. With 1 for an exponent anyone could sign; a long one is slow to verify by. */
const RSA_EXPONENTS = { above: 2n ** 16n, below: 2n ** 256n };
const CURVES: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'P-521', 'Ed25519']);
/** Members that only private or symmetric keys have (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Whether this is a set (RFC 7517 §5) of 1 to 20 public keys that a client can sign with: EC on a
 * NIST curve, Ed25519, or RSA of 2,048 bits or more; nothing private, no `kid` twice, and no number
 * that takes many times as much room in the database.
 */
export function isPublicKeySet(value: unknown): value is JwkSet {
  if (!isObject(value) || !Array.isArray(value.keys)) return false;
  const keys: unknown[] = value.keys;
  const isOfSize = keys.length >= 1 && keys.length <= MOST_KEYS && hasShortNumbers(value);
  if (!isOfSize || Buffer.byteLength(JSON.stringify(value)) > MOST_BYTES) return false;
  const ids = keys.flatMap((key) => (isObject(key) && key.kid !== undefined ? [key.kid] : []));
  return new Set(ids).size === ids.length && keys.every(isPublicKey);
}

function isPublicKey(key: unknown): boolean {
  if (!isObject(key) || PRIVATE_MEMBERS.some((name) => name in key)) return false;
  if (key.kid !== undefined && typeof key.kid !== 'string') return false;
  if (key.alg !== undefined && typeof key.alg !== 'string') return false;
  if (key.key_ops !== undefined && !Array.isArray(key.key_ops)) return false;
  if (key.kty !== 'RSA' && !CURVES.has(key.crv)) return false;
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return publicKey.asymmetricKeyType !== 'rsa' || isStrongRsa(publicKey);
  } catch {
    return false;
  }
}

function isStrongRsa({ asymmetricKeyDetails: details }: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = details ?? {};
  return (
    modulusLength >= LEAST_RSA_BITS &&
    modulusLength <= MOST_RSA_BITS &&
    publicExponent % 2n === 1n &&
    publicExponent > RSA_EXPONENTS.above &&
    publicExponent < RSA_EXPONENTS.below
  );
}
