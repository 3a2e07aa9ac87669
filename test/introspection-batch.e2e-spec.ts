import { type IntrospectionBody } from '../src/oauth/introspection.dto.js';
import {
  authorizationOf,
  clientOf,
  clientsOf,
  type Format,
  tokenOf,
} from './support/token-clients.js';
import { call, newOrganization, type TestOrganization } from './support/keycap.js';
import { type IssuedSecret } from './support/oauth-clients.js';
import { introspect, revoke } from './support/oauth-endpoints.js';
import { BOTH_RESOURCES, FOR_REPORTS, HOST, REPORTS_SERVER } from './support/resource-servers.js';
import {
  errorOf,
  type OAuthErrorBody,
  requestToken,
  seen,
  type TokenAnswer,
  type TokenRequest,
} from './support/token-endpoint.js';

type BatchAnswer = TokenAnswer<{ results: IntrospectionBody[] } & Partial<OAuthErrorBody>>;

const MOST = 100;
const INACTIVE = { active: false };

let organization: TestOrganization;
let clients: Record<Format, IssuedSecret>;
/** By a client with the scope `introspection`. */
let viewer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = await clientsOf(organization, BOTH_RESOURCES);
  viewer = authorizationOf(await clientOf(organization, 'opaque', { scopes: ['introspection'] }));
});

/** Sends this body; the endpoint has it as JSON unless told otherwise. */
function send(body: unknown, more: TokenRequest = {}): Promise<BatchAnswer> {
  return requestToken<BatchAnswer['body']>({
    path: '/o/introspect-batch/',
    authorization: viewer,
    contentType: 'application/json',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });
}

const ask = (tokens: readonly string[], authorization = viewer): Promise<BatchAnswer> =>
  send({ tokens }, { authorization });

describe('many tokens at once', () => {
  /** Of every kind, good and bad. */
  async function mixture(): Promise<string[]> {
    const client = await clientOf(organization, 'jwt');
    const [dead, undone] = [await tokenOf(client), await tokenOf(clients.opaque)];
    await revoke(authorizationOf(client), dead);
    await revoke(authorizationOf(clients.opaque), undone);
    const stranger = await newOrganization();
    return [
      await tokenOf(clients.jwt),
      'garbage',
      (await organization.apiKey({ scopes: ['read'] })).plaintext,
      await tokenOf(clients.opaque),
      dead,
      await tokenOf(clients.opaque, FOR_REPORTS),
      '',
      await tokenOf(await clientOf(stranger, 'opaque')),
      await tokenOf(clients.jwt, FOR_REPORTS),
      undone,
      'a.b.c',
      (await stranger.apiKey({ scopes: ['read'] })).plaintext,
      'x'.repeat(8 * 1024),
    ];
  }

  it('IN-08 IN-04 IN-05 S43 get in order what each gets alone, whoever asks (A73, A75)', async () => {
    const tokens = await mixture();
    const callers = [
      viewer,
      HOST,
      REPORTS_SERVER,
      authorizationOf(clients.opaque),
      authorizationOf(clients.jwt),
    ];
    const counts: number[] = [];
    for (const caller of callers) {
      const { status, headers, body } = await ask(tokens, caller);
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['results']);
      expect([headers.get('cache-control'), headers.get('pragma')]).toEqual([
        'no-store',
        'no-cache',
      ]);
      const alone = tokens.map(async (token) =>
        token === '' ? INACTIVE : (await introspect(caller, token)).body,
      );
      expect(body.results).toEqual(await Promise.all(alone));
      counts.push(body.results.filter(({ active }) => active).length);
      for (const result of body.results.filter(({ active }) => !active)) {
        expect(result).toEqual(INACTIVE);
      }
    }
    expect(counts).toEqual([5, 7, 4, 2, 2]);
  });

  it('IN-12 get an answer each, however often they are named', async () => {
    const [token, jwt] = [await tokenOf(clients.opaque), await tokenOf(clients.jwt)];
    const { body } = await ask([token, jwt, token, 'x', jwt, token]);
    const [one, other, ...more] = body.results;
    expect([one?.active, other?.active]).toEqual([true, true]);
    expect(more).toEqual([one, INACTIVE, other, one]);
  });

  it('IN-08 are 100 at most', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(clients.opaque)));
    const jtis = await Promise.all(
      tokens.map(async (token) => (await introspect(viewer, token)).body.jti),
    );
    const many = Array.from({ length: MOST }, (_, index) => tokens[(index * 7) % 20]!);
    const { body } = await ask(many);
    expect(body.results.map(({ jti }) => jti)).toEqual(
      many.map((token) => jtis[tokens.indexOf(token)]),
    );
    expect(errorOf(await ask([...many, 'x']))).toBe('400 invalid_request');
  });

  it('IN-08 are 100 JWTs as well', async () => {
    const token = await tokenOf(clients.jwt);
    const { body } = await ask(Array.from({ length: MOST }, () => token));
    expect(body.results.filter(({ active }) => active)).toHaveLength(MOST);
  });

  it('IN-06 are found among guesses of the same hour', async () => {
    const tokens = await Promise.all(Array.from({ length: 5 }, () => tokenOf(clients.opaque)));
    const guesses = Array.from({ length: MOST - 5 }, (_, index) =>
      tokens[0]!.slice(0, 4).concat(String(index).padStart(43, 'x')),
    );
    const { body } = await ask([...guesses, ...tokens]);
    expect(body.results.map(({ active }) => active)).toEqual([
      ...guesses.map(() => false),
      ...tokens.map(() => true),
    ]);
  });
});

describe('what is asked in another way', () => {
  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no body', ''],
    ['no tokens', { tokens: [] }],
    ['null', { tokens: null }],
    ['a text', { tokens: 'x' }],
    ['an object', { tokens: { 0: 'x', length: 1 } }],
    ['a number', { tokens: 1 }],
    ['numbers', { tokens: ['x', 1] }],
    ['null among them', { tokens: ['x', null] }],
    ['an object among them', { tokens: [{ token: 'x' }] }],
    ['a list among them', { tokens: [['x']] }],
    ['another name', { token: ['x'], Tokens: ['x'] }],
    ['more than 8 KB', { tokens: ['x'.repeat(8 * 1024 + 1)] }],
    ['NUL', '{"tokens":["a\\u0000b"]}'],
    ['half a surrogate pair', '{"tokens":["\\ud800"]}'],
    ['a list alone', '["x"]'],
    ['broken JSON', '{"tokens":["x"'],
    ['a prototype', '{"tokens":["x"],"__proto__":{"tokens":[]}}'],
  ])('IN-07 is 400: %s (A60)', async (_, body) => {
    const answer = await send(body);
    expect(errorOf(answer)).toBe('400 invalid_request');
    expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['application/x-www-form-urlencoded', 'tokens=x&token=x'],
    ['application/x-www-form-urlencoded', 'tokens[]=x'],
    ['text/plain', '{"tokens":["x"]}'],
    [null, '{"tokens":["x"]}'],
  ])('IN-01 is 400: %s %s (trap A9)', async (contentType, body) => {
    expect(errorOf(await send(body, { contentType }))).toBe('400 invalid_request');
  });

  it('is 413 where all of it is too long', async () => {
    const tokens = Array.from({ length: 20 }, () => 'x'.repeat(8 * 1024));
    expect(errorOf(await ask(tokens))).toBe('413 invalid_request');
  });

  it('IN-07 knows no other members and no query', async () => {
    const token = await tokenOf(clients.opaque);
    const more = { tokens: [token], token: 'x', token_type_hint: 7, client_id: 'x' };
    const path = '/o/introspect-batch?tokens=x&token=x';
    const { body } = await send(more, { path });
    expect(body.results.map(({ active }) => active)).toEqual([true]);
  });

  it('IN-02 takes no credentials from JSON (trap A12)', async () => {
    const { client_id } = clients.opaque.oauth_client;
    const { client_secret } = clients.opaque;
    const token = await tokenOf(clients.opaque);
    const body = { tokens: [token], client_id, client_secret, access_token: token };
    const { status, body: refused } = await call<OAuthErrorBody>('POST', '/o/introspect-batch/', {
      body,
    });
    expect([status, refused.error]).toEqual([401, 'invalid_client']);
  });

  it('IN-05 S43 says of bad ones the same whatever they are', async () => {
    const token = await tokenOf(clients.jwt);
    const [unknown, foreign, revoked] = [
      await ask(['x', 'y'], authorizationOf(clients.opaque)),
      await ask([token, token], authorizationOf(clients.opaque)),
      await (async () => {
        await revoke(authorizationOf(clients.jwt), token);
        return ask([token, 'x'.repeat(47)]);
      })(),
    ];
    expect(unknown.text).toBe('{"results":[{"active":false},{"active":false}]}');
    expect(seen(foreign)).toEqual(seen(unknown));
    expect(seen(revoked)).toEqual(seen(unknown));
  });
});
