import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { encodeId } from '../src/access/ids.js';
import { readConfig } from '../src/config.js';
import { chainOf, verificationOf } from './support/audit-chain.js';
import { AuditRig, silentOrganization } from './support/grown-chain.js';
import { ask, call, inDatabase } from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase, testVariable } from './support/servers.js';
import { until } from './support/until.js';

const NEW_SECRET = 'q3Zt8WbXv1Ns6Rk0Hy5Jd2Lc9Fg4Pm7A';
const DAY_MS = 86_400_000;

let database: TestDatabase;
let own: OwnServer;
let rig: AuditRig;

beforeAll(async () => {
  // What is planted here is complained about.
  Logger.overrideLogger(false);
  database = await createDatabase();
  own = await startOwnServer({ database: database.url });
  rig = await AuditRig.of(database.url);
});

afterAll(async () => {
  await rig.close();
  await own.server.stop();
  await database.drop();
});

/** An organization with three events on each of the last days. */
async function grown(days: number): Promise<{ chain: string; path: string }> {
  const chain = await silentOrganization(database.url);
  await rig.grow(chain, days);
  return { chain, path: `/v1/organizations/${encodeId('organization', chain)}` };
}

function inOwn<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
  return inDatabase<T>(sql, values, database.url);
}

async function sequencesOf(chain: string): Promise<number[]> {
  const rows = await inOwn<{ sequence: number }>(
    'SELECT sequence::int FROM audit_events WHERE chain = $1 ORDER BY sequence',
    [chain],
  );
  return rows.map(({ sequence }) => sequence);
}

const verify = (path: string, more: { checkpoint?: string } = {}) =>
  verificationOf(path, { as: own.session, url: own.url, ...more });

const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

const checkpointsIn = (log: string): string[] =>
  [...log.matchAll(/"checkpoint":"(\S+?)"/g)].map(([, text]) => text!);

it('removes what is older than configured, and the rest is verified from there', async () => {
  // More than one batch of them.
  const { chain, path } = await grown(300);
  const server = await startServer({
    database: database.url,
    env: { KEYCAP_AUDIT_RETENTION_DAYS: '2' },
  });
  try {
    await until('only two days are left', async () => (await sequencesOf(chain)).length === 6);
  } finally {
    await server.stop();
  }
  expect(await sequencesOf(chain)).toEqual([895, 896, 897, 898, 899, 900]);
  expect(await verify(path)).toEqual({ valid: true, checked: 6, first_broken_event_id: null });
  await own.call('PATCH', path, { body: { name: 'After it' } });
  expect(await verify(path)).toMatchObject({ valid: true, checked: 7 });
  await rig.retention.removeOlderThan(daysAgo(1));
  expect(await verify(path)).toMatchObject({ valid: true, checked: 4 });
  await inOwn('DELETE FROM audit_events WHERE chain = $1 AND sequence = 898', [chain]);
  expect(await verify(path)).toMatchObject({ valid: false, checked: 0 });
});

it('leaves a chain whose events are all removed checkable', async () => {
  const { chain, path } = await grown(1);
  await rig.retention.removeOlderThan(daysAgo(0.2));
  expect(await sequencesOf(chain)).toEqual([]);
  expect(await verify(path)).toEqual({ valid: true, checked: 0, first_broken_event_id: null });
  await own.call('PATCH', path, { body: { name: 'After it' } });
  expect(await sequencesOf(chain)).toEqual([4]);
  expect(await verify(path)).toMatchObject({ valid: true, checked: 1 });
});

it('finds an event that was planted below the first one that is kept', async () => {
  const { chain, path } = await grown(3);
  await rig.retention.removeOlderThan(daysAgo(1));
  await inOwn(
    `INSERT INTO audit_events
     SELECT (jsonb_populate_record(event, jsonb_build_object('id', gen_random_uuid(), 'sequence', 2))).*
       FROM audit_events event WHERE chain = $1 AND sequence = 8`,
    [chain],
  );
  expect(await verify(path)).toMatchObject({ valid: false, checked: 0 });
});

it('keeps an event that was only made to look old, and those of a broken chain', async () => {
  const [young, broken] = [await grown(1), await grown(5)];
  await inOwn(
    `UPDATE audit_events SET created_at = created_at - interval '1 year' WHERE chain = $1`,
    [young.chain],
  );
  await inOwn('UPDATE audit_chain_heads SET sequence = 14 WHERE chain = $1', [broken.chain]);
  await rig.retention.removeOlderThan(daysAgo(2));
  expect(await sequencesOf(young.chain)).toHaveLength(3);
  expect(await sequencesOf(broken.chain)).toHaveLength(15);
});

it('is asked for in whole days', () => {
  expect(readConfig({}).auditRetentionDays).toBeNull();
  expect(() => readConfig({ KEYCAP_AUDIT_RETENTION_DAYS: '0' })).toThrow(
    'KEYCAP_AUDIT_RETENTION_DAYS is "0" but must be a whole number from 1 to 36500.',
  );
});

describe('a checkpoint', () => {
  it('is in the log, to be kept elsewhere, and finds what nothing in the database shows', async () => {
    const chain = chainOf(own.organizationId);
    const [head] = await inOwn<{ row: object }>(
      'SELECT to_jsonb(head) AS row FROM audit_chain_heads head WHERE chain = $1',
      [chain],
    );
    await own.call('PATCH', own.path, { body: { name: 'Soon forgotten' } });
    const server = await startServer({ database: database.url });
    const isOurs = (text: string): boolean => text.startsWith(own.organizationId);
    const checkpoint = await until(
      'a checkpoint',
      () => checkpointsIn(server.log()).find(isOurs) ?? '',
    );
    await server.stop();
    expect(checkpoint.split('.')[1]).toBe('3');
    expect(await verify(own.path, { checkpoint })).toMatchObject({ valid: true, checked: 3 });
    // Everything goes back to what it was.
    await inOwn('DELETE FROM audit_events WHERE chain = $1 AND sequence > 2', [chain]);
    await inOwn('DELETE FROM audit_chain_heads WHERE chain = $1', [chain]);
    await inOwn(
      'INSERT INTO audit_chain_heads SELECT * FROM jsonb_populate_record(NULL::audit_chain_heads, $1)',
      [head!.row],
    );
    expect(await verify(own.path)).toMatchObject({ valid: false, checked: 2 });
    await inOwn('DELETE FROM audit_checkpoints');
    expect(await verify(own.path)).toMatchObject({ valid: true, checked: 2 });
    expect(await verify(own.path, { checkpoint })).toEqual({
      valid: false,
      checked: 2,
      first_broken_event_id: null,
    });
    const forged = `${checkpoint.slice(0, -2)}${checkpoint.at(-2) === 'A' ? 'B' : 'A'}A`;
    const path = `${own.path}/audit-events/verify?checkpoint=${forged}`;
    const refused = await call('GET', path, { as: own.session, url: own.url });
    expect([refused.status, refused.body.code]).toEqual([400, 'validation_error']);
  });

  it('is taken of what follows from the one before, and of no chain that is broken', async () => {
    const [whole, broken] = [await grown(1), await grown(1)];
    const taken = async (): Promise<string[]> => {
      const texts: string[] = [];
      for await (const text of rig.checkpoints.take()) texts.push(text);
      return texts.map((text) => text.split('.').slice(0, 2).join('.'));
    };
    const idOf = ({ path }: { path: string }): string => path.split('/').at(-1)!;
    expect(await taken()).toEqual(expect.arrayContaining([`${idOf(broken)}.3`]));
    await rig.grow(whole.chain, 1);
    await rig.grow(broken.chain, 1);
    await inOwn(`UPDATE audit_events SET target_id = 'x' WHERE chain = $1 AND sequence = 5`, [
      broken.chain,
    ]);
    expect(await taken()).toEqual([`${idOf(whole)}.6`]);
    expect(await taken()).toEqual([]);
  });
});

it('verifies on under a new master secret, also without the former one', async () => {
  const former = testVariable('KEYCAP_TEST_SECRET');
  const secrets: Record<string, string>[] = [
    { KEYCAP_SECRET: NEW_SECRET, KEYCAP_FORMER_SECRETS: former },
    { KEYCAP_SECRET: NEW_SECRET },
  ];
  const { path } = await grown(1);
  for (const env of secrets) {
    const server = await startServer({ database: database.url, env });
    const { url } = server;
    const { session_token: as } = await ask<{ session_token: string }>('POST', '/v1/sessions', {
      url,
      body: { email: 'owner@keycap.test', password: 'a long enough passphrase' },
      expect: 201,
    });
    await ask('PATCH', path, { as, url, body: { name: `After ${Object.keys(env).length}` } });
    expect(await verificationOf(path, { as, url })).toMatchObject({ valid: true });
    await server.stop();
  }
});
