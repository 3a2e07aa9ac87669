/** The three ways in which this server words its errors, told by the path. */
export type Dialect = 'keycap' | 'oauth' | 'drf';

/** `path` may carry a query string. */
export function dialectOf(path: string): Dialect {
  if (/^\/(?:o|\.well-known|v1\/oauth)(?:[/?]|$)/.test(path)) return 'oauth';
  if (/^\/api\/v3(?:[/?]|$)/.test(path)) return 'drf';
  return 'keycap';
}
