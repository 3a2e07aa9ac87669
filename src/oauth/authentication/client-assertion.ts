import { decodeJwt, decodeProtectedHeader } from 'jose';

/** RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What a client may sign with; RS256 beside them only where it is configured. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512'];

/** So far an assertion may reach into the future, in seconds. */
const LONGEST_LIFE_SECONDS = 300;
/** How much further the client's clock may be than ours, in seconds. */
const CLOCK_LEEWAY_SECONDS = 30;
const LONGEST_ASSERTION = 8 * 1024;
const LONGEST_JTI = 255;

/** Keys, or where to find them, that an assertion brings along are not looked at but refused. */
const FOREIGN_KEY_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64'];
/** `JWT` says nothing, and many libraries always say it; other kinds of tokens are none of ours. */
const TYPES = ['client-authentication+jwt', 'jwt'];
/** RFC 7515 §3.1, §2: base64url without anything around or within it, which decoders pass over. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

type Members = Readonly<Record<string, unknown>>;

/** The algorithms that assertions may be signed with. */
export function assertionAlgorithms(withRs256: boolean): readonly string[] {
  return withRs256 ? [...ALGORITHMS, 'RS256'] : ALGORITHMS;
}

/** An assertion as it was read, before anyone knows who signed it. */
export interface ReadAssertion {
  readonly compact: string;
  readonly header: Members;
  readonly claims: Members;
}

/**
 * Reads an assertion without trusting it.
 *
 * @returns null for what is no JWT at all
 */
export function readAssertion(compact: string): ReadAssertion | null {
  if (compact.length > LONGEST_ASSERTION || !COMPACT.test(compact)) return null;
  try {
    return { compact, header: { ...decodeProtectedHeader(compact) }, claims: decodeJwt(compact) };
  } catch {
    return null;
  }
}

/** An assertion whose signature can be checked, and by what. */
export interface SignedAssertion extends ReadAssertion {
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

/**
 * Holds the header against RFC 8725 §3: an accepted algorithm, no other kind of token, and nothing
 * that would have a say in how it is verified.
 *
 * @returns why it is refused, for the log
 */
export function judgeHeader(
  read: ReadAssertion | null,
  algorithms: readonly string[],
): SignedAssertion | string {
  if (!read) return 'the assertion is no JWT';
  const { alg, kid, typ } = read.header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return 'alg is not accepted';
  if (kid !== undefined && typeof kid !== 'string') return 'kid is no text';
  if (typ !== undefined && !isOurs(typ)) return 'typ is that of another kind of token';
  const brought = FOREIGN_KEY_HEADERS.find((name) => name in read.header);
  if (brought !== undefined) return `the header has ${brought}`;
  return { ...read, algorithm: alg, keyId: kid };
}

/** `application/` may be left out (RFC 7515 §4.1.9), and case does not count. */
function isOurs(typ: unknown): boolean {
  return typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''));
}

/** What a good assertion says beside who signed it. */
export interface AssertionClaims {
  readonly jti: string;
  readonly expiresAt: Date;
}

/**
 * Holds the claims against RFC 7523 §3 and its revision: signed by the client about itself, for
 * this issuer and nobody else, for five minutes at most, with an id of its own.
 *
 * @returns why they are refused, for the log
 */
export function judgeClaims(
  { claims }: ReadAssertion,
  expected: { readonly clientId: string; readonly issuer: string },
  now: Date,
): AssertionClaims | string {
  const { iss, sub, aud, exp, nbf, iat, jti } = claims;
  const seconds = now.getTime() / 1000;
  const isAhead = (time: unknown): boolean =>
    time !== undefined && !(typeof time === 'number' && time <= seconds + CLOCK_LEEWAY_SECONDS);
  if (iss !== expected.clientId || sub !== expected.clientId)
    return 'iss and sub are not the client';
  // Not among others in a list either: who accepts it here could pass it on to them.
  if (aud !== expected.issuer) return 'aud is not the issuer alone';
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'exp is missing';
  if (exp <= seconds) return 'the assertion has expired';
  if (exp > seconds + LONGEST_LIFE_SECONDS + CLOCK_LEEWAY_SECONDS) return 'exp is too far ahead';
  if (isAhead(nbf)) return 'the assertion is not valid yet';
  if (isAhead(iat)) return 'the assertion was issued in the future';
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return 'jti is missing';
  // Never before it expires: in between it could be used again.
  return { jti, expiresAt: new Date(Math.ceil(exp * 1000)) };
}
