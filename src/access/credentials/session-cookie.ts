import { type IncomingHttpHeaders } from 'node:http';
import { AmbiguousCredentials } from '../access.errors.js';

/**
 * The name by which browsers keep a session. With `__Host-` they take it over a secure connection
 * alone, for this host alone and from nobody else (RFC 6265bis §4.1.3.2), which needs `Secure`.
 */
export function sessionCookieName(isInsecure: boolean): string {
  return isInsecure ? 'keycap_session' : '__Host-keycap_session';
}

/**
 * The value of the one cookie of this name, as it was sent; null without one. Other cookies are
 * none of our business, whatever they look like.
 *
 * @throws AmbiguousCredentials for two of them: a browser that was given a second one, by whom?
 */
export function readCookie({ cookie = '' }: IncomingHttpHeaders, name: string): string | null {
  const start = `${name}=`;
  const [value, another] = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
  if (another !== undefined) throw new AmbiguousCredentials('send one session cookie');
  return value ?? null;
}
