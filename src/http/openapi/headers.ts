import { type Components } from './openapi-types.js';

type Headers = NonNullable<Components['headers']>;

export const EXAMPLE_REQUEST_ID = '01a1b2c3-d4e5-7f60-8a9b-0c1d2e3f4a5b';

const NAMES: Readonly<Record<string, string>> = {
  'idempotency-replayed': 'Idempotency-Replayed',
  ratelimit: 'RateLimit',
  'ratelimit-policy': 'RateLimit-Policy',
  'retry-after': 'Retry-After',
  'www-authenticate': 'WWW-Authenticate',
  'x-request-id': 'X-Request-Id',
};

/** `components.headers`: the response headers that mean something to a client. */
export const RESPONSE_HEADERS: Headers = {
  'Idempotency-Replayed': {
    description: 'There where the answer is the one that the `Idempotency-Key` got before.',
    schema: { type: 'string', enum: ['true'] },
  },
  RateLimit: {
    description: 'Of an API key with a limit: what is left of it, and for how many seconds.',
    schema: { type: 'string', pattern: String.raw`^"key";r=\d+;t=\d+$` },
    example: '"key";r=99;t=60',
  },
  'RateLimit-Policy': {
    description: 'Of an API key with a limit: how many uses it has in a window of so many seconds.',
    schema: { type: 'string', pattern: String.raw`^"key";q=\d+;w=\d+$` },
    example: '"key";q=100;w=60',
  },
  'Retry-After': {
    description: 'Seconds to wait.',
    schema: { type: 'string', pattern: String.raw`^\d+$` },
    example: '60',
  },
  'WWW-Authenticate': {
    description: 'The challenge (RFC 9110 §11.6.1, RFC 6750 §3).',
    schema: { type: 'string' },
    example: 'Bearer realm="keycap", error="invalid_token"',
  },
  'X-Request-Id': {
    description: "The request's id in the log; the client's own, if it sent a harmless one.",
    schema: { type: 'string', pattern: String.raw`^[\w-]{1,64}$` },
    example: EXAMPLE_REQUEST_ID,
  },
};

/** References to those of the headers that are described. */
export function headersNamed(names: readonly string[]): Headers {
  const headers: Headers = {};
  for (const each of names) {
    const name = NAMES[each.toLowerCase()];
    if (name !== undefined) headers[name] = { $ref: `#/components/headers/${name}` };
  }
  return headers;
}
