import { type IncomingHttpHeaders } from 'node:http';

/**
 * Where a request was made: by a page of this deployment (`same`), by another one (`foreign`), or
 * by what is no browser, or one so old that it doesn't say (`unknown`).
 */
export type RequestSite = 'same' | 'foreign' | 'unknown';

/**
 * Told by `Sec-Fetch-Site`, which no page can set; where a browser does not send it, by `Origin`.
 * A request that a person made by hand (`none`) comes from no page of ours.
 */
export function siteOf(headers: IncomingHttpHeaders, publicUrl: string): RequestSite {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'same' : 'foreign';
  const { origin } = headers;
  if (origin === undefined) return 'unknown';
  return origin === publicUrl ? 'same' : 'foreign';
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method.toUpperCase());
}
