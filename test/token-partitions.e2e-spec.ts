import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import {
  PERIOD_MS,
  PeriodOutOfReach,
  periodOf,
  TokenPartitions,
} from '../src/oauth/tokens/token-partitions.js';
import { inDatabase } from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase } from './support/servers.js';
import { until } from './support/until.js';

/** 24 hours of the longest life, 2 spare, and the hour that has begun. */
const AHEAD = 27;
/** So long that a test ends before it. */
const PATIENCE_MS = 60_000;
const HURRY_MS = 1000;

let database: TestDatabase;
let dataSource: DataSource;
let partitions: TokenPartitions;

beforeEach(async () => {
  database = await createDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  partitions = new TokenPartitions(dataSource, { databaseUrl: database.url });
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const query = <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  inDatabase<T>(sql, values, database.url);

/** Every table of tokens, in order: `live` partitions, and those that are on their way out. */
async function tables(): Promise<{ period: number; state: string }[]> {
  return query(
    `SELECT substring(relname FROM '\\d+$')::int AS period,
            CASE WHEN inhdetachpending THEN 'pending' WHEN relispartition THEN 'live'
                 ELSE 'detached' END AS state
       FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
      WHERE relkind = 'r' AND relname ~ '^access_tokens_\\d+$' ORDER BY 1`,
  );
}

const livePeriods = async (): Promise<number[]> =>
  (await tables()).filter(({ state }) => state === 'live').map(({ period }) => period);

const range = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** What servers find or make that have started since then: the hour may have changed meanwhile. */
const aheadSince = (period: number): number[][] => [
  range(period, AHEAD),
  range(period, AHEAD + 1),
  range(period + 1, AHEAD),
];

/** A token that expires in the period; its partition has to be there. */
async function plantToken(period: number): Promise<void> {
  await query(
    `INSERT INTO access_tokens (period, digest, client_id, scopes, organization_generation,
       client_generation, secret_generation, created_at, expires_at)
     VALUES ($1::int, sha256(gen_random_uuid()::text::bytea), 'client', '{read}', 0, 0, 0, now(),
       to_timestamp($1::int * 3600.0))`,
    [period],
  );
}

/** A partition with a token in it, whenever its time is or was. */
async function plantPartition(period: number): Promise<void> {
  await query('SELECT keycap_attach_token_partition($1)', [period]);
  await plantToken(period);
}

/** A transaction that has done something and stays open until `end`. */
async function openTransaction(statement: string): Promise<{ end(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return { end: () => client.end() };
}

/** One that has looked at every partition, as a report or a backup would. */
const openReader = (): Promise<{ end(): Promise<void> }> =>
  openTransaction('SELECT count(*) FROM access_tokens');

/** What is waited for in the database: the kinds of locks, and the tables of those on tables. */
const waitedFor = (): Promise<{ locktype: string; relation: string | null }[]> =>
  query(
    `SELECT locktype, relation::regclass::text AS relation FROM pg_locks
      WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity
                                     WHERE datname = current_database())`,
  );

/** A partition interrupted between the two steps of its detachment. */
async function interruptDetach(): Promise<void> {
  const reader = await openReader();
  await expect(partitions.dropPast(new Date(), HURRY_MS)).rejects.toMatchObject({ code: '55P03' });
  await reader.end();
}

it('counts periods in hours of expiry since the epoch', () => {
  expect(periodOf(new Date('1970-01-01T00:59:59.999Z'))).toBe(0);
  expect(periodOf(new Date('1970-01-01T01:00:00.000Z'))).toBe(1);
  expect(periodOf(new Date('2026-07-01T12:34:56.789Z')) * PERIOD_MS).toBe(
    Date.parse('2026-07-01T12:00:00Z'),
  );
});

describe('partitions ahead', () => {
  it('are there for every token of the next hours once the server listens', async () => {
    const before = periodOf(new Date());
    const server = await startServer({ database: database.url });
    expect(aheadSince(before)).toContainEqual(await livePeriods());
    await server.stop();
  });

  it('are made once by two servers that start at once', async () => {
    const before = periodOf(new Date());
    const servers = await Promise.all([1, 2].map(() => startServer({ database: database.url })));
    expect(aheadSince(before)).toContainEqual(await livePeriods());
    for (const server of servers) expect(server.log()).not.toMatch(/next time/);
    expect(await Promise.all(servers.map((server) => server.stop()))).toEqual([0, 0]);
  });

  it('are completed, whoever does it, and however often', async () => {
    const now = new Date('2031-01-01T00:30:00Z');
    const first = periodOf(now);
    await Promise.all(Array.from({ length: 5 }, () => partitions.ensureAhead(now)));
    expect(await livePeriods()).toEqual(range(first, AHEAD));
    await partitions.ensureAhead(new Date(now.getTime() + 3 * PERIOD_MS));
    expect(await livePeriods()).toEqual(range(first, AHEAD + 3));
  });

  it('are made without keeping those waiting who write or read, or being kept by them', async () => {
    await plantPartition(periodOf(new Date()));
    const reader = await openReader();
    const writer = await openTransaction('DELETE FROM access_tokens');
    await partitions.ensureAhead();
    expect(await livePeriods()).toHaveLength(AHEAD);
    await Promise.all([reader.end(), writer.end()]);
  });

  it('say their bounds in a constraint, so that attaching and detaching read no row', async () => {
    await plantPartition(500_000);
    expect(
      await query(
        `SELECT pg_get_expr(relpartbound, pg_class.oid) AS bound, pg_get_constraintdef(c.oid) AS check
           FROM pg_class JOIN pg_constraint c ON conrelid = pg_class.oid AND contype = 'c'
          WHERE relname = 'access_tokens_500000'`,
      ),
    ).toEqual([
      {
        bound: 'FOR VALUES FROM (500000) TO (500001)',
        check: 'CHECK (((period >= 500000) AND (period < 500001)))',
      },
    ]);
  });
});

describe('a partition that is missing', () => {
  it('is made when a token needs it, once for all who ask', async () => {
    const period = periodOf(new Date()) + 5;
    await expect(plantToken(period)).rejects.toMatchObject({
      code: '23514',
      message: expect.stringContaining('no partition of relation "access_tokens"'),
    });
    await Promise.all(Array.from({ length: 8 }, () => partitions.ensureFor(period)));
    await plantToken(period);
    expect(await tables()).toEqual([{ period, state: 'live' }]);
  });

  it.each([
    ['the first that is not dropped', -1, true],
    ['the last that a token reaches', AHEAD - 1, true],
    ['one that is past', -2, false],
    ['one that no token reaches', AHEAD, false],
    ['no whole number', 0.5, false],
    ['no number', Number.NaN, false],
  ])('%s: %d hours from now', async (_, hours, isMade) => {
    const now = new Date('2031-01-01T00:59:59.999Z');
    const period = periodOf(now) + hours;
    const refusal = await partitions.ensureFor(period, now).catch((error: unknown) => error);
    expect(await livePeriods()).toEqual(isMade ? [period] : []);
    expect(refusal).toEqual(isMade ? undefined : new PeriodOutOfReach(period));
  });
});

describe('partitions that are past', () => {
  it('disappear with their tokens when a server starts; live tokens stay', async () => {
    const now = periodOf(new Date());
    for (const hours of [-500, -4, -3, 0, 1]) await plantPartition(now + hours);
    const server = await startServer({ database: database.url });
    await until('the past partitions are gone', async () => {
      const [first] = await tables();
      return first?.period === now;
    });
    expect(await query('SELECT period FROM access_tokens ORDER BY 1')).toEqual([
      { period: now },
      { period: now + 1 },
    ]);
    await server.stop();
  });

  it('are those whose last token expired an hour ago', async () => {
    for (const period of [1000, 1001, 1002]) await plantPartition(period);
    const hour = (count: number): Date => new Date(count * PERIOD_MS);
    expect(await partitions.dropPast(new Date(hour(1002).getTime() - 1))).toEqual([]);
    expect(await partitions.dropPast(hour(1002))).toEqual([1000]);
    expect(await livePeriods()).toEqual([1001, 1002]);
    expect(await partitions.dropPast(hour(1004))).toEqual([1001, 1002]);
    expect(await tables()).toEqual([]);
  });

  it('are left to the next time where a transaction looks at them, and done then', async () => {
    await plantPartition(1000);
    await plantPartition(1001);
    await interruptDetach();
    expect(await tables()).toEqual([
      { period: 1000, state: 'pending' },
      { period: 1001, state: 'live' },
    ]);
    expect(await partitions.dropPast()).toEqual([1000, 1001]);
    expect(await tables()).toEqual([]);
  });

  it('are dropped where a server died after it had detached them', async () => {
    await plantPartition(1000);
    await query('ALTER TABLE access_tokens DETACH PARTITION access_tokens_1000');
    expect(await tables()).toEqual([{ period: 1000, state: 'detached' }]);
    expect(await partitions.dropPast()).toEqual([1000]);
    expect(await tables()).toEqual([]);
  });

  it('are dropped by one of several servers, and the others do not wait', async () => {
    for (const period of range(1000, 4)) await plantPartition(period);
    const dropped = await Promise.all(range(0, 4).map(() => partitions.dropPast()));
    expect(dropped.flat()).toEqual(range(1000, 4));
    expect(await tables()).toEqual([]);
  });

  it('are nothing that only looks like one', async () => {
    await query(
      'CREATE TABLE access_tokens_1000_copy (); CREATE TABLE access_tokens_99999999999 ()',
    );
    await query('CREATE SCHEMA other; CREATE TABLE other.access_tokens_1000 ()');
    expect(await partitions.dropPast()).toEqual([]);
    expect(
      await query(`SELECT relname FROM pg_class WHERE relname ~ '^access_tokens_' ORDER BY 1`),
    ).toEqual([
      { relname: 'access_tokens_1000' },
      { relname: 'access_tokens_1000_copy' },
      { relname: 'access_tokens_99999999999' },
    ]);
  });
});

describe('while a partition waits for a transaction before it goes', () => {
  let own: OwnServer;
  let basic: string;

  beforeEach(async () => {
    await plantPartition(1000);
    own = await startOwnServer({ database: database.url });
    const { body } = await own.call<{ basic_credential: string }>(
      'POST',
      `${own.path}/oauth-clients`,
      { body: { name: 'Test', scopes: ['read'] } },
    );
    basic = `Basic ${body.basic_credential}`;
    await until('the server is done with what it found', async () => {
      const held = await query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4");
      return held.length === 0 && (await tables()).length === AHEAD;
    });
  });
  afterEach(() => own.server.stop());

  it('tokens are issued and used, and partitions made: nobody waits for the table', async () => {
    await plantPartition(1001);
    const reader = await openReader();
    const drop = partitions.dropPast(new Date(), PATIENCE_MS);
    const detaching = [{ locktype: 'virtualxid', relation: null }];
    await until('the detachment waits for the transaction', async () => {
      return (await waitedFor()).length > 0;
    });
    expect(await waitedFor()).toEqual(detaching);

    const issued = await own.call<{ access_token: string }>('POST', '/o/token/', {
      as: basic,
      form: { grant_type: 'client_credentials' },
    });
    const read = await own.call('GET', own.path, { as: issued.body.access_token });
    expect([issued.status, read.status]).toEqual([200, 200]);
    await partitions.ensureFor(periodOf(new Date()) - 1);
    await plantToken(periodOf(new Date()) - 1);

    expect(await waitedFor()).toEqual(detaching);
    expect(await tables()).toContainEqual({ period: 1001, state: 'pending' });
    await reader.end();
    expect(await drop).toEqual([1001]);
    expect((await livePeriods())[0]).toBe(periodOf(new Date()) - 1);
  });
});

it('a look-up touches one partition and one index', async () => {
  const period = periodOf(new Date());
  await partitions.ensureAhead();
  await query(
    `INSERT INTO access_tokens (period, digest, client_id, scopes, organization_generation,
       client_generation, secret_generation, created_at, expires_at)
     SELECT $1::int + number % 20, sha256(number::text::bytea), 'client', '{read}', 0, 0, 0, now(),
       now() FROM generate_series(1, 20000) AS number`,
    [period],
  );
  await query('ANALYZE access_tokens');
  const plan = await query<{ 'QUERY PLAN': string }>(
    'EXPLAIN (COSTS off) SELECT * FROM access_tokens WHERE period = $1 AND digest = ANY($2)',
    [period + 3, [Buffer.from('ab', 'hex'), Buffer.from('cd', 'hex')]],
  );
  const partition = `access_tokens_${String(period + 3)}`;
  expect(plan.map((row) => row['QUERY PLAN'].trim())).toEqual([
    `Index Scan using ${partition}_pkey on ${partition} access_tokens`,
    `Index Cond: ((period = ${String(period + 3)}) AND (digest = ANY ('{"\\\\xab","\\\\xcd"}'::bytea[])))`,
  ]);
});
