import { bearerChallenge } from './support/challenges.js';
import { areGood } from './support/good-tokens.js';
import {
  authorizationOf,
  clientOf,
  clientsOf,
  type Format,
  FORMATS,
  idOf,
  shortenTokensOf,
  tokenOf,
} from './support/token-clients.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { type AuditEvent, ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  INACTIVE,
  introspect,
  newSigningPair,
  revoke,
} from './support/oauth-endpoints.js';
import { BOTH_RESOURCES, FOR_REPORTS, HOST, REPORTS_SERVER } from './support/resource-servers.js';
import { testVariable } from './support/servers.js';
import { basic, errorOf, requestToken, seen, type TokenRequest } from './support/token-endpoint.js';
import { until } from './support/until.js';

const BASIC = 'Basic realm="keycap", charset="UTF-8"';
const REVOKED = { status: 200, text: '' };

let organization: TestOrganization;
let stranger: TestOrganization;
let management: ClientManagement;
let clients: Record<Format, IssuedSecret>;
/** By a client with the scope `introspection`. */
let viewer: string;

beforeAll(async () => {
  [organization, stranger] = await Promise.all([newOrganization(), newOrganization()]);
  management = new ClientManagement(organization);
  clients = await clientsOf(organization, BOTH_RESOURCES);
  viewer = authorizationOf(await clientOf(organization, 'opaque', { scopes: ['introspection'] }));
});

/** What a client sees that revokes a good token of its own. */
async function seenOfSuccess(client: IssuedSecret): Promise<object> {
  const answer = await revoke(authorizationOf(client), await tokenOf(client));
  expect(answer).toMatchObject(REVOKED);
  return seen(answer);
}

describe('revoking a token of its own', () => {
  it.each(FORMATS)(
    'RV-03 RV-10 A74 ends it everywhere with the answer, and no other: %s',
    async (format) => {
      const client = clients[format];
      const [token, other] = [await tokenOf(client), await tokenOf(client)];
      const sibling = await tokenOf(await clientOf(organization, format));
      expect(await areGood([token, other, sibling])).toEqual([true, true, true]);
      const answer = await revoke(authorizationOf(client), token);
      expect([answer.status, answer.text]).toEqual([200, '']);
      const { headers } = answer;
      expect([headers.get('cache-control'), headers.get('pragma')]).toEqual([
        'no-store',
        'no-cache',
      ]);
      expect([headers.get('etag'), headers.get('content-type')]).toEqual([null, null]);
      expect(await areGood([token, other, sibling])).toEqual([false, true, true]);
      for (const caller of [viewer, HOST, authorizationOf(client)]) {
        expect((await introspect(caller, token)).text).toBe(INACTIVE);
      }
      const members = `/api/v3/public/organizations/${organization.id}/members/`;
      for (const path of [organization.path, members]) {
        const refused = await call('GET', path, { as: token });
        expect([path, refused.status, refused.headers.get('www-authenticate')]).toEqual([
          path,
          401,
          bearerChallenge(true),
        ]);
      }
      const asCaller = await introspect(`Bearer ${token}`, other);
      expect(errorOf(asCaller)).toBe('401 invalid_token');
    },
  );

  it.each(FORMATS)('RV-03 ends one that is for a resource: %s', async (format) => {
    const client = clients[format];
    const [token, other] = [await tokenOf(client, FOR_REPORTS), await tokenOf(client, FOR_REPORTS)];
    await revoke(authorizationOf(client), token);
    for (const caller of [viewer, HOST, REPORTS_SERVER]) {
      expect((await introspect(caller, token)).text).toBe(INACTIVE);
      expect((await introspect(caller, other)).body.active).toBe(true);
    }
  });

  it.each(FORMATS)('RV-04 S44 may be done again, with the same answer: %s', async (format) => {
    const client = clients[format];
    const token = await tokenOf(client);
    const answers = [1, 2, 3].map(() => revoke(authorizationOf(client), token));
    const [one, ...others] = (await Promise.all(answers)).map(seen);
    for (const other of [...others, seen(await revoke(authorizationOf(client), token))]) {
      expect(other).toEqual(one);
    }
    expect(one).toMatchObject(REVOKED);
    expect(await areGood([token])).toEqual([false]);
  });

  it('RV-10 ends a token that is given again: the next request gets another', async () => {
    const client = await clientOf(organization, 'opaque', { reuse_tokens: true });
    const token = await tokenOf(client);
    expect(await tokenOf(client)).toBe(token);
    await revoke(authorizationOf(client), token);
    const next = await tokenOf(client);
    expect(next).not.toBe(token);
    expect(await areGood([token, next])).toEqual([false, true]);
    expect(await tokenOf(client)).toBe(next);
  });

  it.each(FORMATS)('RV-01 by whichever of its secrets: %s', async (format) => {
    const client = await clientOf(organization, format);
    const token = await tokenOf(client);
    const { body: second } = await management.addSecret(client);
    const as = organization.owner.session;
    await ask('DELETE', `${management.pathOf(client)}/secrets/${client.secret.id}`, { as });
    expect(errorOf(await revoke(authorizationOf(client), token))).toBe('401 invalid_client');
    expect(await areGood([token])).toEqual([true]);
    expect(await revoke(authorizationOf(second), token)).toMatchObject(REVOKED);
    expect(await areGood([token])).toEqual([false]);
  });

  it.each(FORMATS)(
    'RV-03 A75: 50 revocations and 50 introspections at once agree: %s',
    async (format) => {
      const client = clients[format];
      const [token, other] = [await tokenOf(client), await tokenOf(client)];
      const rowsBefore = await rowsOf(client);
      let isRevoked = false;
      const revocations = Array.from({ length: 50 }, async () => {
        const { status } = await revoke(authorizationOf(client), token);
        isRevoked = true;
        return status;
      });
      const introspections = Array.from({ length: 50 }, async (_, index) => {
        // Some ask while it is being revoked, the others once somebody was told that it is.
        if (index % 2 === 0) await until('a revocation', () => isRevoked);
        const wasRevoked = isRevoked;
        const { body } = await introspect(viewer, token);
        return wasRevoked && body.active ? 'active after its end' : 'fine';
      });
      expect(new Set(await Promise.all(revocations))).toEqual(new Set([200]));
      expect(new Set(await Promise.all(introspections))).toEqual(new Set(['fine']));
      expect(await areGood([token, other])).toEqual([false, true]);
      // One row says that a JWT is revoked; of an opaque token there was one.
      expect((await rowsOf(client)) - rowsBefore).toBe(format === 'jwt' ? 1 : 0);
    },
  );
});

async function rowsOf(client: IssuedSecret): Promise<number> {
  const [row] = await inDatabase<{ count: number }>(
    'SELECT count(*)::int AS count FROM access_tokens WHERE client_id = $1',
    [idOf(client)],
  );
  return row?.count ?? 0;
}

describe('what is no token of its own', () => {
  it('RV-04 RV-07 S44 is answered as if it were, whatever it is', async () => {
    const client = clients.opaque;
    const brief = await clientOf(organization, 'jwt');
    await shortenTokensOf(brief, 1);
    const ended = await tokenOf(brief);
    await until('the end of a token', async () => !(await introspect(HOST, ended)).body.active);
    const expired = await tokenOf(client);
    const key = await organization.apiKey();
    const { session } = organization.owner;
    await inDatabase('UPDATE access_tokens SET expires_at = now() WHERE client_id = $1', [
      idOf(client),
    ]);
    const success = await seenOfSuccess(client);
    const texts: Record<string, string> = {
      garbage: 'x',
      'one that was never issued': expired.slice(0, 4) + 'x'.repeat(43),
      'a token of the past': `0000${expired.slice(4)}`,
      'an expired token': expired,
      'a JWT of a.b.c': 'a.b.c',
      'an API key': key.plaintext,
      'a session': session,
      'its secret': client.client_secret,
      'its id': idOf(client),
      'a resource server': testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
      '8 KB of rubbish': 'x'.repeat(8 * 1024),
    };
    for (const [name, text] of Object.entries(texts)) {
      const answer = await revoke(authorizationOf(client), text);
      expect([name, seen(answer)]).toEqual([name, success]);
    }
    expect(seen(await revoke(authorizationOf(brief), ended))).toEqual(success);
    for (const as of [key.plaintext, session]) {
      expect((await call('GET', organization.path, { as })).status).toBe(200);
    }
    expect((await introspect(HOST, key.plaintext)).body.active).toBe(true);
    expect((await introspect(authorizationOf(client), 'x')).status).toBe(200);
    // It was no attempt at anything: the audit log has nothing of it.
    expect(await reasonsUntilNow(client)).toEqual([]);
  });

  it.each(FORMATS)('RV-05 S44 stays as it is, and nothing tells: %s', async (format) => {
    const client = await clientOf(organization, 'opaque');
    const owner = await clientOf(organization, format, BOTH_RESOURCES);
    const foreigner = await clientOf(stranger, format);
    const success = await seenOfSuccess(client);
    const [token, foreign] = [await tokenOf(owner), await tokenOf(foreigner)];
    const forReports = await tokenOf(owner, FOR_REPORTS);
    const rows = async (): Promise<object[]> =>
      inDatabase(
        'SELECT xmin, digest, revoked_at FROM access_tokens WHERE client_id IN ($1, $2) ORDER BY 2',
        [idOf(owner), idOf(foreigner)],
      );
    const before = await rows();
    for (const each of [token, foreign, forReports]) {
      expect(seen(await revoke(authorizationOf(client), each))).toEqual(success);
    }
    expect(await areGood([token, foreign])).toEqual([true, true]);
    expect((await introspect(REPORTS_SERVER, forReports)).body.active).toBe(true);
    expect(await rows()).toEqual(before);
  });

  it.each(FORMATS)(
    "RV-05 is in the audit log of the client's organization, once, if it is its own: %s",
    async (format) => {
      const client = await clientOf(organization, 'opaque');
      const owner = await clientOf(organization, format);
      const tokens = [await tokenOf(owner), await tokenOf(owner)];
      const attempts = Array.from({ length: 10 }, () => tokens).flat();
      for (const token of attempts) await revoke(authorizationOf(client), token);
      const reason = attemptOn(owner);
      expect(await refusalsOf(client)).toMatchObject([
        {
          action: 'oauth_client.refused',
          actor_id: idOf(client),
          target_id: idOf(client),
          project_id: null,
          metadata: { reason, count: 1 },
        },
      ]);
      expect(await areGood(tokens)).toEqual([true, true]);
    },
  );

  it.each(FORMATS)(
    "RV-05 S43 is in nobody's audit log where it is of another organization: %s",
    async (format) => {
      const client = await clientOf(organization, 'opaque');
      const foreign = await tokenOf(await clientOf(stranger, format));
      await revoke(authorizationOf(client), foreign);
      expect(await reasonsUntilNow(client)).toEqual([]);
      expect(await areGood([foreign])).toEqual([true]);
    },
  );
});

/** The refusals of this client that the audit log shows, once there is one. */
async function refusalsOf(client: IssuedSecret): Promise<AuditEvent[]> {
  let refusals: AuditEvent[] = [];
  await until('a refusal in the audit log', async () => {
    const events = await management.eventsOf(client);
    refusals = events.filter(({ action }) => action === 'oauth_client.refused');
    return refusals.length > 0;
  });
  return refusals;
}

/**
 * The reasons of what the audit log shows of what the client was refused until now. It is written
 * after the answer, so one more is brought about, which is written after all others.
 */
async function reasonsUntilNow(client: IssuedSecret): Promise<unknown[]> {
  const last = await clientOf(organization, 'opaque');
  await revoke(authorizationOf(client), await tokenOf(last));
  const reasons = (await refusalsOf(client)).map(({ metadata }) => metadata.reason);
  return reasons.filter((reason) => reason !== attemptOn(last));
}

const attemptOn = (client: IssuedSecret): string =>
  `revocation of a token of the client ${idOf(client)}`;

describe('how it is asked', () => {
  const asked = (body: string, more: TokenRequest = {}): ReturnType<typeof revoke> =>
    revoke(authorizationOf(clients.opaque), '', { body, ...more });

  it('RV-01 RV-11 by a client, in each way that is advertised', async () => {
    const { body: metadata } = await call<Record<string, unknown>>(
      'GET',
      '/.well-known/oauth-authorization-server',
    );
    expect(metadata.revocation_endpoint).toBe(`${testVariable('KEYCAP_TEST_URL')}/o/revoke_token/`);
    expect(metadata.revocation_endpoint_auth_methods_supported).toEqual(
      metadata.token_endpoint_auth_methods_supported,
    );
    const pair = await newSigningPair();
    const signing = await ask<{ oauth_client: { client_id: string } }>('POST', management.path, {
      as: organization.owner.session,
      body: {
        name: 'Signs',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [pair.publicJwk] },
      },
      expect: 201,
    });
    const signingId = signing.oauth_client.client_id;
    const assert = async (more: string): Promise<string> =>
      assertionForm(await clientAssertion(signingId, pair), more);
    const issued = await requestToken({ body: await assert('grant_type=client_credentials') });
    const { opaque } = clients;
    const byForm = `client_id=${idOf(opaque)}&client_secret=${opaque.client_secret}`;
    const [byHeader, inForm] = [await tokenOf(opaque), await tokenOf(opaque)];
    const methods: Record<string, { token: string; request: TokenRequest }> = {
      client_secret_basic: {
        token: byHeader,
        request: { authorization: authorizationOf(opaque), body: `token=${byHeader}` },
      },
      client_secret_post: { token: inForm, request: { body: `token=${inForm}&${byForm}` } },
      private_key_jwt: {
        token: issued.body.access_token,
        request: { body: await assert(`token=${issued.body.access_token}`) },
      },
    };
    expect(metadata.revocation_endpoint_auth_methods_supported).toEqual(Object.keys(methods));
    for (const [method, { token, request }] of Object.entries(methods)) {
      expect([method, await areGood([token])]).toEqual([method, [true]]);
      const answer = await requestToken({ path: '/o/revoke_token/', ...request });
      expect([method, answer]).toEqual([method, expect.objectContaining(REVOKED)]);
      expect([method, await areGood([token])]).toEqual([method, [false]]);
    }
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'RV-01 by POST, never by %s (trap A11)',
    async (method) => {
      const token = await tokenOf(clients.opaque);
      const path = `/o/revoke_token/?token=${token}`;
      const { status, headers } = await asked('', { method, path });
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
      expect(await areGood([token])).toEqual([true]);
    },
  );

  it('RV-01 at both slash forms', async () => {
    for (const path of ['/o/revoke_token', '/o/revoke_token/']) {
      const token = await tokenOf(clients.jwt);
      await revoke(authorizationOf(clients.jwt), token, { path });
      expect([path, await areGood([token])]).toEqual([path, [false]]);
    }
  });

  it.each([
    ['application/json', (token: string) => JSON.stringify({ token })],
    ['text/plain', (token: string) => `token=${token}`],
    ['application/x-www-form-urlencoded; charset=utf-16', (token: string) => `token=${token}`],
    [null, (token: string) => `token=${token}`],
  ])('RV-01 as a form alone, not as %s (traps A9, A10)', async (contentType, body) => {
    const token = await tokenOf(clients.opaque);
    expect(errorOf(await asked(body(token), { contentType }))).toBe('400 invalid_request');
    expect(await areGood([token])).toEqual([true]);
  });

  it.each([
    ['nothing', () => ''],
    ['an empty token', () => 'token='],
    ['another name', (token: string) => `Token=${token}&access_token=${token}`],
    ['brackets', (token: string) => `token[]=${token}`],
    ['a token twice', (token: string) => `token=${token}&token=x`],
    ['the same token twice', (token: string) => `token=${token}&token=${token}`],
    ['a hint twice', (token: string) => `token=${token}&token_type_hint=a&token_type_hint=b`],
    ['NUL', (token: string) => `token=${token}%00`],
    ['NUL elsewhere', (token: string) => `token=${token}&a=%00`],
    ['half an escape', (token: string) => `token=${token}%4`],
    ['bytes that are not UTF-8', (token: string) => `token=${token}&a=%ff`],
  ])('RV-02 with a token, not with %s (trap A8)', async (_, body) => {
    const token = await tokenOf(clients.opaque);
    const refused = await asked(body(token));
    expect(errorOf(refused)).toBe('400 invalid_request');
    expect([refused.headers.get('cache-control'), refused.headers.get('pragma')]).toEqual([
      'no-store',
      'no-cache',
    ]);
    expect(await areGood([token])).toEqual([true]);
  });

  it('RV-02 in the body, not in the query', async () => {
    const [token, other] = [await tokenOf(clients.opaque), await tokenOf(clients.opaque)];
    const path = `/o/revoke_token/?token=${token}`;
    expect(errorOf(await asked('', { path }))).toBe('400 invalid_request');
    expect(await asked(`token=${other}`, { path })).toMatchObject(REVOKED);
    expect(await areGood([token, other])).toEqual([true, false]);
  });

  it.each(FORMATS)('RV-06 whatever the hint: it decides nothing: %s', async (format) => {
    const client = clients[format];
    for (const hint of ['access_token', 'refresh_token', 'api_key', 'Nonsense', '', '%22']) {
      const token = await tokenOf(client);
      const body = `token_type_hint=${hint}&token=${token}&colour=red`;
      const answer = await revoke(authorizationOf(client), token, { body });
      expect([hint, answer.status, await areGood([token])]).toEqual([hint, 200, [false]]);
    }
  });
});

describe('whoever is no client', () => {
  it.each(FORMATS)(
    'RV-08 RV-01 S35 A40 is 401 whatever he shows, and ends nothing: %s (traps A3, A4, A5, A7)',
    async (format) => {
      const client = clients[format];
      const token = await tokenOf(client);
      const key = await organization.apiKey();
      const admin = await tokenOf(await clientOf(organization, format, { scopes: ['*'] }));
      const [disabled, revoked] = [await management.create(), await management.create()];
      const as = organization.owner.session;
      await ask('PATCH', management.pathOf(disabled), { as, body: { is_active: false } });
      await ask('DELETE', `${management.pathOf(revoked)}/secrets/${revoked.secret.id}`, { as });
      const callers: Record<string, TokenRequest> = {
        nobody: {},
        'a wrong secret': { authorization: basic(idOf(client), 'wrong') },
        'a secret with more behind it': {
          authorization: basic(idOf(client), `${client.client_secret}:x`),
        },
        'an unknown client': { authorization: basic('x'.repeat(40), client.client_secret) },
        'a disabled client': { authorization: authorizationOf(disabled) },
        'a revoked secret': { authorization: authorizationOf(revoked) },
        'malformed Basic': { authorization: 'Basic ====' },
        'a scheme with Basic in it': { authorization: 'XBasicY' },
        'the token itself': { authorization: `Bearer ${token}` },
        'a token with every scope': { authorization: `Bearer ${admin}` },
        'an API key': { authorization: `Bearer ${key.plaintext}` },
        'an API key in X-API-Key': { headers: { 'x-api-key': key.plaintext } },
        'the owner of the organization': { authorization: `Bearer ${as}` },
        'a resource server': { authorization: HOST },
        'an operator': { authorization: `Bearer ${testVariable('KEYCAP_TEST_OPERATOR_TOKEN')}` },
        'an id without a secret': { body: `token=${token}&client_id=${idOf(client)}` },
        'a wrong secret in the form': {
          body: `token=${token}&client_id=${idOf(client)}&client_secret=wrong`,
        },
        'a token of the past in its place': { authorization: 'Bearer x' },
      };
      for (const [name, request] of Object.entries(callers)) {
        const answer = await revoke(request.authorization, token, request);
        expect([name, errorOf(answer)]).toEqual([name, '401 invalid_client']);
        expect([name, answer.headers.get('www-authenticate')]).toEqual([name, BASIC]);
      }
      expect(await areGood([token])).toEqual([true]);
    },
  );

  it('RV-08 is told the same whether the token is good or not', async () => {
    const authorization = basic(idOf(clients.opaque), 'wrong');
    const texts = [await tokenOf(clients.opaque), await tokenOf(clients.jwt), 'x', ''];
    const [one, ...others] = await Promise.all(texts.map((text) => revoke(authorization, text)));
    expect(errorOf(one!)).toBe('401 invalid_client');
    for (const other of others) expect(seen(other)).toEqual(seen(one!));
  });

  it('RV-01 is refused for two methods at once, and ends nothing', async () => {
    const { opaque } = clients;
    const token = await tokenOf(opaque);
    const body = `token=${token}&client_id=${idOf(opaque)}&client_secret=${opaque.client_secret}`;
    const answer = await revoke(authorizationOf(opaque), token, { body });
    expect(errorOf(answer)).toBe('400 invalid_request');
    expect(await areGood([token])).toEqual([true]);
  });
});
