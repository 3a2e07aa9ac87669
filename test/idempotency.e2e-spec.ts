import { randomUUID } from 'node:crypto';
import { lockAuditLog } from './support/database-faults.js';
import { call, inDatabase, newOrganization } from './support/keycap.js';
import type { Answer, ErrorBody, TestOrganization } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import type { OwnServer } from './support/own-server.js';
import { exchangeOne, request } from './support/raw-http.js';
import { startServer } from './support/servers.js';

interface IssuedKey {
  readonly api_key: { readonly id: string };
  readonly plaintext_api_key: string | null;
}

/** Between two looks at what the server does now and then. */
const PAUSE = 'SELECT pg_sleep(0.2)';
const KEY = { name: 'Nightly job', scopes: ['jobs:read'] };

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

/** Sends a POST with an `Idempotency-Key`, as the owner unless told otherwise. */
function post<T = ErrorBody>(
  path: string,
  body: object,
  key: string,
  more: { as?: string; url?: string; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const headers = { 'idempotency-key': key, ...more.headers };
  return call<T>('POST', path, { as: organization.owner.session, body, ...more, headers });
}

const createKey = (key: string, body: object = KEY): Promise<Answer<IssuedKey>> =>
  post<IssuedKey>(`${organization.path}/api-keys`, body, key);

async function countKeys(): Promise<number> {
  const { body } = await call<{ api_keys: unknown[] }>('GET', `${organization.path}/api-keys`, {
    as: organization.owner.session,
  });
  return body.api_keys.length;
}

const replayed = ({ headers }: Answer<unknown>): string | null =>
  headers.get('idempotency-replayed');

describe('a repetition', () => {
  it('gets the first answer, status and body, and makes nothing', async () => {
    const key = randomUUID();
    const first = await createKey(key);
    const before = await countKeys();
    const second = await createKey(key);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    expect([second.status, replayed(second)]).toEqual([201, 'true']);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await countKeys()).toBe(before);
  });

  it('is one however its path is spelled and its members are ordered', async () => {
    const key = randomUUID();
    const first = await createKey(key);
    const { status, text } = await post(
      `${organization.path}/api%2dkeys/`,
      { scopes: KEY.scopes, name: KEY.name },
      key,
    );
    expect([status, text]).toEqual([201, first.text]);
  });

  it('with another body is 422', async () => {
    const key = randomUUID();
    await createKey(key);
    const { status, body } = await post(
      `${organization.path}/api-keys`,
      { ...KEY, name: 'Another' },
      key,
    );
    expect([status, body]).toEqual([
      422,
      {
        error: 'this Idempotency-Key was used for a request with another body',
        code: 'idempotency_key_reused',
        request_id: expect.any(String) as unknown,
      },
    ]);
  });

  it('of a final refusal gets that refusal', async () => {
    const key = randomUUID();
    const body = { ...KEY, scopes: ['no:such'] };
    const first = await post(`${organization.path}/api-keys`, body, key);
    const second = await post(`${organization.path}/api-keys`, body, key);
    expect([first.status, first.body.code, replayed(first)]).toEqual([400, 'invalid_scope', null]);
    expect([second.status, second.text, replayed(second)]).toEqual([400, first.text, 'true']);
  });

  it('by another principal, at another path, or with another key is a first request', async () => {
    const key = randomUUID();
    const first = await createKey(key);
    const admin = await organization.member('admin');
    const machine = await organization.apiKey({ scopes: ['*'] });
    const others = await Promise.all([
      post<IssuedKey>(`${organization.path}/api-keys`, KEY, key, { as: admin.session }),
      post<IssuedKey>(`${organization.path}/api-keys`, KEY, key, { as: machine.plaintext }),
      createKey(randomUUID()),
    ]);
    const ids = [first, ...others].map(({ body }) => body.api_key.id);
    expect(new Set(ids).size).toBe(4);
    const project = await post(
      '/v1/projects',
      { organization_id: organization.id, name: 'A' },
      key,
    );
    expect([project.status, replayed(project)]).toEqual([201, null]);
  });

  it('still needs a credential, and the right to do it', async () => {
    const key = randomUUID();
    const admin = await organization.member('admin');
    const path = `${organization.path}/api-keys`;
    expect((await post(path, KEY, key, { as: admin.session })).status).toBe(201);
    expect(
      (await call('POST', path, { body: KEY, headers: { 'idempotency-key': key } })).status,
    ).toBe(401);
    await call('PATCH', `${organization.path}/members/${admin.id}`, {
      as: organization.owner.session,
      body: { role: 'member' },
    });
    const repeated = await post(path, KEY, key, { as: admin.session });
    expect([repeated.status, replayed(repeated)]).toEqual([403, null]);
  });

  it('in another session of the same person is a repetition', async () => {
    const key = randomUUID();
    const first = await createKey(key);
    const { email, password } = organization.owner;
    const signedIn = await call<{ session_token: string }>('POST', '/v1/sessions', {
      body: { email, password },
    });
    const { text } = await post(`${organization.path}/api-keys`, KEY, key, {
      as: signedIn.body.session_token,
    });
    expect(text).toBe(first.text);
  });
});

describe('the key', () => {
  const path = (): string => `${organization.path}/api-keys`;

  it.each(['', 'x'.repeat(256), 'a\tb', 'ä'])('400 for %j', async (key) => {
    const answer = await exchangeOne(
      request(
        'POST',
        path(),
        [
          'Content-Type: application/json',
          `Authorization: Bearer ${organization.owner.session}`,
          `Idempotency-Key: ${key}`,
        ],
        JSON.stringify(KEY),
      ),
    );
    expect([answer.status, (JSON.parse(answer.body) as ErrorBody).fields]).toEqual([
      400,
      { 'Idempotency-Key': ['Idempotency-Key must be 1 to 255 printable characters'] },
    ]);
  });

  it.each(['!', ' spaced out ~', 'x'.repeat(255)])('may be %j', async (key) => {
    expect((await createKey(key)).status).toBe(201);
  });

  it('may come only once', async () => {
    const headers = ['Idempotency-Key: a', 'Idempotency-Key: b'];
    const answer = await exchangeOne(request('POST', path(), headers));
    expect([answer.status, (JSON.parse(answer.body) as ErrorBody).error]).toEqual([
      400,
      'send one idempotency-key header',
    ]);
  });

  it('means nothing where nothing is created', async () => {
    const key = randomUUID();
    const { email, password } = organization.owner;
    const tokens = await Promise.all(
      [1, 2].map(async () => {
        const answer = await call<{ session_token: string }>('POST', '/v1/sessions', {
          body: { email, password },
          headers: { 'idempotency-key': key },
        });
        return answer.body.session_token;
      }),
    );
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('S63: fifty at once', () => {
  it('make one thing, on two servers too', async () => {
    const own = await startOwnServer();
    const second = await startServer({ database: own.server.databaseUrl });
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        post<IssuedKey & ErrorBody>(`${own.path}/api-keys`, KEY, key, {
          as: own.session,
          url: index % 2 === 0 ? own.url : second.url,
        }),
      ),
    );
    const made = answers.filter((answer) => answer.status === 201);
    const others = answers.filter((answer) => answer.status !== 201);
    expect(made.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const { status, body, headers } of others) {
      expect([status, body.code, headers.get('retry-after')]).toEqual([
        409,
        'idempotency_in_progress',
        '1',
      ]);
    }
    const { body } = await own.call<{ api_keys: unknown[] }>('GET', `${own.path}/api-keys`);
    expect(body.api_keys).toHaveLength(1);
    await second.stop();
    await own.server.stop();
  });
});

describe('secrets', () => {
  it.each([
    ['api-keys', KEY, ['plaintext_api_key']],
    ['oauth-clients', { name: 'A' }, ['client_secret', 'basic_credential']],
    ['invitations', { email: 'a@keycap.test', role: 'member' }, ['accept_url']],
  ] as const)('of %s are replayed for a minute and then null', async (list, body, members) => {
    const key = randomUUID();
    const path = `${organization.path}/${list}`;
    const first = await post<Record<string, unknown>>(path, body, key);
    expect(first.status).toBe(201);
    for (const member of members) expect(first.body[member]).toEqual(expect.any(String));
    expect((await post(path, body, key)).text).toBe(first.text);

    await letPass('61 seconds', first.text);
    const late = await post<Record<string, unknown>>(path, body, key);
    expect([late.status, replayed(late)]).toEqual([201, 'true']);
    const nulls = Object.fromEntries(members.map((member) => [member, null]));
    expect(late.body).toEqual({ ...first.body, ...nulls });
  });

  it('of an added client secret are replayed for a minute and then null', async () => {
    const client = await organization.client();
    const path = `${organization.path}/oauth-clients/${client.id}/secrets`;
    const key = randomUUID();
    const first = await post<{ client_secret: string }>(path, { label: 'B' }, key);
    expect(first.body.client_secret).toMatch(/^[0-9A-Za-z]{43,}$/);
    expect((await post(path, { label: 'B' }, key)).text).toBe(first.text);
    await letPass('61 seconds', first.text);
    const late = await post(path, { label: 'B' }, key);
    expect(late.body).toEqual({ ...first.body, client_secret: null, basic_credential: null });
  });

  it('are nowhere in the database, and what is encrypted is erased', async () => {
    const key = randomUUID();
    const first = await createKey(key);
    const secret = first.body.plaintext_api_key ?? '';
    const stored = await records(first.body.api_key.id);
    expect(stored).toEqual([
      { body: expect.not.stringContaining(secret) as unknown, sealed: true },
    ]);
    const leaks = await inDatabase(
      `SELECT 1 FROM idempotency_records record
        WHERE position($1 IN record::text) > 0
           OR position(convert_to($1, 'UTF8') IN record.sealed_body) > 0`,
      [secret],
    );
    expect(leaks).toEqual([]);

    await letPass('61 seconds', first.text);
    while ((await records(first.body.api_key.id))[0]?.sealed) await inDatabase(PAUSE);
    expect(await records(first.body.api_key.id)).toEqual([
      { body: stored[0]?.body, sealed: false },
    ]);
  });

  it('S56: a sealed answer that is moved to another record does not open there', async () => {
    const [one, other] = [await createKey('seal 1'), await createKey('seal 2')];
    await inDatabase(
      `UPDATE idempotency_records SET sealed_body =
         (SELECT sealed_body FROM idempotency_records WHERE position($1 IN body) > 0)
       WHERE position($2 IN body) > 0`,
      [one.body.api_key.id, other.body.api_key.id],
    );
    const moved = await createKey('seal 2');
    expect(moved.body).toEqual({ ...other.body, plaintext_api_key: null });
  });

  /** What is kept of an answer that holds `text`. */
  function records(text: string): Promise<{ body: string; sealed: boolean }[]> {
    return inDatabase(
      `SELECT body, sealed_body IS NOT NULL AS sealed FROM idempotency_records
        WHERE position($1 IN body) > 0`,
      [text],
    );
  }

  /** Makes the record of an answer older. */
  async function letPass(time: string, answer: string): Promise<void> {
    const id = /"(?:(?:key|inv|sec)_[0-9a-z]{26})"/.exec(answer)?.[0] ?? '';
    const changed = await inDatabase(
      `UPDATE idempotency_records SET completed_at = completed_at - $1::interval
        WHERE position($2 IN body) > 0 RETURNING 1`,
      [time, id],
    );
    expect(changed).toHaveLength(1);
  }
});

describe('a run that does not end well', () => {
  let own: OwnServer;
  let projects: string;

  beforeAll(async () => {
    own = await startOwnServer();
    projects = '/v1/projects';
  });

  afterAll(() => own.server.stop());

  const create = (key: string, name = 'A', url = own.url): Promise<Answer<ErrorBody>> =>
    post(projects, { organization_id: own.organizationId, name }, key, { as: own.session, url });

  async function countProjects(): Promise<number> {
    const [row] = await inDatabase<{ count: number }>(
      'SELECT count(*)::int AS count FROM projects',
      [],
      own.server.databaseUrl,
    );
    return row?.count ?? 0;
  }

  const makeOlder = (): Promise<unknown[]> =>
    inDatabase(
      `UPDATE idempotency_records SET started_at = started_at - interval '31 seconds',
              committed_at = committed_at - interval '31 seconds' WHERE completed_at IS NULL`,
      [],
      own.server.databaseUrl,
    );

  it('with 503 is not kept: a repetition runs', async () => {
    const key = randomUUID();
    const before = await countProjects();
    const lock = await lockAuditLog(own.server.databaseUrl);
    const first = await create(key);
    await lock.release();
    expect(first.status).toBe(503);
    const second = await create(key);
    expect([second.status, replayed(second)]).toEqual([201, null]);
    expect(await countProjects()).toBe(before + 1);
  });

  it('at COMMIT is not kept: a repetition runs', async () => {
    const key = randomUUID();
    const before = await countProjects();
    await inDatabase(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$;
       CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON projects
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
      [],
      own.server.databaseUrl,
    );
    const first = await create(key);
    await inDatabase('DROP FUNCTION fail CASCADE', [], own.server.databaseUrl);
    expect([first.status, await countProjects()]).toEqual([503, before]);
    expect((await create(key)).status).toBe(201);
  });

  it('while it runs: 409 with Retry-After', async () => {
    const key = randomUUID();
    const lock = await lockAuditLog(own.server.databaseUrl);
    const first = create(key);
    await lock.waiters();
    const second = await create(key);
    const other = await create(key, 'B');
    await lock.release();
    expect([second.status, second.body.code, second.headers.get('retry-after')]).toEqual([
      409,
      'idempotency_in_progress',
      '1',
    ]);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await first).status).toBe(201);
    expect(replayed(await create(key))).toBe('true');
  });

  it('because its process died before the commit: taken over after 30 s', async () => {
    const key = randomUUID();
    const before = await countProjects();
    const second = await startServer({ database: own.server.databaseUrl });
    const lock = await lockAuditLog(own.server.databaseUrl);
    const first = create(key, 'A', second.url).catch(() => null);
    await lock.waiters();
    await second.kill('SIGKILL');
    await lock.release();
    expect(await first).toBeNull();
    expect((await create(key)).body.code).toBe('idempotency_in_progress');
    await makeOlder();
    const taken = await create(key);
    expect([taken.status, replayed(taken)]).toEqual([201, null]);
    expect(await countProjects()).toBe(before + 1);
  });

  it('because its process died after the commit: said so, and not done twice', async () => {
    const key = randomUUID();
    const before = await countProjects();
    await create(key);
    // As if the process had ended between the commit and keeping its answer.
    await inDatabase(
      `UPDATE idempotency_records SET completed_at = NULL, status = NULL, body = NULL
        WHERE started_at = (SELECT max(started_at) FROM idempotency_records)`,
      [],
      own.server.databaseUrl,
    );
    expect((await create(key)).body.code).toBe('idempotency_in_progress');
    await makeOlder();
    const { status, body } = await create(key);
    expect([status, body.code]).toEqual([409, 'idempotency_answer_lost']);
    expect(await countProjects()).toBe(before + 1);
  });

  it('and was taken over: it can neither commit nor complete any more', async () => {
    const key = randomUUID();
    const before = await countProjects();
    const lock = await lockAuditLog(own.server.databaseUrl);
    const slow = create(key);
    await lock.waiters();
    await makeOlder();
    const next = create(key);
    await lock.waiters(2);
    await lock.release();
    const statuses = [(await slow).status, (await next).status];
    expect(statuses).toEqual([409, 201]);
    expect(await countProjects()).toBe(before + 1);
    expect((await create(key)).text).toBe((await next).text);
  });

  it('expires after 24 hours, and is removed', async () => {
    const key = randomUUID();
    const first = await create(key);
    await inDatabase(
      `UPDATE idempotency_records SET expires_at = expires_at - interval '24 hours'`,
      [],
      own.server.databaseUrl,
    );
    const again = await create(key, 'B');
    expect([first.status, again.status, replayed(again)]).toEqual([201, 201, null]);
    const expired = (): Promise<unknown[]> =>
      inDatabase(
        'SELECT 1 FROM idempotency_records WHERE expires_at <= now()',
        [],
        own.server.databaseUrl,
      );
    while ((await expired()).length > 0) await inDatabase(PAUSE);
    expect((await create(key, 'B')).text).toBe(again.text);
  });
});
