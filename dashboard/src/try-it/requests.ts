import { Refusal } from '../api/refusal';
import { indented } from '../secrets/indented';

export const CALLERS = ['session', 'api_key', 'oauth_client', 'nobody'] as const;
export type Caller = (typeof CALLERS)[number];

/** A request that somebody has put together. */
export interface TriedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly caller: Caller;
  /** A key, or the Basic credential of a client. */
  readonly credential: string;
  /** Beside those of the credential and the body; they hold secrets too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly text: string } | null;
}

/** Sends it. A client fetches a token first, since that is what it calls the API with. */
export async function send(request: TriedRequest) {
  const { method, target, caller, body } = request;
  const headers = {
    ...request.headers,
    ...(await credentialHeaders(request)),
    ...bodyHeaders(request),
  };
  const response = await fetch(target, {
    method,
    headers,
    body: body?.text ?? null,
    credentials: caller === 'session' ? 'same-origin' : 'omit',
    cache: 'no-store',
  }).catch(() => {
    throw Refusal.ofSilence();
  });
  return {
    status: `${response.status} ${response.statusText}`,
    isGood: response.ok,
    note: `X-Request-Id: ${response.headers.get('x-request-id') ?? ''}`,
    text: indented(await response.text()),
  };
}

async function credentialHeaders({
  caller,
  credential,
}: TriedRequest): Promise<Record<string, string>> {
  if (caller === 'session' || caller === 'nobody') return {};
  if (caller === 'api_key') return { 'X-API-Key': credential };
  const response = await fetch('/o/token/', {
    method: 'POST',
    headers: {
      Authorization: `Basic ${credential}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    credentials: 'omit',
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (!response.ok) throw Refusal.of(response, { error: answer.error_description });
  return { Authorization: `Bearer ${answer.access_token ?? ''}` };
}

const bodyHeaders = ({ body }: TriedRequest): Record<string, string> =>
  body ? { 'Content-Type': body.type } : {};

const APOSTROPHE = String.raw`'\''`;
const quoted = (text: string): string => `'${text.replaceAll("'", APOSTROPHE)}'`;

/** A name in the place of the credential, so that none ends up where programs are kept. */
const HEADERS = {
  api_key: ['X-API-Key', 'KEYCAP_API_KEY'],
  oauth_client: ['Authorization', 'Bearer KEYCAP_TOKEN'],
  session: ['Authorization', 'Bearer KEYCAP_TOKEN'],
} as const;

/**
 * The one header by which a program is let in: that of its credential, else the first that was given,
 * which is a token as well.
 */
export function headerOf({
  caller,
  headers,
}: TriedRequest): readonly [name: string, value: string] {
  if (caller !== 'nobody') return HEADERS[caller];
  const [given] = Object.keys(headers);
  return given === undefined ? ['Accept', 'application/json'] : [given, 'KEYCAP_TOKEN'];
}

/** The request for a shell; the credential is a variable, so that none ends up in a history. */
export function curlOf(request: TriedRequest, origin: string): string {
  const { method, target, body } = request;
  const [name, value] = headerOf(request);
  const header = `"${name}: ${value.replace('KEYCAP_', '$KEYCAP_')}"`;
  const first = `curl -X ${method} ${quoted(origin + target)} -H ${header}`;
  if (!body) return first;
  const type = quoted(`Content-Type: ${body.type}`);
  return `${first} \\\n  -H ${type} -d ${quoted(body.text)}`;
}
