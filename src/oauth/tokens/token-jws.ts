import { base64url, compactVerify, type CryptoKey, decodeProtectedHeader, SignJWT } from 'jose';
import { type CurrentKey } from '../signing-keys/signing-keys.service.js';

/** RFC 9068 §2.1. */
const TYPE = 'at+jwt';

/** What a token says of who signed it, and how. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
}

export function signToken(claims: object, { kid, alg, privateKey }: CurrentKey): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: TYPE }).sign(privateKey);
}

/**
 * The header of a token. Only one that is written as we write it is read: a further member, or one
 * that stands there twice, changes what a signature means to some readers (RFC 8725 §3.1, §3.11).
 *
 * @returns null for text that has another header, or none
 */
export function headerOf(text: string): TokenHeader | null {
  try {
    const { alg, kid } = decodeProtectedHeader(text);
    if (typeof alg !== 'string' || typeof kid !== 'string') return null;
    const ours = base64url.encode(JSON.stringify({ alg, kid, typ: TYPE }));
    return text.startsWith(`${ours}.`) ? { alg, kid } : null;
  } catch {
    return null;
  }
}

/** What this key has signed; null where it has not, or where the signature is spelled otherwise. */
export async function payloadOf(
  text: string,
  { alg }: TokenHeader,
  key: CryptoKey,
): Promise<string | null> {
  try {
    const { payload } = await compactVerify(text, key, { algorithms: [alg] });
    return isCanonical(text.slice(text.lastIndexOf('.') + 1))
      ? new TextDecoder('utf-8', { fatal: true }).decode(payload)
      : null;
  } catch {
    return null;
  }
}

/** Whether base64url has no other spelling of it: in the last character bits can be spare. */
function isCanonical(text: string): boolean {
  return base64url.encode(base64url.decode(text)) === text;
}
