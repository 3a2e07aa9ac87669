import { decodeJwt, SignJWT } from 'jose';
import {
  cutWaiters,
  type HeldLock,
  lockAuditLog,
  lockTokens,
  takeAway,
} from './support/database-faults.js';
import { type Answer, ask, type CallOptions, inDatabase } from './support/keycap.js';
import { type IssuedSecret } from './support/oauth-clients.js';
import { newSigningPair } from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase } from './support/servers.js';
import { FORMATS } from './support/token-clients.js';
import { until } from './support/until.js';

/** The issuer of both servers: JWTs are good at either. */
const ENV = { KEYCAP_PUBLIC_URL: 'https://auth.keycap.test' };
const SENTENCE = 'the service is not available right now, try again';

let database: TestDatabase;
let own: OwnServer;
/** By a client with the scope `introspection`. */
let viewer: string;

async function start(): Promise<void> {
  database = await createDatabase();
  own = await startOwnServer({ database: database.url, env: ENV });
  viewer = `Basic ${(await newClient({ scopes: ['introspection'] })).basic_credential}`;
}

async function end(): Promise<void> {
  await own.server.kill('SIGKILL');
  await database.drop();
}

const newClient = (wanted: object = {}): Promise<IssuedSecret> =>
  ask('POST', `${own.path}/oauth-clients`, {
    url: own.url,
    as: own.session,
    body: { name: 'Test', ...wanted },
    expect: 201,
  });

async function tokenOf({ basic_credential }: IssuedSecret): Promise<string> {
  const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    url: own.url,
    as: `Basic ${basic_credential}`,
    form: { grant_type: 'client_credentials' },
  });
  return access_token;
}

const post = (path: string, options: CallOptions): Promise<Answer<unknown>> =>
  own.call<unknown>('POST', path, options);

const revoke = (client: IssuedSecret, token: string): Promise<Answer<unknown>> =>
  post('/o/revoke_token/', { as: `Basic ${client.basic_credential}`, form: { token } });

/** What introspection says, once the server has its database again. */
async function isActive(token: string, url = own.url): Promise<boolean> {
  let active = false;
  await until('an answer', async () => {
    const options = { as: viewer, form: { token }, url };
    const { status, body } = await own.call<{ active: boolean }>('POST', '/o/introspect/', options);
    active = body.active;
    return status === 200;
  });
  return active;
}

function expectUnavailable({ status, headers, body }: Answer<unknown>, isOAuth = true): void {
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual(
    isOAuth
      ? { error: 'temporarily_unavailable', error_description: SENTENCE }
      : { error: SENTENCE, code: 'unavailable', request_id: headers.get('x-request-id') },
  );
}

/** Where all tokens of the organization, of a client and of its secret are ended. */
const pathsOf = ({ oauth_client, secret }: IssuedSecret): string[] => {
  const clients = `${own.path}/oauth-clients`;
  const client = `${clients}/${oauth_client.client_id}`;
  return [clients, client, `${client}/secrets/${secret.id}`].map((path) => `${path}/revoke-tokens`);
};

/** Everything on which it depends whether a token is good. */
const state = (): Promise<object[]> =>
  inDatabase(
    `SELECT 'token' AS what, encode(digest, 'hex') AS id, (revoked_at IS NULL)::int AS number
       FROM access_tokens
     UNION ALL SELECT 'organization', id::text, token_generation FROM organizations
     UNION ALL SELECT 'client', client_id, token_generation FROM oauth_clients
     UNION ALL SELECT 'secret', id::text, token_generation FROM oauth_client_secrets
     ORDER BY 1, 2`,
    [],
    database.url,
  );

describe.each(FORMATS)('the database is away: %s', (format) => {
  beforeAll(start);
  afterAll(end);

  it('RV-09 A6 S44: nothing is ended, nothing is said, and 503 says so', async () => {
    const client = await newClient({ token_format: format });
    const token = await tokenOf(client);
    const before = await state();
    const bringBack = await takeAway(database.url);
    const basic = `Basic ${client.basic_credential}`;
    expectUnavailable(await revoke(client, token));
    expectUnavailable(await post('/o/revoke_token/', { as: basic, form: { token: 'garbage' } }));
    for (const as of [viewer, basic, token]) {
      expectUnavailable(await post('/o/introspect/', { as, form: { token } }));
      expectUnavailable(await post('/o/introspect-batch/', { as, body: { tokens: [token] } }));
    }
    for (const path of pathsOf(client)) expectUnavailable(await post(path, {}), false);
    await bringBack();
    expect(await isActive(token)).toBe(true);
    expect(await state()).toEqual(before);
    expect((await revoke(client, token)).status).toBe(200);
    expect(await isActive(token)).toBe(false);
  });

  it('RV-09 A6 S44: a revocation whose connection dies under it was none', async () => {
    const client = await newClient({ token_format: format });
    const token = await tokenOf(client);
    const before = await state();
    const lock = await lockTokens(database.url);
    expectUnavailable(await answerOfCut(lock, () => revoke(client, token)));
    expect(await isActive(token)).toBe(true);
    expect(await state()).toEqual(before);
    expect((await revoke(client, token)).status).toBe(200);
    expect(await isActive(token)).toBe(false);
  });

  it('RV-09 RV-12 A6: neither was one of many tokens', async () => {
    const client = await newClient({ token_format: format });
    const token = await tokenOf(client);
    for (const path of pathsOf(client)) {
      const before = await state();
      const lock = await lockAuditLog(database.url);
      expectUnavailable(await answerOfCut(lock, () => post(path, {})), false);
      expect([path, await isActive(token)]).toEqual([path, true]);
      expect(await state()).toEqual(before);
    }
  });
});

/** The answer to a request whose connection to the database is cut while it waits for the lock. */
async function answerOfCut(
  lock: HeldLock,
  send: () => Promise<Answer<unknown>>,
): Promise<Answer<unknown>> {
  try {
    const answer = send();
    await lock.waiters();
    await cutWaiters(database.url);
    return await answer;
  } finally {
    await lock.release();
  }
}

/** Whether a credential is good at introspection and, which must be the same, at Keycap's own API. */
async function isGood(text: string, url: string): Promise<boolean> {
  const active = await isActive(text, url);
  const { status } = await own.call('GET', '/v1/me', { as: text, url });
  expect([active, status]).toEqual([active, active ? 200 : 401]);
  return active;
}

describe('a server of its own', () => {
  beforeEach(start);
  afterEach(end);

  it('S43 S44 A82: nobody is told that a JWT is bad while nobody can know', async () => {
    const client = await newClient({ token_format: 'jwt' });
    const token = await tokenOf(client);
    const { privateKey } = await newSigningPair();
    const forged = await new SignJWT(decodeJwt(token))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'x'.repeat(43) })
      .sign(privateKey);
    const bringBack = await takeAway(database.url);
    expectUnavailable(await post('/o/introspect/', { as: viewer, form: { token: forged } }));
    expectUnavailable(await revoke(client, forged));
    await bringBack();
    expect([await isActive(forged), await isActive(token)]).toEqual([false, true]);
  });

  it('A12 A74 RV-03 RV-12: what is revoked stays so, at every node and after kill -9', async () => {
    const other = await startServer({ database: database.url, env: ENV });
    const nodes = [own.url, other.url];
    const expected: Record<string, boolean> = {};
    const texts: Record<string, string> = {};
    /** A credential that every node has just seen to be good. */
    const issue = async (name: string, text: string, isLasting: boolean): Promise<string> => {
      texts[name] = text;
      expected[name] = isLasting;
      for (const url of nodes) expect([name, await isGood(text, url)]).toEqual([name, true]);
      return text;
    };
    const clients = await Promise.all(
      FORMATS.map(async (format) => ({
        format,
        client: await newClient({ token_format: format }),
      })),
    );
    for (const { format, client } of clients) {
      await issue(`${format}: all of the organization`, await tokenOf(client), false);
    }
    const [organization = ''] = pathsOf(clients[0]!.client);
    expect((await post(organization, {})).status).toBe(200);
    for (const { format, client } of clients) {
      const [, all = '', ofSecret = ''] = pathsOf(client);
      await issue(`${format}: all of the client`, await tokenOf(client), false);
      expect((await post(all, {})).status).toBe(200);
      await issue(`${format}: all of the secret`, await tokenOf(client), false);
      expect((await post(ofSecret, {})).status).toBe(200);
      const token = await issue(`${format}: itself`, await tokenOf(client), false);
      expect((await revoke(client, token)).status).toBe(200);
      await issue(`${format}: none`, await tokenOf(client), true);
    }
    for (const isLasting of [false, true]) {
      const { api_key, plaintext_api_key } = await ask<{
        api_key: { id: string };
        plaintext_api_key: string;
      }>('POST', `${own.path}/api-keys`, {
        url: own.url,
        as: own.session,
        body: { name: 'Test', scopes: ['read'] },
        expect: 201,
      });
      await issue(`key: ${String(isLasting)}`, plaintext_api_key, isLasting);
      if (!isLasting) await own.call('DELETE', `${own.path}/api-keys/${api_key.id}`);
    }
    const verdictsAt = async (url: string): Promise<Record<string, boolean>> => {
      const verdicts: Record<string, boolean> = {};
      for (const [name, text] of Object.entries(texts)) verdicts[name] = await isGood(text, url);
      return verdicts;
    };
    for (const url of nodes) expect(await verdictsAt(url)).toEqual(expected);
    await Promise.all([own.server.kill('SIGKILL'), other.kill('SIGKILL')]);
    const restarted = await startServer({ database: database.url, env: ENV });
    expect(await verdictsAt(restarted.url)).toEqual(expected);
    await restarted.kill('SIGKILL');
  });

  it.each(FORMATS)(
    'RV-05: 20 attempts on the tokens of another client are two events that add up: %s',
    async (format) => {
      const client = await newClient();
      const owner = await newClient({ token_format: format });
      const tokens = [await tokenOf(owner), await tokenOf(owner)];
      const attempts = Array.from({ length: 10 }, () => tokens).flat();
      for (const token of attempts) expect((await revoke(client, token)).status).toBe(200);
      for (const token of tokens) expect(await isActive(token)).toBe(true);
      // What has not been written yet is written at the end.
      expect(await own.server.stop()).toBe(0);
      const { client_id } = client.oauth_client;
      const events = await inDatabase<{ reason: string; count: number; actor_id: string }>(
        `SELECT actor_id, metadata->>'reason' AS reason, (metadata->>'count')::int AS count
         FROM audit_events WHERE action = 'oauth_client.refused' AND target_id = $1 ORDER BY id`,
        [client_id],
        database.url,
      );
      const reason = `revocation of a token of the client ${owner.oauth_client.client_id}`;
      expect(events.length).toBeLessThanOrEqual(2);
      for (const event of events) expect(event).toMatchObject({ actor_id: client_id, reason });
      expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(20);
    },
  );
});
