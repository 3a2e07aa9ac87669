import { base64url } from 'jose';
import { type Config } from '../../config.js';
import { hasRepeatedMember } from '../../access/credentials/jwt.js';
import { isNode, isObject } from '../../http/input/json-values.js';

/** An identity provider whose session tokens are taken (KEYCAP_SESSION_ISSUERS). */
export type SessionIssuer = Config['sessionIssuers'][number];

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** Keys, or where to find them, that a token brings along are not looked at but refused. */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'];
/** How much the issuer's clock may differ from ours, in seconds. */
const LEEWAY_SECONDS = 5;
const LONGEST_SUBJECT = 255;
/** What PostgreSQL or a log would trip over is in no subject. */
const SUBJECT = /^[^\p{Cc}\p{Surrogate}\p{Zl}\p{Zp}]+$/u;

export type Claims = Readonly<Record<string, unknown>>;

/** A token whose signature can be checked, and by what. */
export interface SignedToken {
  readonly text: string;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Claims;
}

/**
 * Reads a token without trusting it: an accepted algorithm, no other kind of token (RFC 8725 §3.11),
 * nothing in the header that would have a say in how it is verified, and nothing said twice.
 *
 * @returns why it is refused, for the log
 */
export function readToken(text: string): SignedToken | string {
  const [head = '', payload = ''] = text.split('.');
  const header = objectIn(head);
  const claims = objectIn(payload);
  if (!header || !claims) return 'the session token is no JWT';
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) return 'alg is not accepted';
  if (kid !== undefined && typeof kid !== 'string') return 'kid is no text';
  if (typ !== undefined && !isPlain(typ)) return 'typ is that of another kind of token';
  const brought = REFUSED_HEADERS.find((name) => name in header);
  if (brought !== undefined) return `the header has ${brought}`;
  return { text, algorithm: alg, keyId: kid, claims };
}

/** What a part of a token says; null where it is no JSON object, or says something twice. */
function objectIn(part: string): Claims | null {
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(part));
    const value: unknown = JSON.parse(json);
    return isObject(value) && !hasRepeatedMember(json) ? value : null;
  } catch {
    return null;
  }
}

/** `application/` may be left out (RFC 7515 §4.1.9), and case does not count. */
function isPlain(typ: unknown): boolean {
  return typeof typ === 'string' && /^(?:application\/)?jwt$/i.test(typ);
}

/** Who a good token is of. */
export interface TokenSubject {
  readonly subject: string;
  /** When he proved who he is; where the issuer doesn't say, when the token was made. */
  readonly signedInAt: Date;
}

/**
 * Holds the claims against what the operator has configured: this issuer, for this application, now.
 *
 * @returns why they are refused, for the log
 */
export function judgeClaims(
  claims: Claims,
  issuer: SessionIssuer,
  now: Date,
): TokenSubject | string {
  if (claims.iss !== issuer.issuer) return 'iss is another issuer';
  return (
    complaintAboutTimes(claims, now.getTime() / 1000) ??
    complaintAboutAudience(claims, issuer) ??
    subjectOf(claims, now)
  );
}

function complaintAboutTimes({ exp, nbf, iat }: Claims, seconds: number): string | null {
  const isAhead = (time: unknown): boolean =>
    !(typeof time === 'number' && time <= seconds + LEEWAY_SECONDS);
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'exp is missing';
  if (exp + LEEWAY_SECONDS <= seconds) return 'the session token has expired';
  if (nbf !== undefined && isAhead(nbf)) return 'the session token is not valid yet';
  if (typeof iat !== 'number') return 'iat is missing';
  return isAhead(iat) ? 'the session token was issued in the future' : null;
}

/**
 * An issuer signs for many applications. What is configured and said has to match; and one of the
 * two has to be said: Clerk names no audience, others no authorized party.
 */
function complaintAboutAudience({ aud, azp }: Claims, issuer: SessionIssuer): string | null {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (aud !== undefined && audiences.some((each) => typeof each !== 'string')) return 'aud is odd';
  const judged = [
    ...(issuer.audience.length > 0 && aud !== undefined
      ? [audiences.some((each) => issuer.audience.includes(each as string))]
      : []),
    ...(issuer.authorizedParties.length > 0 && azp !== undefined
      ? [issuer.authorizedParties.includes(azp as string)]
      : []),
  ];
  if (judged.length === 0) return 'it names neither audience nor authorized party';
  return judged.every(Boolean) ? null : 'it is for another application';
}

function subjectOf({ sub, iat, auth_time: signedIn }: Claims, now: Date): TokenSubject | string {
  const isSubject = typeof sub === 'string' && sub.length <= LONGEST_SUBJECT && SUBJECT.test(sub);
  if (!isSubject) return 'sub is missing or odd';
  const isTime = typeof signedIn === 'number' && signedIn > 0;
  const seconds = isTime ? signedIn : (iat as number);
  return { subject: sub, signedInAt: new Date(Math.min(seconds * 1000, now.getTime())) };
}

/** The claim of this name or, where there is none, at this dotted path. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => {
    return isNode(value) && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
  }, claims);
}
