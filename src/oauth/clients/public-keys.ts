import { createPublicKey } from 'node:crypto';
import { type JwkSet } from './oauth-client.entity.js';

const MOST_KEYS = 20;
const MOST_BYTES = 16 * 1024;
const LEAST_RSA_BITS = 2048;
const CURVES: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'P-521', 'Ed25519']);
/** Members that only private or symmetric keys have (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

type Member = Readonly<Record<string, unknown>>;

/**
 * Whether this is a set (RFC 7517 §5) of 1 to 20 public keys that a client can sign with: EC on a
 * NIST curve, Ed25519, or RSA of 2,048 bits or more; nothing private, and no `kid` twice.
 */
export function isPublicKeySet(value: unknown): value is JwkSet {
  if (!isObject(value) || !Array.isArray(value.keys)) return false;
  const keys: unknown[] = value.keys;
  const isOfSize = keys.length >= 1 && keys.length <= MOST_KEYS;
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
    const { asymmetricKeyDetails: details, asymmetricKeyType: type } = createPublicKey({
      key,
      format: 'jwk',
    });
    return type !== 'rsa' || (details?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Member {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
