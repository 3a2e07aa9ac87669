import { decodeId } from '../src/access/ids.js';
import { bearerChallenge } from './support/challenges.js';
import {
  authorizationOf,
  clientOf,
  clientsOf,
  type Format,
  tokenOf,
} from './support/token-clients.js';
import {
  ask,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { INACTIVE, introspect, revoke } from './support/oauth-endpoints.js';
import { BOTH_RESOURCES, FOR_REPORTS } from './support/resource-servers.js';
import { testVariable } from './support/servers.js';
import { basic, errorOf, requestToken, seen, type TokenRequest } from './support/token-endpoint.js';

const BASIC = 'Basic realm="keycap", charset="UTF-8"';
const INVALID_TOKEN = bearerChallenge(true);
const INSUFFICIENT = 'Bearer realm="keycap", error="insufficient_scope", scope="introspection"';
/** By KEYCAP_LIMIT_CLIENT_SECRET_FAILURES_PER_CLIENT_PER_MINUTE. */
const FAILURES_A_MINUTE = 30;
/** By KEYCAP_LIMIT_UNKNOWN_CREDENTIALS_PER_ADDRESS_PER_MINUTE. */
const UNKNOWN_A_MINUTE = 100;

let organization: TestOrganization;
let management: ClientManagement;
let clients: Record<Format, IssuedSecret>;
/** By a client with the scope `introspection`. */
let viewer: string;

beforeAll(async () => {
  organization = await newOrganization();
  management = new ClientManagement(organization);
  clients = await clientsOf(organization, BOTH_RESOURCES);
  viewer = authorizationOf(await clientOf(organization, 'opaque', { scopes: ['introspection'] }));
});

const bearer = (token: string): string => `Bearer ${token}`;

describe('who may not ask', () => {
  const PATHS = ['/o/introspect/', '/o/introspect', '/o/introspect-batch/', '/o/introspect-batch'];

  /** The refusal of whoever shows this, the same at each endpoint: status, error and challenge. */
  async function refusalOf({ authorization, headers }: TokenRequest): Promise<string> {
    const all = PATHS.map(async (path) => {
      const isBatch = path.includes('batch');
      const answer = await requestToken<{ error: string }>({
        ...(authorization !== undefined && { authorization }),
        ...(headers !== undefined && { headers }),
        path,
        body: isBatch ? '{"tokens":["x"]}' : 'token=x',
        contentType: isBatch ? 'application/json' : 'application/x-www-form-urlencoded',
      });
      expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
      expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual([
        'no-store',
        'no-cache',
      ]);
      return `${errorOf(answer)} ${answer.headers.get('www-authenticate') ?? '-'}`;
    });
    const refusals = new Set(await Promise.all(all));
    return [...refusals].join(' | ');
  }

  const refusalsOf = async (callers: Record<string, TokenRequest>): Promise<object> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(callers).map(async ([name, shown]) => [name, await refusalOf(shown)]),
      ),
    ) as object;

  it('S35 IN-02 IN-03 A40: whoever shows no client or a bad one (traps A3, A4, A5, A7)', async () => {
    const { id, secret } = await organization.client();
    const [disabled, deleted] = [await management.create(), await management.create()];
    const as = organization.owner.session;
    await ask('PATCH', management.pathOf(disabled), { as, body: { is_active: false } });
    await ask('DELETE', management.pathOf(deleted), { as });
    const refusals = await refusalsOf({
      nobody: {},
      'a wrong secret': { authorization: basic(id, 'x'.repeat(128)) },
      'a secret with more behind it': { authorization: basic(id, `${secret}:x`) },
      'an unknown client': { authorization: basic('x'.repeat(40), secret) },
      'a disabled client': { authorization: authorizationOf(disabled) },
      'a deleted client': { authorization: authorizationOf(deleted) },
      'malformed Basic': { authorization: 'Basic ====' },
      'nothing but Basic': { authorization: 'Basic' },
      'another scheme': { authorization: 'Digest username="x"' },
      'a scheme with Basic in it': { authorization: 'XBasicY' },
      'an unknown key in X-API-Key': { headers: { 'x-api-key': 'capy_live_x' } },
    });
    for (const [name, refusal] of Object.entries(refusals)) {
      expect([name, refusal]).toEqual([name, `401 invalid_client ${BASIC}`]);
    }
  });

  it('IN-03 whoever shows a bad bearer (traps A3, A12, A13)', async () => {
    const issue = async (more = ''): Promise<string> => tokenOf(clients.jwt, more);
    const scopes = ['introspection'];
    const [ended, gone] = [
      await management.create({ scopes }),
      await management.create({ scopes }),
    ];
    const [revoked, orphaned] = [await tokenOf(ended), await tokenOf(gone)];
    const key = await organization.apiKey({ scopes });
    const as = organization.owner.session;
    await revoke(authorizationOf(ended), revoked);
    await ask('DELETE', management.pathOf(gone), { as });
    await ask('DELETE', `${organization.path}/api-keys/${key.id}`, { as });
    const refusals = await refusalsOf({
      nothing: { authorization: 'Bearer' },
      garbage: { authorization: 'Bearer x' },
      'two tokens': { authorization: `Bearer ${await issue()} ${await issue()}` },
      'an unknown token': { authorization: bearer('x'.repeat(47)) },
      'a token for a resource': { authorization: bearer(await issue(FOR_REPORTS)) },
      'a revoked token': { authorization: bearer(revoked) },
      'a token of a deleted client': { authorization: bearer(orphaned) },
      'a revoked key': { authorization: bearer(key.plaintext) },
      'an unknown session': { authorization: bearer(`kcs_${'x'.repeat(43)}`) },
      'an unknown resource server': { authorization: bearer(`kcr_${'x'.repeat(43)}`) },
      'an unknown operator': { authorization: bearer(`kco_${'x'.repeat(43)}`) },
      'a client secret': { authorization: bearer(clients.opaque.client_secret) },
      'a client by Bearer': { authorization: bearer(clients.opaque.basic_credential) },
    });
    for (const [name, refusal] of Object.entries(refusals)) {
      expect([name, refusal]).toEqual([name, `401 invalid_token ${INVALID_TOKEN}`]);
    }
  });

  it('IN-02 IN-09 whoever lacks the scope, or is no machine (S43)', async () => {
    const key = await organization.apiKey({ scopes: ['read', 'write', 'api_keys:read'] });
    const narrowed = await management.create({ scopes: ['read', 'introspection'] });
    const kept = await tokenOf(narrowed);
    const as = organization.owner.session;
    await ask('PATCH', management.pathOf(narrowed), { as, body: { scopes: ['read'] } });
    const asked = await management.create({ scopes: ['read', 'introspection'] });
    const project_id = await organization.project();
    const confined = await organization.apiKey({ project_id, scopes: ['projects:read'] });
    await inDatabase(`UPDATE api_keys SET scopes = '{introspection,*}' WHERE id = $1`, [
      decodeId('apiKey', confined.id),
    ]);
    const lacks = `403 insufficient_scope ${INSUFFICIENT}`;
    expect(
      await refusalsOf({
        'a token': { authorization: bearer(await tokenOf(clients.opaque)) },
        'a JWT': { authorization: bearer(await tokenOf(clients.jwt)) },
        'a token of less than its client has': {
          authorization: bearer(await tokenOf(asked, 'scope=read')),
        },
        'a token whose client had the scope': { authorization: bearer(kept) },
        'a key': { authorization: bearer(key.plaintext) },
        'a key of a project, whatever is stored': { authorization: bearer(confined.plaintext) },
        'a key in X-API-Key': { headers: { 'x-api-key': key.plaintext } },
        'a person': { authorization: bearer(as) },
        'an operator': { authorization: bearer(testVariable('KEYCAP_TEST_OPERATOR_TOKEN')) },
      }),
    ).toEqual({
      'a token': lacks,
      'a JWT': lacks,
      'a token of less than its client has': lacks,
      'a token whose client had the scope': lacks,
      'a key': lacks,
      'a key of a project, whatever is stored': lacks,
      'a key in X-API-Key': '403 insufficient_scope -',
      'a person': '403 access_denied -',
      'an operator': '403 access_denied -',
    });
  });

  it('IN-03 whoever shows two credentials (S36)', async () => {
    const { basic_credential, client_secret, oauth_client } = clients.opaque;
    const key = await organization.apiKey({ scopes: ['introspection'] });
    const authorization = `Basic ${basic_credential}`;
    const twice = await refusalOf({ authorization, headers: { 'x-api-key': key.plaintext } });
    expect(twice).toBe('400 invalid_request -');
    const body = `token=x&client_id=${oauth_client.client_id}&client_secret=${client_secret}`;
    const both = await introspect(authorization, 'x', { body });
    expect(errorOf(both)).toBe('400 invalid_request');
    expect((await introspect(undefined, 'x', { body })).text).toBe(INACTIVE);
  });

  it.each([
    ['the token endpoint', '/o/token/', 'grant_type=client_credentials'],
    ['introspection', '/o/introspect/', 'token=x'],
    ['introspection of many', '/o/introspect-batch/', null],
    ['revocation', '/o/revoke_token/', 'token=x'],
  ])('S35 A40 nobody learns from %s which clients there are', async (_, path, form) => {
    const { id, secret } = await organization.client();
    const contentType = form === null ? 'application/json' : 'application/x-www-form-urlencoded';
    const answers = await Promise.all(
      [basic(id, 'wrong'), basic('x'.repeat(40), secret), basic(id, `${secret}x`)].map(
        (authorization) =>
          requestToken({ authorization, path, contentType, body: form ?? '{"tokens":["x"]}' }),
      ),
    );
    const [one, ...others] = answers.map(seen);
    for (const other of others) expect(other).toEqual(one);
    expect(errorOf(answers[0]!)).toBe('401 invalid_client');
    expect(answers[0]!.headers.get('www-authenticate')).toBe(BASIC);
  });
});

describe('IN-11 scanning', () => {
  it('by guessed clients ends, and a good one still asks (A79)', async () => {
    const from = newAddress();
    const { id, secret } = await organization.client();
    const guess = (n: number): ReturnType<typeof introspect> => {
      const body = `token=x&colour=${String(n)}`;
      return introspect(basic(id, 'wrong'), 'x', { from, body });
    };
    const codes: string[] = [];
    for (let n = 0; n < FAILURES_A_MINUTE; n++) codes.push(errorOf(await guess(n)));
    expect(new Set(codes)).toEqual(new Set(['401 invalid_client']));
    const refused = await guess(-1);
    expect(errorOf(refused)).toBe('429 temporarily_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await introspect(basic(id, secret), 'x', { from })).text).toBe(INACTIVE);
  });

  it('by guessed bearers ends', async () => {
    const from = newAddress();
    const guess = (index: number): ReturnType<typeof introspect> =>
      introspect(bearer(String(index).padStart(47, 'x')), 'x', { from });
    const guesses = Array.from({ length: UNKNOWN_A_MINUTE }, (_, index) => guess(index));
    const codes = (await Promise.all(guesses)).map(errorOf);
    expect(new Set(codes)).toEqual(new Set(['401 invalid_token']));
    const refused = await guess(UNKNOWN_A_MINUTE);
    expect(errorOf(refused)).toBe('429 temporarily_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is not what an authenticated caller does who asks about many', async () => {
    const from = newAddress();
    const asked = Array.from({ length: UNKNOWN_A_MINUTE + 50 }, (_, index) =>
      introspect(viewer, String(index).padStart(47, 'x'), { from }),
    );
    expect(new Set((await Promise.all(asked)).map(({ text }) => text))).toEqual(
      new Set([INACTIVE]),
    );
  });
});
