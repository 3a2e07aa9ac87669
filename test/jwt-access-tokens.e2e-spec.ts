import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { allowInsecureRequests, validateJwtAccessToken } from 'oauth4webapi';
import { PERIOD_MS } from '../src/oauth/tokens/token-partitions.js';
import { withinOne } from './support/calendar.js';
import { bearerChallenge } from './support/challenges.js';
import { byCurve, Forger, part } from './support/forged-jwts.js';
import { askForToken, forResource, tokenOf } from './support/issued-tokens.js';
import { keyUserOf } from './support/key-user.js';
import {
  ask,
  call,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  INACTIVE,
  introspect,
  newSigningPair,
  REPORTS,
  revoke,
} from './support/oauth-endpoints.js';
import { startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase, testVariable } from './support/servers.js';
import { errorOf, requestToken } from './support/token-endpoint.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const JWKS = '/o/.well-known/jwks.json';

let organization: TestOrganization;
let clients: ClientManagement;
let client: IssuedSecret;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  client = await jwtClient();
  issuer = testVariable('KEYCAP_TEST_URL');
});

function jwtClient(wanted: object = {}): Promise<IssuedSecret> {
  return clients.create({ token_format: 'jwt', ...wanted });
}

/** What the owner of the organization does to a client. */
function change(its: IssuedSecret, body: object): Promise<unknown> {
  return ask('PATCH', clients.pathOf(its), { as: organization.owner.session, body });
}

const read = (as: string): ReturnType<typeof call> => call('GET', organization.path, { as });

/** Whether the API and introspection take a token: both do, or neither, or the test fails. */
async function isGood(token: string, path = organization.path): Promise<boolean> {
  const viewer = `Bearer ${testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN')}`;
  const [api, { body, text }] = await Promise.all([
    call('GET', path, { as: token }),
    introspect(viewer, token),
  ]);
  const challenge = api.headers.get('www-authenticate');
  expect([api.status, challenge, body.active]).toEqual(
    body.active ? [200, null, true] : [401, bearerChallenge(true), false],
  );
  if (!body.active) expect(text).toBe(INACTIVE);
  return body.active;
}

interface StoredToken {
  readonly table: string;
  readonly period: number;
  readonly digest: Buffer;
  readonly revoked: boolean;
}

/** The rows of a client's tokens. */
function storedOf({ oauth_client }: IssuedSecret, databaseUrl?: string): Promise<StoredToken[]> {
  return inDatabase<StoredToken & Record<string, unknown>>(
    `SELECT tableoid::regclass::text AS table, period, digest, revoked_at IS NOT NULL AS revoked
       FROM access_tokens WHERE client_id = $1`,
    [oauth_client.client_id],
    databaseUrl,
  );
}

describe('a JWT access token', () => {
  it('S40 is answered as every token: four members, in their order, kept by no cache', async () => {
    const { status, headers, text, body } = await askForToken(client);
    expect([status, text]).toEqual([
      200,
      `{"access_token":"${body.access_token}","expires_in":36000,"token_type":"Bearer","scope":"read write"}`,
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(body.access_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  });

  it('AU-06 says in its header how it is signed, and nothing else', async () => {
    const { keys } = await ask<JSONWebKeySet>('GET', JWKS);
    const header = decodeProtectedHeader(await tokenOf(client));
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(keys.map(({ kid }) => kid)).toContain(header.kid);
  });

  it('AU-06 is signed by RS256 where that is configured', async () => {
    const own = await startOwnServer({ env: { KEYCAP_SIGNING_ALG: 'RS256' } });
    const { server, path } = own;
    try {
      const made = await own.call<IssuedSecret>('POST', `${path}/oauth-clients`, {
        body: { name: 'Test', token_format: 'jwt' },
      });
      const issued = await own.call<{ access_token: string }>('POST', '/o/token/', {
        as: `Basic ${made.body.basic_credential}`,
        form: { grant_type: 'client_credentials' },
      });
      const token = issued.body.access_token;
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
      expect((await own.call('GET', path, { as: token })).status).toBe(200);
      const keys = createLocalJWKSet((await own.call<JSONWebKeySet>('GET', JWKS)).body);
      await jwtVerify(token, keys, { issuer: server.url, algorithms: ['RS256'] });
    } finally {
      await server.stop();
    }
  });

  it('AU-07 AU-09 says who issued it to whom, for what and how long, and what it descends from', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { iat, exp, ...claims } = decodeJwt(await tokenOf(client));
    const clientId = client.oauth_client.client_id;
    expect(claims).toEqual({
      iss: issuer,
      aud: issuer,
      sub: clientId,
      client_id: clientId,
      scope: 'read write',
      jti: expect.stringMatching(UUID),
      keycap_organization_id: organization.id,
      keycap_generation: [1, 1, 1],
      keycap_secret_id: client.secret.id,
    });
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    expect(exp).toBe(iat! + 36_000);
  });

  it('AU-07 AU-09 of a client of a project says which', async () => {
    const project_id = await organization.project();
    const token = await tokenOf(await jwtClient({ project_id }));
    expect(decodeJwt(token)).toMatchObject({
      keycap_project_id: project_id,
      scope: 'projects:read',
    });
    const me = await call('GET', '/v1/me', { as: token });
    expect(me.body).toMatchObject({ principal: { project_id, scopes: ['projects:read'] } });
  });

  it('AU-07 of a client that signs descends from no secret', async () => {
    const pair = await newSigningPair();
    const its = await jwtClient({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [pair.publicJwk] },
    });
    const assertion = await clientAssertion(its.oauth_client.client_id, pair);
    const { body } = await requestToken({ body: assertionForm(assertion) });
    const { keycap_secret_id, keycap_generation } = decodeJwt(body.access_token);
    expect([keycap_secret_id, keycap_generation]).toEqual([undefined, [1, 1, 0]]);
    expect(await isGood(body.access_token)).toBe(true);
  });

  it('is verified by strangers from the published keys alone', async () => {
    const token = await tokenOf(client);
    const keys = createLocalJWKSet(await ask<JSONWebKeySet>('GET', JWKS));
    const expected = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['ES256'] };
    await expect(jwtVerify(token, keys, expected)).resolves.toMatchObject({
      payload: { client_id: client.oauth_client.client_id },
    });

    const server = { issuer, jwks_uri: `${issuer}${JWKS}` };
    const request = new Request(`${issuer}/reports`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const claims = await validateJwtAccessToken(server, request, issuer, {
      [allowInsecureRequests]: true,
    });
    expect(claims).toMatchObject({ sub: client.oauth_client.client_id, scope: 'read write' });
  });

  it('is described by introspection as it describes itself', async () => {
    const token = await tokenOf(client);
    const { iss, aud, sub, client_id, scope, jti, iat, exp } = decodeJwt(token);
    const { status, body } = await introspect(`Basic ${client.basic_credential}`, token);
    expect([status, body]).toEqual([
      200,
      {
        active: true,
        ...{ scope, client_id, token_type: 'Bearer', exp, iat, nbf: iat, sub, aud, iss, jti },
        keycap_kind: 'access_token',
        keycap_organization_id: organization.id,
        keycap_cache_seconds: 5,
      },
    ]);
  });

  it('opens the API like an opaque one', async () => {
    const token = await tokenOf(client);
    const me = await call('GET', '/v1/me', { as: token });
    expect([me.status, me.body]).toMatchObject([
      200,
      {
        organization: { id: organization.id },
        principal: {
          auth_source: 'oauth_client',
          user_id: null,
          organization_id: organization.id,
          organization_role: null,
          project_id: null,
        },
      },
    ]);
    const keyo = `/api/v3/public/organizations/${organization.id}/members/`;
    expect((await call('GET', keyo, { as: token })).status).toBe(200);
    const stranger = await newOrganization();
    expect((await call('GET', stranger.path, { as: token })).status).toBe(404);
  });

  it('S42 is no person, whatever it may do, and its subject is the id of none', async () => {
    const token = await tokenOf(await jwtClient({ scopes: ['*'] }));
    for (const path of ['/v1/users/me', '/v1/sessions', '/v1/organizations']) {
      expect([path, (await call('GET', path, { as: token })).status]).toEqual([path, 403]);
    }
    const { sub } = decodeJwt(token);
    expect(sub).toMatch(/^[0-9A-Za-z]{40}$/);
    const member = await call('GET', `${organization.path}/members/${sub!}`, { as: token });
    expect(member.status).toBe(404);
  });

  it('A22 S39 gets no scope that the client was never given', async () => {
    const its = await jwtClient({ scopes: ['members:read'] });
    for (const scope of ['read', 'members:write', 'members:read%20projects:read', '*', 'x']) {
      const answer = await askForToken(its, `scope=${scope}`);
      expect([scope, errorOf(answer)]).toEqual([scope, '400 invalid_scope']);
    }
    const token = await tokenOf(its);
    expect(decodeJwt(token).scope).toBe('members:read');
    expect((await read(token)).status).toBe(403);
  });

  it('lives as long as its client says, and later ones as it says by then', async () => {
    const its = await jwtClient({ token_ttl_seconds: 60 });
    const { body } = await askForToken(its);
    const lifeOf = (token: string): number => decodeJwt(token).exp! - decodeJwt(token).iat!;
    expect([body.expires_in, lifeOf(body.access_token)]).toEqual([60, 60]);
    await change(its, { token_ttl_seconds: 86_400 });
    expect(lifeOf(await tokenOf(its))).toBe(86_400);
    expect(await isGood(body.access_token)).toBe(true);
  });

  it('is one of so many in an hour as its client may have', () =>
    withinOne('hour', async () => {
      const its = await jwtClient({ max_tokens_per_hour: 3 });
      const answers = await Promise.all(Array.from({ length: 8 }, () => askForToken(its)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([
        ...[200, 200, 200],
        ...[429, 429, 429, 429, 429],
      ]);
      const tokens = answers.flatMap(({ status, body }) =>
        status === 200 ? [body.access_token] : [],
      );
      expect(await Promise.all(tokens.map((token) => isGood(token)))).toEqual([true, true, true]);
      await change(its, { max_tokens_per_hour: null });
      expect((await askForToken(its)).status).toBe(200);
    }));

  it('is not to be had again, so no client can ask for that', async () => {
    const [one, other] = [await tokenOf(client), await tokenOf(client)];
    expect(decodeJwt(one).jti).not.toBe(decodeJwt(other).jti);
    const answer = await call('PATCH', clients.pathOf(client), {
      as: organization.owner.session,
      body: { reuse_tokens: true },
    });
    expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([400, ['reuse_tokens']]);
  });

  it('is good beside opaque ones when its client changes the format', async () => {
    const its = await jwtClient();
    const first = await tokenOf(its);
    await change(its, { token_format: 'opaque' });
    const second = await tokenOf(its);
    await change(its, { token_format: 'jwt' });
    const third = await tokenOf(its);
    expect([first, second, third].map((token) => token.split('.').length)).toEqual([3, 1, 3]);
    for (const token of [first, second, third]) expect(await isGood(token)).toBe(true);

    const body = { tokens: [third, 'x', second, first] };
    const answer = await call<{ results: { active: boolean; jti?: string }[] }>(
      'POST',
      '/o/introspect-batch/',
      { as: `Basic ${its.basic_credential}`, body },
    );
    const { results } = answer.body;
    expect(results.map(({ active }) => active)).toEqual([true, false, true, true]);
    expect(results.map(({ jti }) => jti).filter((jti) => UUID.test(jti ?? ''))).toEqual(
      [third, first].map((token) => decodeJwt(token).jti),
    );
  });
});

describe('the end of a JWT', () => {
  it('A65 is stored, and nothing else of it ever is, nor is that good for anything', async () => {
    const its = await jwtClient({ token_ttl_seconds: 7000 });
    const as = `Basic ${its.basic_credential}`;
    const [token, sibling] = [await tokenOf(its), await tokenOf(its)];
    expect(await isGood(token)).toBe(true);
    expect(await storedOf(its)).toEqual([]);

    expect(await revoke(as, token)).toMatchObject({ status: 200, text: '' });
    const { exp, jti } = decodeJwt(token);
    const period = Math.floor((exp! * 1000) / PERIOD_MS);
    const digest = expect.any(Buffer);
    const row = { table: `access_tokens_${String(period)}`, period, digest, revoked: true };
    expect(await storedOf(its)).toEqual([row]);
    expect(await isGood(token)).toBe(false);
    expect(await isGood(sibling)).toBe(true);

    // Again, and by two at once.
    await Promise.all([revoke(as, token), revoke(as, token)]);
    expect(await storedOf(its)).toEqual([row]);
    const [stored] = await storedOf(its);
    for (const text of [jti!, stored!.digest.toString('hex'), stored!.digest.toString('base64url')])
      expect(await isGood(text)).toBe(false);
  });

  it('is not for another client to bring about', async () => {
    const [its, other] = [await jwtClient(), await jwtClient()];
    const token = await tokenOf(its);
    const answer = await revoke(`Basic ${other.basic_credential}`, token);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await isGood(token)).toBe(true);
    expect([await storedOf(its), await storedOf(other)]).toEqual([[], []]);
  });

  it("is one of all its spellings: r and n - s sign as well as r and s, which is ECDSA's way", async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const its = await jwtClient();
    const token = await tokenOf(its);
    const [header, payload, signature] = token.split('.');
    const bytes = Buffer.from(signature!, 'base64url');
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
    const twin = `${header!}.${payload!}.${part(Buffer.concat([bytes.subarray(0, 32), other]))}`;
    expect([await isGood(twin), await isGood(token)]).toEqual([true, true]);
    await revoke(`Basic ${its.basic_credential}`, twin);
    expect([await isGood(twin), await isGood(token)]).toEqual([false, false]);
  });

  const owner = (path: string, body: object = {}): Promise<unknown> =>
    ask('POST', `${clients.path}${path}`, { as: organization.owner.session, body });
  const pathOf = ({ oauth_client }: IssuedSecret): string => `/${oauth_client.client_id}`;

  it.each([
    ['all tokens of its client are revoked', (its) => owner(`${pathOf(its)}/revoke-tokens`)],
    [
      'all tokens of its secret are revoked',
      (its) => owner(`${pathOf(its)}/secrets/${its.secret.id}/revoke-tokens`),
    ],
    ['its client is disabled', (its) => change(its, { is_active: false })],
    [
      'its client is deleted',
      (its) => ask('DELETE', clients.pathOf(its), { as: organization.owner.session }),
    ],
    ['its client is gone', (its) => deleteRow(its)],
  ] satisfies [string, (its: IssuedSecret) => Promise<unknown>][])(
    'comes at once when %s',
    async (_, end) => {
      const its = await jwtClient();
      const [token, sibling] = [await tokenOf(its), await tokenOf(its)];
      expect([await isGood(token), await isGood(sibling)]).toEqual([true, true]);
      await end(its);
      expect([await isGood(token), await isGood(sibling)]).toEqual([false, false]);
      expect(await isGood(await tokenOf(client))).toBe(true);
    },
  );

  it.each([
    ['suspended', 'suspended_at = now()'],
    ['deleted', 'deleted_at = now()'],
  ])('comes at once when its organization is %s', async (_, what) => {
    const its = await newOrganization();
    const token = await tokenOf(await new ClientManagement(its).create({ token_format: 'jwt' }));
    expect(await isGood(token, its.path)).toBe(true);
    await inDatabase(`UPDATE organizations SET ${what} WHERE slug = $1`, [its.slug]);
    expect(await isGood(token, its.path)).toBe(false);
  });

  it('comes at once when all tokens of its organization are revoked, and for no other', async () => {
    const its = await newOrganization();
    const management = new ClientManagement(its);
    const client = await management.create({ token_format: 'jwt' });
    const [token, stranger] = [await tokenOf(client), await tokenOf(await jwtClient())];
    const as = its.owner.session;
    await ask('POST', `${management.path}/revoke-tokens`, { as });
    expect(await isGood(token, its.path)).toBe(false);
    expect(await isGood(await tokenOf(client), its.path)).toBe(true);
    expect(await isGood(stranger)).toBe(true);
  });

  it('comes for those of one secret alone, and not when the secret itself ends', async () => {
    const its = await jwtClient();
    const { body: second } = await clients.addSecret(its);
    const [first, other] = [await tokenOf(its), await tokenOf({ ...its, ...second })];
    const as = organization.owner.session;
    await ask('DELETE', `${clients.pathOf(its)}/secrets/${its.secret.id}`, { as });
    expect([await isGood(first), await isGood(other)]).toEqual([true, true]);
    await owner(`${pathOf(its)}/secrets/${its.secret.id}/revoke-tokens`);
    expect([await isGood(first), await isGood(other)]).toEqual([false, true]);
  });

  it('is none: what is disabled is good again when it is enabled', async () => {
    const its = await jwtClient();
    const token = await tokenOf(its);
    await change(its, { is_active: false });
    expect(await isGood(token)).toBe(false);
    await change(its, { is_active: true });
    expect(await isGood(token)).toBe(true);
  });

  it('comes for the scopes that its client loses, at once', async () => {
    const its = await jwtClient({ scopes: ['read', 'write', 'audit:read'] });
    const token = await tokenOf(its);
    const members = (): Promise<number> =>
      call('GET', `${organization.path}/members`, { as: token }).then(({ status }) => status);
    expect(await members()).toBe(200);
    await change(its, { scopes: ['organizations:read', 'write'] });
    expect(await members()).toBe(403);
    const { body } = await introspect(`Basic ${its.basic_credential}`, token);
    expect(body.scope).toBe('organizations:read write');
    await change(its, { scopes: ['read', 'write', 'audit:read'] });
    expect(await members()).toBe(200);
  });

  it('comes for the addresses that its client is no longer used from', async () => {
    const its = await jwtClient();
    const token = await tokenOf(its);
    await change(its, { ip_allowlist: ['203.0.113.0/24'] });
    const statusFrom = async (from: string): Promise<number> =>
      (await call('GET', organization.path, { as: token, from })).status;
    expect([await statusFrom('203.0.113.9'), await statusFrom('198.51.100.9')]).toEqual([200, 401]);
  });

  it('is told to whoever brings an expired one, also where many unknown ones came from', async () => {
    const its = await jwtClient();
    const keyUser = await keyUserOf();
    const { kid, privateKey } = await keyUser.keys.current();
    const { keys } = await keyUser.keys.publicJwks();
    const publicJwk = keys.find((key) => key.kid === kid)!;
    const material = { token: await tokenOf(its), publicJwk, ours: byCurve(privateKey) };
    const now = Math.floor(Date.now() / 1000);
    const expired = (secondsAgo: number): Promise<string> =>
      new Forger(material).withClaims({ iat: now - 90_000, exp: now - secondsAgo });
    const texts = [await expired(1), await expired(4000), await expired(80_000)];
    await keyUser.close();

    const from = newAddress();
    const statusOf = async (as: string): Promise<number> =>
      (await call('GET', '/v1/me', { as, from })).status;
    await Promise.all(Array.from({ length: 100 }, () => statusOf('a'.repeat(43))));
    expect(await statusOf('b'.repeat(43))).toBe(429);
    expect(await Promise.all(texts.map(statusOf))).toEqual([401, 401, 401]);
    for (const text of texts) expect(await isGood(text)).toBe(false);
  });
});

describe('a JWT and several servers', () => {
  it('is good, and revoked, at all of them that share database and issuer', async () => {
    const other = await startServer({
      database: testVariable('KEYCAP_TEST_DATABASE_URL'),
      env: { KEYCAP_PUBLIC_URL: issuer },
    });
    try {
      const as = `Basic ${client.basic_credential}`;
      const form = { grant_type: 'client_credentials' };
      const { access_token: theirs } = await ask<{ access_token: string }>('POST', '/o/token/', {
        ...{ url: other.url, as, form },
      });
      const ours = await tokenOf(client);
      const statusThere = async (token: string): Promise<number> =>
        (await call('GET', organization.path, { as: token, url: other.url })).status;
      expect([await isGood(theirs), await statusThere(ours)]).toEqual([true, 200]);

      await revoke(as, theirs);
      await ask('POST', '/o/revoke_token/', { url: other.url, as, form: { token: ours } });
      expect([await isGood(ours), await statusThere(theirs)]).toEqual([false, 401]);
    } finally {
      await other.stop();
    }
  });
});

describe('a JWT in a database of its own', () => {
  const PUBLIC_URL = 'https://auth.example.com';
  const VIEWER = `kcr_${randomBytes(64).toString('hex').slice(0, 43)}`;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const environment = (env: Record<string, string> = {}): Parameters<typeof startServer>[0] => ({
    database: database.url,
    env: {
      KEYCAP_PUBLIC_URL: PUBLIC_URL,
      KEYCAP_RESOURCE_SERVERS: JSON.stringify([
        { name: 'viewer', sha256: createHash('sha256').update(VIEWER).digest('hex') },
      ]),
      ...env,
    },
  });

  const activeAt = async (url: string, token: string): Promise<boolean> => {
    const form = { token };
    const body = await ask<{ active: boolean }>('POST', '/o/introspect/', {
      ...{ url, as: VIEWER, form },
    });
    return body.active;
  };

  /** A new server with a client, and a way to get tokens of it. */
  async function begin(): Promise<{
    url: string;
    client: IssuedSecret;
    issue(): Promise<string>;
    revoke(token: string): Promise<number>;
    stop(): Promise<unknown>;
  }> {
    const own = await startOwnServer(environment());
    const { url } = own;
    const body = { name: 'Test', token_format: 'jwt' };
    const made = await own.call<IssuedSecret>('POST', `${own.path}/oauth-clients`, { body });
    const as = `Basic ${made.body.basic_credential}`;
    const form = { grant_type: 'client_credentials' };
    return {
      url,
      client: made.body,
      issue: async () =>
        (await ask<{ access_token: string }>('POST', '/o/token/', { url, as, form })).access_token,
      revoke: async (token) =>
        (await own.call('POST', '/o/revoke_token/', { as, form: { token } })).status,
      stop: () => own.server.stop(),
    };
  }

  it('stays revoked, or good, when the master secret is another one', async () => {
    const first = await begin();
    const [revoked, good] = [await first.issue(), await first.issue()];
    expect(await first.revoke(revoked)).toBe(200);
    await first.stop();

    const secret = testVariable('KEYCAP_TEST_SECRET');
    const KEYCAP_SECRET = randomBytes(32).toString('base64url');
    // Keys are sealed anew at the first start, and need the former secret no more at the second.
    for (const KEYCAP_FORMER_SECRETS of [secret, '']) {
      const server = await startServer(environment({ KEYCAP_SECRET, KEYCAP_FORMER_SECRETS }));
      const states = [await activeAt(server.url, revoked), await activeAt(server.url, good)];
      await server.stop();
      expect([KEYCAP_FORMER_SECRETS !== '', ...states]).toEqual([
        KEYCAP_FORMER_SECRETS !== '',
        ...[false, true],
      ]);
    }
  });

  it('can be revoked also where the partition for that is missing', async () => {
    const server = await begin();
    const [token, sibling] = [await server.issue(), await server.issue()];
    const period = Math.floor((decodeJwt(token).exp! * 1000) / PERIOD_MS);
    await inDatabase(`DROP TABLE access_tokens_${String(period)}`, [], database.url);
    expect(await activeAt(server.url, token)).toBe(true);
    expect(await server.revoke(token)).toBe(200);
    expect([await activeAt(server.url, token), await activeAt(server.url, sibling)]).toEqual([
      false,
      true,
    ]);
    expect(await storedOf(server.client, database.url)).toHaveLength(1);
    await server.stop();
  });
});

describe('a JWT for a resource', () => {
  it('BR-11 opens nothing at Keycap, and is seen by the right resource server alone', async () => {
    const its = await jwtClient({
      scopes: ['read', 'reports:read'],
      resources: [REPORTS.resource],
    });
    const token = await tokenOf(its, forResource(REPORTS.resource));
    expect(decodeJwt(token)).toMatchObject({ iss: issuer, aud: REPORTS.resource });
    const { status, headers } = await read(token);
    expect([status, headers.get('www-authenticate')]).toEqual([401, bearerChallenge(true)]);
    const seen = await introspect(
      `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`,
      token,
    );
    expect(seen.body).toMatchObject({ active: true, aud: REPORTS.resource });
    const stranger = await introspect(`Basic ${client.basic_credential}`, token);
    expect(stranger.text).toBe(INACTIVE);
    expect(await storedOf(its)).toEqual([]);
  });

  it('can be revoked like any other', async () => {
    const its = await jwtClient({ scopes: ['reports:read'], resources: [REPORTS.resource] });
    const token = await tokenOf(its, forResource(REPORTS.resource));
    const as = `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`;
    expect((await introspect(as, token)).body.active).toBe(true);
    await revoke(`Basic ${its.basic_credential}`, token);
    expect((await introspect(as, token)).text).toBe(INACTIVE);
  });
});

/** As the deletion of a project leaves it. */
async function deleteRow({ oauth_client: { client_id: id } }: IssuedSecret): Promise<unknown> {
  return inDatabase('DELETE FROM oauth_clients WHERE client_id = $1', [id]);
}
