import { type Answer, call, type CallOptions, type ErrorBody, type Method } from './keycap.js';

/** What a browser says of a request that a page of this deployment makes. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

export const COOKIE = '__Host-keycap_session';

/** The cookies that an answer sets: by name, the value and what is said of it. */
export function cookiesOf({ headers }: Answer<unknown>): Record<string, [string, string[]]> {
  return Object.fromEntries(
    headers.getSetCookie().map((line) => {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      return [pair.slice(0, at), [pair.slice(at + 1), attributes]];
    }),
  );
}

/** The session that an answer has put into the cookie. */
export function sessionIn(answer: Answer<unknown>, name = COOKIE): string {
  const [value = ''] = cookiesOf(answer)[name] ?? [];
  if (value === '') throw new Error(`no session cookie is set: ${answer.status} ${answer.text}`);
  return value;
}

/** Signs in as the sign-in page does. @returns the cookie's value */
export async function signInOnPage(
  { email, password }: { readonly email: string; readonly password: string },
  options: CallOptions = {},
): Promise<string> {
  const body = { email, password };
  return sessionIn(await call('POST', '/v1/sessions', { ...options, headers: OWN_PAGE, body }));
}

/** A request that carries the session cookie, from a page of this deployment unless told otherwise. */
export function callByCookie<T = ErrorBody>(
  method: Method,
  path: string,
  session: string,
  { headers = OWN_PAGE, ...options }: CallOptions = {},
): Promise<Answer<T>> {
  const cookie = `theme=dark; ${COOKIE}=${session}; other`;
  return call<T>(method, path, { ...options, headers: { cookie, ...headers } });
}
