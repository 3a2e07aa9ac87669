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

/** Of each route's pattern: there are as many as there are routes. */
const OF_ROUTES = new Map<string, Dialect>();

/** The dialect of a request, by its route where it has one. */
export function dialectOfRequest({ url, route }: Routed): Dialect {
  if (route === undefined) return dialectOf(url);
  let dialect = OF_ROUTES.get(route);
  if (dialect === undefined) {
    dialect = dialectOf(route);
    OF_ROUTES.set(route, dialect);
  }
  return dialect;
}

/** What of a request tells where it belongs. */
export interface Routed {
  readonly url: string;
  /** The pattern of the matched route; undefined where there is none. */
  readonly route: string | undefined;
}

/** The matched route's pattern, however the client spelled it; the raw target where none matches. */
export function pathOf({ url, route }: Routed): string {
  return route ?? url;
}
