/** Where the dashboard lies on its server. */
export const BASE = '/dashboard';

/**
 * Where to go after signing in.
 *
 * @param next what the address of the sign-in page asks for; only a path of the dashboard counts,
 *   since whoever wrote the link may want another site
 */
export function placeAfterSignIn(next: string | undefined): string {
  if (!next?.startsWith(`${BASE}/`)) return BASE;
  const url = new URL(next, window.location.origin);
  return url.origin === window.location.origin && url.pathname.startsWith(`${BASE}/`)
    ? url.pathname + url.search
    : BASE;
}
