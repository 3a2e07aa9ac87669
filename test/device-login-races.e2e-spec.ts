import pg from 'pg';
import { decodeId } from '../src/access/ids.js';
import type { TestLogin } from './support/device-logins.js';
import {
  approve,
  changeLogin,
  deny,
  outcomeOf,
  poll,
  startLogin,
} from './support/device-logins.js';
import { byExtent } from './support/extent.js';
import type { Person, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import type { TestServer } from './support/servers.js';
import { startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

/** Rounds of each race: 10,000 in all in the soak. */
const ROUNDS = byExtent({ quick: 15, thorough: 30, soak: 2000 });
const AT_ONCE = 10;
/** Rounds after which an organization has enough keys, and its people sign in anew. */
const IN_ONE_ORGANIZATION = 50;

/** Two server processes on one database. */
let second: TestServer;
let urls: readonly [string, string];

beforeAll(async () => {
  second = await startServer({ database: testVariable('KEYCAP_TEST_DATABASE_URL') });
  urls = [testVariable('KEYCAP_TEST_URL'), second.url];
});

afterAll(() => second.stop());

/** A login in an organization that is replaced now and then. */
async function* rounds(
  count = ROUNDS,
): AsyncGenerator<{ round: number; org: TestOrganization; login: TestLogin }> {
  let org = await newOrganization();
  for (let round = 0; round < count; round++) {
    if (round > 0 && round % IN_ONE_ORGANIZATION === 0) org = await newOrganization();
    yield { round, org, login: await startLogin({ name: `Round ${String(round)}` }) };
  }
}

/** What is left of a login: keys, and events that say so. */
async function tracesOf({ id }: TestLogin): Promise<{ keys: number; created: number }> {
  const [row] = await inDatabase<{ keys: number; created: number }>(
    `SELECT count(k.*)::int AS keys, count(*)::int AS created
       FROM audit_events e
       LEFT JOIN api_keys k ON k.created_at >= now() - interval '1 hour'
        AND k.organization_id = e.organization_id AND k.key_prefix = e.metadata ->> 'key_prefix'
      WHERE e.action = 'api_key.created' AND e.metadata ->> 'device_login_id' = $1`,
    [id],
  );
  return row!;
}

const eventsOf = async ({ id }: TestLogin): Promise<string[]> => {
  const rows = await inDatabase<{ action: string }>(
    "SELECT action FROM audit_events WHERE target_id = $1 AND action LIKE 'device_login.%'",
    [id],
  );
  return rows.map(({ action }) => action).toSorted();
};

const ONE = { keys: 1, created: 1 };
const NONE = { keys: 0, created: 0 };

it('A14: of 10 parallel polls at two servers one gets the key', async () => {
  const losses = Array.from({ length: AT_ONCE - 1 }, () => '410 device_login_delivered');
  for await (const { org, login } of rounds()) {
    expect(outcomeOf(await approve(org, login))).toBe('200');
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) => poll(login, { url: urls[n % 2]! })),
    );
    expect(answers.map(outcomeOf).toSorted()).toEqual(['200', ...losses]);
    const plaintexts = answers.flatMap(({ body }) => body.plaintext_api_key ?? []);
    expect(plaintexts).toHaveLength(1);
    expect(await tracesOf(login)).toEqual(ONE);
  }
});

it('A14: of approving and denying at once one happens', async () => {
  for await (const { round, org, login } of rounds()) {
    const as = org.owner.session;
    const [one, other] = round % 2 === 0 ? urls : urls.toReversed();
    const [approved, denied] = await Promise.all([
      approve(org, login, { url: one }),
      deny(as, login, { url: other }),
    ]);
    const outcome = `${outcomeOf(approved)} / ${outcomeOf(denied)}`;
    expect(['200 / 409 device_login_completed', '410 device_login_denied / 200']).toContain(
      outcome,
    );
    const isIn = approved.status === 200;
    expect(outcomeOf(await poll(login))).toBe(isIn ? '200' : '410 device_login_denied');
    expect(await tracesOf(login)).toEqual(isIn ? ONE : NONE);
    expect(await eventsOf(login)).toEqual([`device_login.${isIn ? 'approved' : 'denied'}`]);
  }
});

it('A14: of two who approve at once one does, and the key is his', async () => {
  for await (const { org, login } of rounds(ROUNDS / 2)) {
    const other = await newOrganization();
    const answers = await Promise.all([
      approve(org, login, { url: urls[0] }),
      approve(other, login, { url: urls[1] }),
    ]);
    const outcomes = answers.map(outcomeOf);
    expect(outcomes.toSorted()).toEqual(['200', '404 not_found']);
    const winner = outcomes[0] === '200' ? org : other;
    expect((await poll(login)).body.organization_id).toBe(winner.id);
  }
});

it('A14: nothing is approved and no key handed over after the end', async () => {
  for await (const { round, org, login } of rounds()) {
    // The end is a few milliseconds away, so that each of both comes before and after it.
    const isApproved = round % 2 === 0;
    if (isApproved) await approve(org, login);
    await changeLogin(login, `expires_at = now() + interval '${String(round % 15)} milliseconds'`);
    const answer = isApproved
      ? await poll(login, { url: urls[round % 2]! })
      : await approve(org, login, { url: urls[round % 2]! });
    expect(['200', '410 device_login_expired']).toContain(outcomeOf(answer));
    const [row] = await inDatabase<{ late: boolean }>(
      `SELECT coalesce(approved_at > expires_at AND NOT $2, false)
              OR coalesce(delivered_at >= expires_at, false) AS late
         FROM device_logins WHERE user_code = $1 ORDER BY created_at DESC LIMIT 1`,
      [login.userCode.replace('-', ''), isApproved],
    );
    expect(row).toEqual({ late: false });
    const isDelivered = isApproved && answer.status === 200;
    expect(await tracesOf(login)).toEqual(isDelivered ? ONE : NONE);
  }
});

/**
 * Lets a request get as far as the lock of the organization, does something else, and lets it go on:
 * what it has read by then is old.
 */
async function whileItWaits<T>(
  { id }: TestOrganization,
  request: () => Promise<T>,
  change: () => Promise<unknown>,
): Promise<T> {
  const organizationId = decodeId('organization', id);
  const client = new pg.Client({ connectionString: testVariable('KEYCAP_TEST_DATABASE_URL') });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [organizationId]);
    const requesting = request();
    await until('the request waits', async () => {
      const { rowCount } = await client.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objsubid = 1
            AND ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 0)`,
        [organizationId],
      );
      return rowCount === 1;
    });
    await change();
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [organizationId]);
    return await requesting;
  } finally {
    await client.end();
  }
}

describe('what changes while a request waits counts:', () => {
  const expire = (login: TestLogin) => changeLogin(login, 'expires_at = now()');
  let org: TestOrganization;
  let login: TestLogin;

  beforeEach(async () => {
    org = await newOrganization();
    login = await startLogin();
  });

  it('A14: the end of an approved login', async () => {
    await approve(org, login);
    const polled = await whileItWaits(
      org,
      () => poll(login),
      () => expire(login),
    );
    expect(outcomeOf(polled)).toBe('410 device_login_expired');
    expect(await tracesOf(login)).toEqual(NONE);
  });

  it('A14: the end of one that is being approved', async () => {
    const approved = await whileItWaits(
      org,
      () => approve(org, login),
      () => expire(login),
    );
    expect(outcomeOf(approved)).toBe('410 device_login_expired');
    expect(await eventsOf(login)).toEqual([]);
  });

  it('A14: its denial, and that somebody else was first', async () => {
    const as = org.owner.session;
    const denied = await whileItWaits(
      org,
      () => approve(org, login),
      () => deny(as, login),
    );
    expect(outcomeOf(denied)).toBe('410 device_login_denied');
    const [taken, other] = [await startLogin(), await newOrganization()];
    const late = await whileItWaits(
      org,
      () => approve(org, taken),
      () => approve(other, taken),
    );
    expect(outcomeOf(late)).toBe('404 not_found');
    expect((await poll(taken)).body.organization_id).toBe(other.id);
  });

  it('A19: that the approver has signed out, or belongs there no more', async () => {
    const losses = [
      ({ session: as }: Person) => call('DELETE', '/v1/sessions/current', { as }),
      ({ email }: Person) =>
        inDatabase(
          'DELETE FROM memberships WHERE user_id = (SELECT id FROM users WHERE email = $1)',
          [email],
        ),
    ];
    for (const lose of losses) {
      const [person, its] = [await org.member('admin'), await startLogin()];
      await approve(org, its, { as: person.session });
      const polled = await whileItWaits(
        org,
        () => poll(its),
        () => lose(person),
      );
      expect(outcomeOf(polled)).toBe('410 device_login_denied');
      expect(await tracesOf(its)).toEqual(NONE);
    }
  });
});

it('A19: signing out waits for a key that is being made, so that none is made after it', async () => {
  const [org, login] = [await newOrganization(), await startLogin()];
  const person = await org.member('admin');
  await approve(org, login, { as: person.session });
  const client = new pg.Client({ connectionString: testVariable('KEYCAP_TEST_DATABASE_URL') });
  await client.connect();
  const [self] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
  /** The backend that waits for this one. */
  const waitingFor = async (backend: number): Promise<number | undefined> => {
    const { rows } = await client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
      [backend],
    );
    return rows[0]?.pid;
  };
  try {
    // The event of the new key is the last that is written.
    await client.query('BEGIN');
    await client.query('SELECT FROM audit_chain_heads WHERE chain = $1 FOR UPDATE', [
      decodeId('organization', org.id),
    ]);
    const polling = poll(login);
    const polled = await until('the poll waits', () => waitingFor(self!.pid));
    const signingOut = call('DELETE', '/v1/sessions/current', { as: person.session });
    const first = await Promise.race([
      signingOut.then(() => 'signed out'),
      until('signing out waits', () => waitingFor(polled)).then(() => 'waits'),
    ]);
    await client.query('COMMIT');
    expect(first).toBe('waits');
    expect([outcomeOf(await polling), outcomeOf(await signingOut)]).toEqual(['200', '204']);
  } finally {
    await client.end();
  }
});

describe('the approver loses his right while the device fetches the key:', () => {
  interface Approver {
    readonly org: TestOrganization;
    readonly person: Person;
  }

  /** How it is lost, and whether a key that was made just before dies of it. */
  const LOSSES: [string, (approver: Approver) => Promise<unknown>, boolean][] = [
    [
      'removed',
      ({ org: { path, owner }, person }) =>
        ask('DELETE', `${path}/members/${person.id}`, { as: owner.session, expect: 204 }),
      true,
    ],
    [
      'paused',
      ({ org: { path, owner }, person }) =>
        ask('PATCH', `${path}/members/${person.id}`, {
          as: owner.session,
          body: { status: 'paused' },
        }),
      true,
    ],
    [
      'signed out',
      ({ person }) => call('DELETE', '/v1/sessions/current', { as: person.session }),
      false,
    ],
  ];

  it.each(LOSSES)(
    'A19: %s, and every key that is there was made before',
    async (_, lose, kills) => {
      for await (const { round, org, login } of rounds(ROUNDS / 2)) {
        const person = await org.member('admin');
        await approve(org, login, { as: person.session });
        const polling = poll(login, { url: urls[round % 2]! });
        const [polled] = await Promise.all([polling, lose({ org, person })]);
        expect(['200', '410 device_login_denied']).toContain(outcomeOf(polled));
        const key = polled.body.plaintext_api_key;
        expect(await tracesOf(login)).toEqual(key ? ONE : NONE);
        if (key) {
          const { status } = await call('GET', '/v1/me', { as: key });
          expect(status).toBe(kills ? 401 : 200);
        }
        expect(outcomeOf(await poll(login))).toBe(
          key ? '410 device_login_delivered' : '410 device_login_denied',
        );
      }
    },
  );

  it('A19: once he has signed out, no poll makes a key', async () => {
    for await (const { org, login } of rounds(Math.min(ROUNDS, 100))) {
      const person = await org.member('admin');
      await approve(org, login, { as: person.session });
      await call('DELETE', '/v1/sessions/current', { as: person.session });
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, n) => poll(login, { url: urls[n % 2]! })),
      );
      expect(new Set(answers.map(outcomeOf))).toEqual(new Set(['410 device_login_denied']));
      expect(await tracesOf(login)).toEqual(NONE);
      expect(await eventsOf(login)).toEqual(['device_login.approved', 'device_login.denied']);
    }
  });
});
