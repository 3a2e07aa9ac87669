import { isDeepStrictEqual } from 'node:util';
import { dialectOf } from '../src/http/errors/dialect.js';
import type { Dialect } from '../src/http/errors/dialect.js';
import {
  cutConnections,
  cutWaiters,
  freezeConnections,
  lockAuditLog,
  takeAway,
} from './support/database-faults.js';
import { inDatabase } from './support/keycap.js';
import type { Answer, CallOptions, Method } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import type { OwnServer } from './support/own-server.js';

/** A request of each kind: every kind of credential, every dialect, reading and changing. */
interface Operation {
  readonly name: string;
  readonly dialect: Dialect;
  readonly send: (options?: CallOptions) => Promise<Answer<unknown>>;
}

const POOL = 2;

let own: OwnServer;
let operations: Operation[];

beforeAll(async () => {
  own = await startOwnServer({ env: { KEYCAP_DATABASE_POOL: String(POOL) } });
  const { path, organizationId } = own;
  const key = await own.call<{ plaintext_api_key: string }>('POST', `${path}/api-keys`, {
    body: { name: 'Test', scopes: ['*'] },
  });
  const client = await own.call<{ basic_credential: string }>('POST', `${path}/oauth-clients`, {
    body: { name: 'Test', scopes: ['read', 'write'] },
  });
  const basic = `Basic ${client.body.basic_credential}`;
  const form = { grant_type: 'client_credentials' };
  const token = await own.call<{ access_token: string }>('POST', '/o/token/', { as: basic, form });

  const operation = (
    name: string,
    method: Method,
    target: string,
    more: CallOptions = {},
  ): Operation => ({
    name,
    dialect: dialectOf(target),
    send: () => own.call<unknown>(method, target, more),
  });
  const members = `/api/v3/public/organizations/${organizationId}/members/`;
  const apiKey = key.body.plaintext_api_key;
  operations = [
    operation('session', 'GET', '/v1/me'),
    operation('session in organization', 'GET', `${path}/members`),
    operation('API key', 'GET', path, { as: apiKey }),
    operation('access token', 'GET', path, { as: token.body.access_token }),
    operation('unknown API key', 'GET', '/v1/me', { as: `${apiKey.slice(0, -6)}000000` }),
    operation('unknown session', 'GET', '/v1/me', { as: `kcs_${'a'.repeat(43)}` }),
    operation('token endpoint', 'POST', '/o/token/', { as: basic, form }),
    operation('Keyo', 'GET', members, { as: token.body.access_token }),
    operation('verification', 'POST', '/v1/api-keys/verify', {
      as: apiKey,
      body: { api_key: apiKey },
    }),
    operation('sign-in', 'POST', '/v1/sessions', {
      body: { email: 'owner@keycap.test', password: 'a long enough passphrase' },
    }),
    operation('change', 'PATCH', path, { body: { name: 'Changed' } }),
    operation('creation', 'POST', '/v1/projects', {
      body: { organization_id: organizationId, name: 'Made' },
    }),
    operation('readiness', 'GET', '/health/ready'),
  ];
});

afterAll(() => own.server.stop());

/** The answer to whatever could not be decided. */
function expectUnavailable({ status, headers, body }: Answer<unknown>, dialect: Dialect): void {
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  const sentence = 'the service is not available right now, try again';
  expect(body).toEqual(
    {
      keycap: { error: sentence, code: 'unavailable', request_id: headers.get('x-request-id') },
      oauth: { error: 'temporarily_unavailable', error_description: sentence },
      drf: { detail: `${sentence}.` },
    }[dialect],
  );
}

async function statuses(): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const { name, send } of operations) entries.push([name, (await send()).status]);
  return Object.fromEntries(entries);
}

const HEALTHY = {
  session: 200,
  'session in organization': 200,
  'API key': 200,
  'access token': 200,
  'unknown API key': 401,
  'unknown session': 401,
  'token endpoint': 200,
  Keyo: 200,
  verification: 200,
  'sign-in': 201,
  change: 200,
  creation: 201,
  readiness: 200,
};

/** Resolves once everything answers as it should, which takes no hand but the server's own. */
async function recovery(): Promise<void> {
  while (!isDeepStrictEqual(await statuses(), HEALTHY));
}

beforeEach(recovery);

describe('S53: the database is away', () => {
  it('decides nothing: 503 with Retry-After, never 2xx, and recovers by itself', async () => {
    const bringBack = await takeAway(own.server.databaseUrl);
    for (const { name, dialect, send } of operations) {
      // Its shape alone is wrong, so nobody asks the database.
      if (name === 'unknown API key') expect((await send()).status).toBe(401);
      else expectUnavailable(await send(), dialect);
    }
    expect((await own.call('GET', '/health/live')).status).toBe(200);
    // Nothing was wrong with them, so they don't use up what an account may fail.
    const signIn = operations.find(({ name }) => name === 'sign-in');
    for (let attempt = 0; attempt < 12; attempt++) expect((await signIn?.send())?.status).toBe(503);
    await bringBack();
    await recovery();
  });

  it('answers 503 or rightly while its connections are cut, and recovers by itself', async () => {
    const enough = new AbortController();
    const cutting = (async () => {
      while (!enough.signal.aborted) await cutConnections(own.server.databaseUrl);
    })();
    const answers: [string, number][] = [];
    try {
      for (let round = 0; round < 10; round++) {
        const all = operations.map(async ({ name, send }): Promise<[string, number]> => {
          const { status } = await send();
          return [name, status];
        });
        answers.push(...(await Promise.all(all)));
      }
    } finally {
      enough.abort();
      await cutting;
    }
    for (const [name, status] of answers) {
      const expected = HEALTHY[name as keyof typeof HEALTHY];
      expect([name, status === 503 ? expected : status]).toEqual([name, expected]);
    }
    await recovery();
  });

  it('A6: a request whose connection dies under it did not happen', async () => {
    const before = await projects();
    const lock = await lockAuditLog(own.server.databaseUrl);
    try {
      const creation = own.call<unknown>('POST', '/v1/projects', {
        body: { organization_id: own.organizationId, name: 'Cut' },
      });
      await lock.waiters();
      await cutWaiters(own.server.databaseUrl);
      expectUnavailable(await creation, 'keycap');
    } finally {
      await lock.release();
    }
    expect(await projects()).toBe(before);
  });
});

async function projects(): Promise<number> {
  const [row] = await inDatabase<{ count: number }>(
    'SELECT count(*)::int AS count FROM projects',
    [],
    own.server.databaseUrl,
  );
  return row?.count ?? 0;
}

describe('S64: the pool is exhausted', () => {
  it('answers 503 with Retry-After, in every dialect, and recovers by itself', async () => {
    await Promise.all(operations.map(({ send }) => send()));
    const thaw = await freezeConnections(own.server.databaseUrl, POOL);
    try {
      // The key is remembered, that it was revoked would be heard of beside the pool.
      const remembered = operations.find(({ name }) => name === 'verification');
      expect((await remembered?.send())?.status).toBe(200);
      const withoutQuery = ['unknown API key', 'verification'];
      const asked = operations.filter(({ name }) => !withoutQuery.includes(name));
      // Neither does whoever has a connection wait for ever, nor does anyone get the dead ones.
      const answers = await Promise.all(asked.map(({ send }) => send()));
      for (const [index, { dialect }] of asked.entries()) {
        expectUnavailable(answers[index]!, dialect);
      }
      await recovery();
    } finally {
      thaw();
    }
    await recovery();
  });

  it('S51: gives up a statement that takes 2 s', async () => {
    const lock = await lockAuditLog(own.server.databaseUrl);
    try {
      const creation = await own.call<unknown>('POST', '/v1/projects', {
        body: { organization_id: own.organizationId, name: 'Slow' },
      });
      expectUnavailable(creation, 'keycap');
    } finally {
      await lock.release();
    }
  });
});

describe('A8: COMMIT itself fails', () => {
  const FAIL = `
    CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$;
    CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON audit_events
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit()`;

  it('is 503 and no change, not 2xx', async () => {
    const before = await projects();
    await inDatabase(FAIL, [], own.server.databaseUrl);
    try {
      for (const { name, dialect, send } of operations) {
        if (name === 'creation') expectUnavailable(await send(), dialect);
      }
    } finally {
      await inDatabase('DROP FUNCTION fail_at_commit CASCADE', [], own.server.databaseUrl);
    }
    expect(await projects()).toBe(before);
  });
});

it('logs what happened, with the request id, and nothing of the values', async () => {
  const bringBack = await takeAway(own.server.databaseUrl);
  const { headers } = await own.call('GET', '/v1/me');
  await bringBack();
  const id = headers.get('x-request-id') ?? '';
  const lines = own.server
    .log()
    .split('\n')
    .filter((line) => line.includes(id))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([
    expect.objectContaining({ request_id: id, code: 'unavailable', msg: 'failed' }),
    expect.objectContaining({ request_id: id, route: '/v1/me', status: 503, msg: 'answered' }),
  ]);
});
