import { METHODS } from 'node:http';
import fc from 'fast-check';
import { batchBodies, formBodies, questionParameters, tokenParameters } from './bodies.js';
import { type Cast } from './cast.js';
import { credentialsOf, type Pair, type Shown } from './credentials.js';
import { bytesOf, CANARY, headerValue, hostileText, longText } from './texts.js';

/** An endpoint as a stranger knows it from the API description. */
export interface Endpoint {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly paths: readonly string[];
  /** Whose credentials it takes; one without any is public. */
  readonly opensTo: readonly Shown['opens'][];
}

const CLIENTS = ['everything'] as const;
const VIEWERS = ['everything', 'introspection'] as const;

const TOKEN: Endpoint = {
  operation: 'issueToken',
  method: 'POST',
  paths: ['/o/token/', '/o/token', '/v1/oauth/token/', '/v1/oauth/token'],
  opensTo: CLIENTS,
};
const INTROSPECTION: Endpoint = {
  operation: 'introspectToken',
  method: 'POST',
  paths: ['/o/introspect/', '/o/introspect'],
  opensTo: VIEWERS,
};
const BATCH: Endpoint = {
  operation: 'introspectTokens',
  method: 'POST',
  paths: ['/o/introspect-batch/', '/o/introspect-batch'],
  opensTo: VIEWERS,
};
const REVOCATION: Endpoint = {
  operation: 'revokeToken',
  method: 'POST',
  paths: ['/o/revoke_token/', '/o/revoke_token'],
  opensTo: CLIENTS,
};
const PUBLISHED: readonly Endpoint[] = [
  ['getServerMetadata', '/.well-known/oauth-authorization-server'],
  ['getServerMetadata', '/o/.well-known/oauth-authorization-server'],
  ['getResourceMetadata', '/.well-known/oauth-protected-resource'],
  ['getJwks', '/o/.well-known/jwks.json'],
].map(([operation = '', path = '']) => ({ operation, method: 'GET', paths: [path], opensTo: [] }));

/** A request as it goes over the wire: every text is bytes of one character each. */
export interface FuzzRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly target: string;
  /** Whether the target is one of the endpoint's paths, with a query string at most. */
  readonly isAtEndpoint: boolean;
  readonly headers: readonly Pair[];
  readonly body: string;
  /** Whether its credential may be good there. */
  readonly mayPass: boolean;
}

type Requests = fc.Arbitrary<FuzzRequest>;

/** Requests of every shape, by what they are sent to. */
export interface FuzzRequests {
  readonly token: Requests;
  readonly introspection: Requests;
  readonly batch: Requests;
  readonly revocation: Requests;
  /** What is published for everyone. */
  readonly documents: Requests;
}

export function requestsOf(cast: Cast): FuzzRequests {
  const credentials = credentialsOf(cast);
  const inHeaders = credentials.filter(({ form }) => form.length === 0);
  const question = questionParameters(cast.tokens);
  const withForm = (endpoint: Endpoint, parameters: fc.Arbitrary<readonly Pair[]>): Requests =>
    fc.tuple(credentials, parameters).chain(([shown, pairs]) =>
      requestsTo(endpoint, shown, {
        bodies: formBodies([...pairs, ...shown.form]),
        type: 'application/x-www-form-urlencoded',
      }),
    );
  const json = { bodies: batchBodies(cast.tokens), type: 'application/json' };
  const none = { bodies: fc.constantFrom('', 'x'), type: 'text/plain' };
  return {
    token: withForm(TOKEN, tokenParameters),
    introspection: withForm(INTROSPECTION, question),
    batch: inHeaders.chain((shown) => requestsTo(BATCH, shown, json)),
    revocation: withForm(REVOCATION, question),
    documents: fc
      .tuple(fc.constantFrom(...PUBLISHED), inHeaders)
      .chain(([endpoint, shown]) => requestsTo(endpoint, shown, none)),
  };
}

interface Content {
  readonly bodies: fc.Arbitrary<string>;
  /** The media type that the endpoint reads. */
  readonly type: string;
}

function requestsTo(endpoint: Endpoint, shown: Shown, { bodies, type }: Content): Requests {
  return fc
    .record({
      method: methodsLike(endpoint.method),
      path: pathsLike(endpoint.paths),
      query: queries,
      type: contentTypes(type),
      more: fc.oneof(fc.constant<Pair[]>([]), fc.array(strayHeader, { maxLength: 3 })),
      body: bodies,
    })
    .map(({ method, path, query, type: contentType, more, body }) => ({
      endpoint,
      method,
      target: path + query,
      isAtEndpoint: endpoint.paths.includes(path),
      headers: [...shown.headers, ...contentType, ...more],
      body,
      mayPass: endpoint.opensTo.includes(shown.opens) && !query.includes('client_'),
    }));
}

function methodsLike(method: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant(method) },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'GET', 'POST', 'PUSH', 'post', 'POSTT') },
  );
}

/** Mostly one of them, else one that is not quite. */
function pathsLike(paths: readonly string[]): fc.Arbitrary<string> {
  const path = fc.constantFrom(...paths);
  const suffix = fc.constantFrom(
    '/',
    '//',
    '/x',
    `/${CANARY}`,
    '%zz',
    '%00',
    ';a=b',
    '/..',
    '/%2e',
  );
  const near = fc.oneof(
    fc.tuple(path, suffix).map((parts) => parts.join('')),
    path.map((each) => each.replace(/[a-z](?=\/?$)/, (last) => last.toUpperCase())),
    path.map((each) =>
      each.replace(/[a-z](?=\/?$)/, (last) => `%${last.charCodeAt(0).toString(16)}`),
    ),
  );
  return fc.oneof({ weight: 30, arbitrary: path }, { weight: 1, arbitrary: near });
}

const queryName = fc.oneof(
  hostileText,
  fc.constantFrom('client_id', 'client_secret', 'client_assertion', 'access_token', 'token'),
  fc.constantFrom('grant_type', 'scope', '__proto__', 'a[b]'),
);
const queries: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(queryName, hostileText), { minLength: 1, maxLength: 3 })
      .map((pairs) => `?${new URLSearchParams(pairs).toString()}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('?', '?&&', '?%', '?%zz=1', '?a=%00', '?a=\xff', '?a#b'),
  },
  { weight: 1, arbitrary: longText.map((text) => `?a=${text.slice(0, 4_000)}`) },
);

/** Mostly the one that is read; also none, others, and others' spellings. */
function contentTypes(type: string): fc.Arbitrary<readonly Pair[]> {
  const named = (value: string): Pair[] => [['Content-Type', value]];
  const other = fc.oneof(
    fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', '*/*'),
    fc.constantFrom('', ';', '/', `${type};;;`, `${type}; charset`, `${type}, ${type}`),
    headerValue,
    longText,
  );
  const charset = fc.constantFrom('utf-8', 'UTF8', '"utf-8"', 'utf-16', 'latin1', '""', CANARY);
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant(named(type)) },
    { weight: 2, arbitrary: charset.map((each) => named(`${type}; charset=${each}`)) },
    { weight: 1, arbitrary: fc.constantFrom([], named(type.toUpperCase())) },
    { weight: 1, arbitrary: other.map(named) },
    { weight: 1, arbitrary: other.map((each) => [...named(type), ...named(each)]) },
  );
}

const strayHeader: fc.Arbitrary<Pair> = fc.oneof(
  fc.tuple(fc.constant('Accept'), fc.constantFrom('text/html', 'application/xml', '*/*;q=0', '')),
  fc.tuple(fc.constant('Accept-Encoding'), fc.constantFrom('gzip, br', 'identity;q=0', CANARY)),
  fc.tuple(fc.constant('Content-Encoding'), fc.constantFrom('gzip', 'identity', 'br', CANARY)),
  fc.tuple(fc.constant('X-Request-Id'), fc.oneof(fc.constant('abc-123'), headerValue, longText)),
  fc.tuple(fc.constant('Idempotency-Key'), fc.oneof(fc.constant('abc-123'), headerValue)),
  fc.tuple(fc.constant('X-HTTP-Method-Override'), fc.constantFrom('GET', 'DELETE')),
  fc.tuple(fc.constant('Expect'), fc.constantFrom('100-continue', CANARY)),
  fc.tuple(fc.constant('If-None-Match'), fc.constant('*')),
  fc.tuple(fc.constant('Range'), fc.constant('bytes=0-1')),
  fc.tuple(
    fc.constantFrom('Origin', 'Cookie', 'User-Agent', 'Referer', 'X-Forwarded-Host', 'DPoP'),
    headerValue,
  ),
  fc.tuple(fc.constantFrom('Host', 'X-Large'), longText.map(bytesOf)),
);
