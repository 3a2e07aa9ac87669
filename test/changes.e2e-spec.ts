import { resolve } from 'node:path';
import pg from 'pg';
import { untilEveryNodeKnows } from './support/changes.js';
import { type DatabaseProxy, startDatabaseProxy } from './support/database-proxy.js';
import { ask, call, type CallOptions, inDatabase, type Method } from './support/keycap.js';
import type { StatisticsAnswer } from '../src/operators/statistics.dto.js';
import { type IssuedSecret } from './support/oauth-clients.js';
import { configuredToken } from './support/operator.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  createDatabase,
  startServer,
  type TestDatabase,
  type TestServer,
} from './support/servers.js';
import { until } from './support/until.js';
import { type Issued, uuidOf, VERIFY, WELL_FORMED } from './support/verification.js';

const [RESOURCE_SERVER, RESOURCE_SERVERS] = configuredToken('kcr', 'host');
const [OPERATOR, OPERATORS] = configuredToken('kco', 'tests');
const ENV = {
  KEYCAP_PUBLIC_URL: 'https://auth.keycap.test',
  KEYCAP_RESOURCE_SERVERS: RESOURCE_SERVERS,
  KEYCAP_OPERATOR_TOKENS: OPERATORS,
};
const COUNTING = {
  ...ENV,
  NODE_OPTIONS: `--import=${resolve(import.meta.dirname, 'support/count-statements.mjs')}`,
};

let database: TestDatabase;
/** Where changes are made. */
let own: OwnServer;
/** Another node of the same database, whose log has every statement. */
let other: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  own = await startOwnServer({ database: database.url, env: ENV });
  other = await startServer({ database: database.url, env: COUNTING });
});
afterAll(async () => {
  await Promise.all([own.server.stop(), other.stop()]);
  await database.drop();
});

const issueKey = async (more: object = {}): Promise<Issued> => {
  const body = { name: 'Remembered', scopes: ['backups:read'], ...more };
  return (await own.call<Issued>('POST', `${own.path}/api-keys`, { body })).body;
};

const issueClient = async (more: object = {}): Promise<IssuedSecret> => {
  const body = { name: 'Remembered', scopes: ['read', 'introspection'], ...more };
  return (await own.call<IssuedSecret>('POST', `${own.path}/oauth-clients`, { body })).body;
};

async function tokenOf({ basic_credential }: IssuedSecret): Promise<string> {
  const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    url: own.url,
    as: `Basic ${basic_credential}`,
    form: { grant_type: 'client_credentials', scope: 'read' },
  });
  return access_token;
}

async function codeAt(url: string, key: Issued, more: object = {}): Promise<string> {
  const { body } = await call<{ code: string }>('POST', VERIFY, {
    url,
    as: RESOURCE_SERVER,
    body: { api_key: key.plaintext_api_key, ...more },
  });
  return body.code;
}

async function isActiveAt(url: string, token: string): Promise<boolean> {
  const { body } = await call<{ active: boolean }>('POST', '/o/introspect/', {
    url,
    as: RESOURCE_SERVER,
    form: { token },
  });
  return body.active;
}

/** Whether the client's own credentials are good there. */
async function provesAt(url: string, { basic_credential }: IssuedSecret): Promise<boolean> {
  const answer = await call('POST', '/o/introspect/', {
    url,
    as: `Basic ${basic_credential}`,
    form: { token: 'x' },
  });
  return answer.status === 200;
}

async function everyNodeKnows(): Promise<void> {
  const client = await connected();
  await untilEveryNodeKnows(async (sql, values = []) => {
    const { rows } = await client.query<pg.QueryResultRow>(sql, [...values]);
    return rows;
  });
  await client.end();
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
}

/** A change by the owner; anything but success fails the test. */
async function must(method: Method, path: string, options: CallOptions = {}): Promise<void> {
  const { status, text } = await own.call(method, path, options);
  if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
}

/** Asks both nodes, makes the change at the first one, and asks both again. */
async function beforeAndAfter<T>(
  question: (url: string) => Promise<T>,
  change: () => Promise<unknown>,
): Promise<{ readonly before: T[]; readonly after: T[] }> {
  const before = [await question(own.url), await question(other.url)];
  await change();
  const here = await question(own.url);
  await everyNodeKnows();
  return { before, after: [here, await question(other.url)] };
}

describe('what one node changes, the others know', () => {
  const keys: [string, (key: Issued) => Promise<unknown>, string][] = [
    ['revoked', ({ api_key }) => must('DELETE', `${own.path}/api-keys/${api_key.id}`), 'revoked'],
    [
      'disabled',
      ({ api_key }) =>
        must('PATCH', `${own.path}/api-keys/${api_key.id}`, { body: { is_active: false } }),
      'disabled',
    ],
    [
      'rotated',
      ({ api_key }) =>
        must('POST', `${own.path}/api-keys/${api_key.id}/rotate`, {
          body: { overlap_seconds: 0 },
        }),
      'expired',
    ],
  ];
  it.each(keys)('of a key that was %s', async (_, change, code) => {
    const key = await issueKey();
    const { before, after } = await beforeAndAfter(
      (url) => codeAt(url, key),
      () => change(key),
    );
    expect({ before, after }).toEqual({ before: ['valid', 'valid'], after: [code, code] });
  });

  it('of a key that was enabled again', async () => {
    const key = await issueKey();
    const path = `${own.path}/api-keys/${key.api_key.id}`;
    await must('PATCH', path, { body: { is_active: false } });
    const { before, after } = await beforeAndAfter(
      (url) => codeAt(url, key),
      () => must('PATCH', path, { body: { is_active: true } }),
    );
    expect({ before, after }).toEqual({
      before: ['disabled', 'disabled'],
      after: ['valid', 'valid'],
    });
  });

  it('of a project that was deleted, and of one that was made', async () => {
    const key = await issueKey();
    const body = { organization_id: own.organizationId, name: 'Gone' };
    const made = await own.call<{ project: { id: string } }>('POST', '/v1/projects', { body });
    const { id } = made.body.project;
    const { before, after } = await beforeAndAfter(
      (url) => codeAt(url, key, { project_id: id }),
      () => must('DELETE', `/v1/projects/${id}`),
    );
    const gone = ['project_mismatch', 'project_mismatch'];
    expect({ before, after }).toEqual({ before: ['valid', 'valid'], after: gone });
  });

  it('of a policy, and of what its maker is', async () => {
    const key = await issueKey({ scopes: ['members:read', 'api_keys:read'] });
    const ask = (url: string) => codeAt(url, key, { scope: 'api_keys:read' });
    const allow = (scopes: string[] | null) => () =>
      must('PATCH', own.path, {
        body: { policy: { allowed_scopes: scopes && { value: scopes, mode: 'enforced' } } },
      });
    const narrowed = await beforeAndAfter(ask, allow(['members:read']));
    expect(narrowed.after).toEqual(['scope_missing', 'scope_missing']);
    const widened = await beforeAndAfter(ask, allow(null));
    expect(widened.after).toEqual(['valid', 'valid']);
  });

  it.each(['opaque', 'jwt'])('of a token (%s) that was revoked', async (token_format) => {
    const client = await issueClient({ token_format });
    const token = await tokenOf(client);
    const { before, after } = await beforeAndAfter(
      (url) => isActiveAt(url, token),
      () =>
        must('POST', '/o/revoke_token/', {
          as: `Basic ${client.basic_credential}`,
          form: { token },
        }),
    );
    expect({ before, after }).toEqual({ before: [true, true], after: [false, false] });
  });

  const ends: [string, (client: IssuedSecret) => Promise<unknown>][] = [
    [
      'client',
      ({ oauth_client }) =>
        must('POST', `${own.path}/oauth-clients/${oauth_client.client_id}/revoke-tokens`),
    ],
    ['organization', () => must('POST', `${own.path}/oauth-clients/revoke-tokens`)],
    [
      'deleted client',
      ({ oauth_client }) => must('DELETE', `${own.path}/oauth-clients/${oauth_client.client_id}`),
    ],
    [
      'disabled client',
      ({ oauth_client }) =>
        must('PATCH', `${own.path}/oauth-clients/${oauth_client.client_id}`, {
          body: { is_active: false },
        }),
    ],
  ];
  it.each(ends)('of all tokens of a %s', async (_, change) => {
    const client = await issueClient();
    const token = await tokenOf(client);
    const { before, after } = await beforeAndAfter(
      (url) => isActiveAt(url, token),
      () => change(client),
    );
    expect({ before, after }).toEqual({ before: [true, true], after: [false, false] });
  });

  it("of a client's secret that was revoked, and of one that was added", async () => {
    const client = await issueClient();
    const path = `${own.path}/oauth-clients/${client.oauth_client.client_id}/secrets`;
    const { before, after } = await beforeAndAfter(
      (url) => provesAt(url, client),
      () => must('DELETE', `${path}/${client.secret.id}`),
    );
    expect({ before, after }).toEqual({ before: [true, true], after: [false, false] });
    const added = await own.call<IssuedSecret>('POST', path, { body: {} });
    await everyNodeKnows();
    expect(await Promise.all([own.url, other.url].map((url) => provesAt(url, added.body)))).toEqual(
      [true, true],
    );
  });

  it('of an organization that was suspended, and of one that was resumed', async () => {
    const key = await issueKey();
    const operate = (what: string, body: object) => () =>
      call('POST', `/v1/admin/organizations/${own.organizationId}/${what}`, {
        url: own.url,
        as: OPERATOR,
        body,
      });
    const suspended = await beforeAndAfter(
      (url) => codeAt(url, key),
      operate('suspend', { reason: 'a test' }),
    );
    const resumed = await beforeAndAfter((url) => codeAt(url, key), operate('resume', {}));
    expect([suspended.after, resumed.after]).toEqual([
      ['organization_suspended', 'organization_suspended'],
      ['valid', 'valid'],
    ]);
  });
});

describe('the log of changes', () => {
  const revoke = (key: Issued, client?: pg.Client) => {
    const statement = 'UPDATE api_keys SET revoked_at = now() WHERE id = $1';
    const values = [uuidOf(key.api_key.id)];
    return client ? client.query(statement, values) : inDatabase(statement, values, database.url);
  };

  it('shows what is committed while an earlier transaction is still open, and that one when it ends', async () => {
    const [early, late] = [await issueKey(), await issueKey()];
    const codes = async () => [await codeAt(other.url, early), await codeAt(other.url, late)];
    const holder = await connected();
    await holder.query('BEGIN');
    await revoke(early, holder);
    const before = await codes();
    await revoke(late);
    const between = await codes();
    // What commits meanwhile moves nobody past the transaction that is open.
    await revoke(await issueKey());
    await holder.query('COMMIT');
    await holder.end();
    await everyNodeKnows();
    expect([before, between, await codes()]).toEqual([
      ['valid', 'valid'],
      ['valid', 'revoked'],
      ['revoked', 'revoked'],
    ]);
  });

  it('is written by every column of what is remembered, the last use aside', async () => {
    const unwatched = await inDatabase<{ column: string }>(
      `SELECT c.table_name || '.' || c.column_name AS column
         FROM information_schema.columns c
        WHERE c.table_schema = 'public'
          AND c.table_name IN (
            SELECT event_object_table FROM information_schema.triggers
             WHERE trigger_name = 'keycap_note_change')
          AND NOT EXISTS (
            SELECT FROM information_schema.triggers t
              LEFT JOIN information_schema.triggered_update_columns u
                ON u.trigger_name = t.trigger_name AND u.event_object_table = t.event_object_table
             WHERE t.trigger_name = 'keycap_note_change' AND t.event_manipulation = 'UPDATE'
               AND t.event_object_table = c.table_name
               AND (u.event_object_column IS NULL OR u.event_object_column = c.column_name))
        ORDER BY 1`,
      [],
      database.url,
    );
    expect(unwatched.map(({ column }) => column)).toEqual([
      'api_keys.last_used_at',
      'api_keys.last_used_ip',
      'api_keys.last_used_user_agent',
      'oauth_client_secrets.last_used_at',
      'oauth_client_secrets.last_used_ip',
      'oauth_clients.last_used_at',
      // Of a person only whether he is disabled.
      'users.created_at',
      'users.email',
      'users.email_verified_at',
      'users.name',
      'users.password_hash',
      'users.updated_at',
    ]);
  });

  it('has no row for a token that was issued, nor for the use of a key', async () => {
    const rows = async () => (await inDatabase('SELECT FROM changes', [], database.url)).length;
    const client = await issueClient();
    const key = await issueKey();
    const before = await rows();
    await tokenOf(client);
    await codeAt(own.url, key);
    expect(await rows()).toBe(before);
  });
});

it('goes on where changes pile up behind a transaction that stays open', async () => {
  const key = await issueKey();
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT pg_current_xact_id()');
  // So many that a read of all of them would take longer than the lease lasts.
  await inDatabase(
    `INSERT INTO changes (transaction_id, subject, changed_at)
     SELECT pg_current_xact_id()::text::bigint, 'project ' || n, now()
       FROM generate_series(1, 500000) n`,
    [],
    database.url,
  );
  const answersFromMemory = async (): Promise<boolean> => {
    const { change_log: log } = await ask<StatisticsAnswer>('GET', '/v1/admin/stats', {
      url: other.url,
      as: OPERATOR,
    });
    return log.answers_from_memory;
  };
  await untilEveryNodeKnows((sql, values) => inDatabase(sql, values, database.url));
  expect(await codeAt(other.url, key)).toBe('valid');
  await until('the log is followed', answersFromMemory);
  await must('DELETE', `${own.path}/api-keys/${key.api_key.id}`);
  await until('the revocation is known', async () => (await codeAt(other.url, key)) === 'revoked');
  await holder.query('COMMIT');
  await holder.end();
  await inDatabase("DELETE FROM changes WHERE subject LIKE 'project %'", [], database.url);
});

describe('A12: what was revoked', () => {
  it('stays revoked when every node was killed', async () => {
    const key = await issueKey();
    const started = () => startServer({ database: database.url, env: ENV });
    const first = await started();
    expect(await codeAt(first.url, key)).toBe('valid');
    await must('DELETE', `${own.path}/api-keys/${key.api_key.id}`);
    await first.kill('SIGKILL');
    const second = await started();
    expect(await codeAt(second.url, key)).toBe('revoked');
    await second.stop();
  });
});

describe('what was looked up before', () => {
  /** The statements that the other node has sent for these requests. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    // What earlier tests have left to be written in the background is of no interest.
    const interesting = /FROM "?(?:api_keys|access_tokens|oauth_clients|organizations|projects)\b/;
    const start = other.log().length;
    await work();
    const lines = other.log().slice(start).split('\n');
    return lines.filter((line) => line.startsWith('statement: ') && interesting.test(line));
  }

  it('costs no statement', async () => {
    const key = await issueKey();
    const client = await issueClient();
    const token = await tokenOf(client);
    const body = { api_key: key.plaintext_api_key };
    const basic = `Basic ${client.basic_credential}`;
    const requests = async () => [
      await call('POST', VERIFY, { url: other.url, as: RESOURCE_SERVER, body }),
      await call('POST', VERIFY, { url: other.url, as: basic, body }),
      await call('POST', '/o/introspect/', { url: other.url, as: basic, form: { token } }),
      await call('GET', '/v1/me', { url: other.url, as: key.plaintext_api_key }),
      await call('GET', '/v1/me', { url: other.url, as: token }),
    ];
    const cold = await statementsOf(requests);
    expect(cold.length).toBeGreaterThan(3);
    const [...answers] = await requests();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await statementsOf(requests)).toEqual([]);
  });

  it('costs nothing where it cannot be a credential', async () => {
    const malformed = `${WELL_FORMED.slice(0, -1)}6`;
    const requests = async () => {
      const body = { api_key: malformed };
      await call('POST', VERIFY, { url: other.url, as: RESOURCE_SERVER, body });
      await call('GET', '/v1/me', { url: other.url, as: malformed });
      await call('GET', '/v1/me', { url: other.url, as: 'x'.repeat(47) });
    };
    expect(await statementsOf(requests)).toEqual([]);
  });

  it('is asked for once where twenty ask at once', async () => {
    const key = await issueKey();
    const statements = await statementsOf(async () => {
      const codes = await Promise.all(Array.from({ length: 20 }, () => codeAt(other.url, key)));
      expect(new Set(codes)).toEqual(new Set(['valid']));
    });
    expect(statements).toHaveLength(1);
  });
});

describe('a node that does not hear of changes', () => {
  let proxy: DatabaseProxy;
  let node: TestServer;
  afterEach(async () => {
    await node.kill('SIGKILL');
    await proxy.close();
  });
  const revoke = ({ api_key }: Issued) => must('DELETE', `${own.path}/api-keys/${api_key.id}`);

  it('asks the database for each request, once its lease is over', async () => {
    const key = await issueKey();
    proxy = await startDatabaseProxy(database.url);
    node = await startServer({ database: proxy.url, env: ENV });
    expect(await codeAt(node.url, key)).toBe('valid');
    proxy.hold('keycap changes');
    await revoke(key);
    await until(
      'the node asks the database',
      async () => (await codeAt(node.url, key)) === 'revoked',
    );
    proxy.release();
  });

  it('reads the log all the same where hints do not reach it, and says so', async () => {
    const key = await issueKey();
    proxy = await startDatabaseProxy(database.url, { forwardsHints: false });
    node = await startServer({ database: proxy.url, env: ENV });
    await until('it is in the log', () => node.log().includes('LISTEN does not reach'));
    expect(await codeAt(node.url, key)).toBe('valid');
    await revoke(key);
    await everyNodeKnows();
    expect(await codeAt(node.url, key)).toBe('revoked');
  });

  it('finds out by itself that its connection is gone, and takes another', async () => {
    const key = await issueKey();
    proxy = await startDatabaseProxy(database.url);
    node = await startServer({ database: proxy.url, env: ENV });
    expect(await codeAt(node.url, key)).toBe('valid');
    await inDatabase(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'keycap changes'`,
      [],
      database.url,
    );
    await revoke(key);
    await until('the node knows', async () => (await codeAt(node.url, key)) === 'revoked');
  });

  it('row 6: says no to what it is asked while it is stopped, a second after the change', async () => {
    const key = await issueKey();
    proxy = await startDatabaseProxy(database.url);
    node = await startServer({ database: proxy.url, env: ENV });
    expect(await codeAt(node.url, key)).toBe('valid');
    process.kill(node.pid, 'SIGSTOP');
    await revoke(key);
    const passed =
      'SELECT now() > revoked_at + $2::interval AS is_late FROM api_keys WHERE id = $1';
    await until('the bound is over', async () => {
      const values = [uuidOf(key.api_key.id), '1 s'];
      const [row] = await inDatabase<{ is_late: boolean }>(passed, values, database.url);
      return row?.is_late;
    });
    const asked = codeAt(node.url, key);
    process.kill(node.pid, 'SIGCONT');
    expect(await asked).toBe('revoked');
  });
});
