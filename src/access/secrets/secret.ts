import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { RandomPool } from './random-pool.js';

/** The digits of base62, least first. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What a digest is for. Each purpose has a pepper of its own, so none opens another's door. */
export type SecretPurpose =
  | 'access token'
  | 'api key'
  | 'audit checkpoint'
  | 'client secret'
  | 'cursor'
  | 'device login'
  | 'email verification'
  | 'idempotency'
  | 'imported hash'
  | 'invitation'
  | 'known device'
  | 'mail'
  | 'password reset'
  | 'reusable token'
  | 'secret check'
  | 'session'
  | 'setup'
  | 'signing key';

const random = new RandomPool();
const MOST_AT_ONCE = 64;

/** `length` random characters of `0-9A-Za-z`, 5.95 bits each. */
export function randomBase62(length: number): string {
  const text = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    for (const byte of random.take(Math.min(length - filled, MOST_AT_ONCE))) {
      // 248 = 4 * 62: larger bytes are dropped, so that every character is equally likely.
      if (byte < 248) text[filled++] = BASE62.charCodeAt(byte % 62);
    }
  }
  return text.toString('latin1');
}

/** `value` (an unsigned 32-bit number) in base62, left-padded with `0` to `length`. */
export function base62(value: number, length: number): string {
  let rest = value;
  let text = '';
  while (rest > 0) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text.padStart(length, '0');
}

/** The number that `base62` wrote, or null for text of other characters. */
export function numberOfBase62(text: string): number | null {
  let value = 0;
  for (const character of text) {
    const digit = BASE62.indexOf(character);
    if (digit < 0) return null;
    value = value * 62 + digit;
  }
  return value;
}

/** 32 bytes as 43 characters of `0-9A-Za-z`, as many as `randomBase62` needs for as much chance. */
export function base62OfBytes(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (text.length < 43) {
    text = BASE62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** Compares two byte strings in time that depends on their length alone. */
export function equalInConstantTime(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Keyed hashes of generated secrets (HMAC-SHA-256, 32 bytes). The pepper of each purpose is
 * derived from the master secret by HKDF (RFC 5869), so a stolen database is no list of
 * candidates to test. Former master secrets stay valid for looking up, never for storing.
 */
export class SecretHasher {
  private readonly masters: readonly string[];
  private readonly peppers = new Map<string, Buffer>();

  constructor(secret: string, formerSecrets: readonly string[] = []) {
    this.masters = [secret, ...formerSecrets];
  }

  /** The digest to store. */
  digest(purpose: SecretPurpose, secret: string): Buffer {
    return this.digestUnder(0, purpose, secret);
  }

  /** Every digest under which the secret may have been stored, newest master secret first. */
  candidates(purpose: SecretPurpose, secret: string): Buffer[] {
    return this.masters.map((_, index) => this.digestUnder(index, purpose, secret));
  }

  /** 32 bytes for a job other than hashing (encryption, signatures), one key for each purpose. */
  keyFor(purpose: SecretPurpose): Buffer {
    return this.pepper(0, purpose);
  }

  /** The same of every master secret, newest first. */
  keysFor(purpose: SecretPurpose): Buffer[] {
    return this.masters.map((_, index) => this.pepper(index, purpose));
  }

  private digestUnder(master: number, purpose: SecretPurpose, secret: string): Buffer {
    const digest = createHmac('sha256', this.pepper(master, purpose)).update(secret);
    // A digest that is asked for as bytes lies outside of the heap, which costs more than its hash.
    return Buffer.from(digest.digest('binary'), 'binary');
  }

  private pepper(master: number, purpose: SecretPurpose): Buffer {
    const name = `${master} ${purpose}`;
    let pepper = this.peppers.get(name);
    if (!pepper) {
      const label = `keycap ${purpose}`;
      pepper = Buffer.from(hkdfSync('sha256', this.masters[master] ?? '', '', label, 32));
      this.peppers.set(name, pepper);
    }
    return pepper;
  }
}
