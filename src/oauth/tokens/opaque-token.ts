import { base62, numberOfBase62, randomBase62 } from '../../access/secrets/secret.js';

/** Enough for the hours until the year 3655. */
const PERIOD_LENGTH = 4;
/** 256 random bits; RFC 6749 §10.10 asks for 160. */
const SECRET_LENGTH = 43;
const SHAPE = /^[0-9A-Za-z]{47}$/;

/**
 * The text of an opaque token: the period in which it expires, by which it is found in one
 * partition, and what nobody can guess. Letters and digits alone, as Django OAuth Toolkit's.
 *
 * @param period hours since the epoch
 * @param secret 43 letters and digits
 */
export function opaqueToken(period: number, secret = randomBase62(SECRET_LENGTH)): string {
  return base62(period, PERIOD_LENGTH) + secret;
}

/** The period that an opaque token names; null for text that is none. */
export function periodOfOpaqueToken(text: string): number | null {
  return SHAPE.test(text) ? numberOfBase62(text.slice(0, PERIOD_LENGTH)) : null;
}
