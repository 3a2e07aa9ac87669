/** The three ways in which this server words its errors, told by the path. */
export type Dialect = 'keycap' | 'oauth' | 'drf';

/** Path and query of a request target, which may carry scheme and host (RFC 9112 §3.2.2). */
export function localTargetOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '');
}

/** @param target path, with or without a query string; or absolute */
export function dialectOf(target: string): Dialect {
  const local = localTargetOf(target);
  if (/^\/(?:o|\.well-known|v1\/oauth)(?:[/?]|$)/.test(local)) return 'oauth';
  if (/^\/api\/v3(?:[/?]|$)/.test(local)) return 'drf';
  return 'keycap';
}

/** What of a request tells where it belongs. */
export interface Routed {
  readonly url: string;
  readonly routeOptions: { readonly url?: string };
}

/** The matched route's pattern, however the client spelled it; the raw target where none matches. */
export function pathOf({ url, routeOptions }: Routed): string {
  return routeOptions.url ?? url;
}
