import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type PresentedCredential } from './credential-strategy.js';

/** Three parts in base64url, without anything around or within them (RFC 7515 §3.1, §2). */
export const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Who a bearer says has issued it, which tells its kind and nothing more: nobody has checked it.
 * Null for what is no JWT, or says nothing. It is read once, however many kinds it could be of.
 */
export function claimedIssuerOf(presented: PresentedCredential): string | null {
  if (presented.scheme !== 'bearer' || !JWT_SHAPE.test(presented.value)) return null;
  presented.claimedIssuer ??= issuerIn(presented.value);
  return presented.claimedIssuer;
}

function issuerIn(text: string): string | null {
  try {
    // A key may have the shape; the first part of a JWT is JSON, which no key begins with.
    decodeProtectedHeader(text);
    const { iss } = decodeJwt(text);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

/** A string of JSON with the colon that makes it the name of a member, or what opens and closes. */
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * Whether an object in this valid JSON has a member twice. Which of them counts, readers decide
 * differently (RFC 8259 §4), and so would whoever checks a token and whoever uses it.
 */
export function hasRepeatedMember(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, colon] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const members = open.at(-1);
      if (members?.has(name)) return true;
      members?.add(name);
    }
  }
  return false;
}
