import type { TokenBody } from '../../src/oauth/token.dto.js';
import { send } from './http-client.js';
import { newAddress } from './keycap.js';
import { testVariable } from './servers.js';

/** RFC 6749 §5.2. */
export interface OAuthErrorBody {
  readonly error: string;
  readonly error_description: string;
}

/** One request to the token endpoint, exactly as it is to be on the wire. */
export interface TokenRequest {
  /** The whole `Authorization` header. */
  readonly authorization?: string;
  /** The bytes of the body. */
  readonly body?: string | Uint8Array;
  /** `null` sends no `Content-Type`. */
  readonly contentType?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's address, by X-Forwarded-For. */
  readonly from?: string;
  readonly path?: string;
  readonly method?: string;
}

export interface TokenAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

/** What the token endpoint answers, whichever of the two it is. */
export type TokenReply = TokenAnswer<TokenBody & OAuthErrorBody>;

const GRANT = 'grant_type=client_credentials';
const FORM = 'application/x-www-form-urlencoded';

/** Asks for a token; the form asks for the one grant unless told otherwise. */
export async function requestToken<T = TokenBody & OAuthErrorBody>({
  authorization,
  body = GRANT,
  contentType = FORM,
  headers = {},
  from = newAddress(),
  path = '/o/token/',
  method = 'POST',
}: TokenRequest): Promise<TokenAnswer<T>> {
  const answer = await send(testVariable('KEYCAP_TEST_URL') + path, {
    method,
    headers: {
      'x-forwarded-for': from,
      ...(authorization === undefined ? {} : { authorization }),
      ...(contentType === null ? {} : { 'content-type': contentType }),
      ...headers,
    },
    body: method === 'GET' || method === 'HEAD' ? null : body,
  });
  const { text } = answer;
  return { ...answer, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

/** `Authorization: Basic` of this id and secret, as they are. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

/** The error of an answer with its status: `400 invalid_request`. */
export function errorOf({ status, body }: TokenAnswer<Partial<OAuthErrorBody>>): string {
  return `${String(status)} ${body.error ?? 'no error'}`;
}

/** Everything that a caller sees of an answer but what differs in each: its time and its id. */
export function seen({ status, headers, text }: TokenAnswer<unknown>): object {
  const changing = new Set(['date', 'x-request-id']);
  const shown = [...headers].filter(([name]) => !changing.has(name));
  return { status, headers: Object.fromEntries(shown), text };
}
