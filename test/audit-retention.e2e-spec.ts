import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { encodeId, newId } from '../src/access/ids.js';
import { Sealer } from '../src/access/sealing.js';
import { SecretHasher } from '../src/access/secret.js';
import { AuditChain } from '../src/audit/chain/audit-chain.js';
import { AuditKeys } from '../src/audit/chain/audit-keys.js';
import { Transactions } from '../src/database/transactions.js';
import { chainOf, verificationOf } from './support/audit-chain.js';
import { ask, call, inDatabase, randomText } from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase, testVariable } from './support/servers.js';
import { until } from './support/until.js';

const NEW_SECRET = 'q3Zt8WbXv1Ns6Rk0Hy5Jd2Lc9Fg4Pm7A';
const DAY_MS = 86_400_000;

let database: TestDatabase;
let own: OwnServer;
const servers: { stop(): Promise<unknown> }[] = [];

beforeAll(() => {
  // What is planted here is complained about.
  Logger.overrideLogger(false);
});

beforeEach(async () => {
  database = await createDatabase();
  own = await startOwnServer({ database: database.url });
  servers.push(own.server);
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await database.drop();
});

async function restart(env: Readonly<Record<string, string>>) {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  const server = await startServer({ database: database.url, env });
  servers.push(server);
  return server;
}

/** An organization of the owner whose events, three a day, begin as many days ago. */
async function grownOrganization(days: number): Promise<string> {
  const id = newId();
  await inDatabase(
    `WITH made AS (
       INSERT INTO organizations
       SELECT (jsonb_populate_record(o, $1)).* FROM organizations o LIMIT 1 RETURNING id)
     INSERT INTO memberships
     SELECT (jsonb_populate_record(m, jsonb_build_object('id', $2::uuid, 'organization_id', made.id))).*
       FROM made, memberships m`,
    [JSON.stringify({ id, slug: randomText() }), newId()],
    database.url,
  );
  const source = await new DataSource(dataSourceOptions(database.url)).initialize();
  const transactions = new Transactions(source);
  const secret = testVariable('KEYCAP_TEST_SECRET');
  const keys = new AuditKeys(new Sealer(new SecretHasher(secret)), transactions);
  await keys.onApplicationBootstrap();
  const events = Array.from({ length: days * 3 }, (_, number) => ({
    organizationId: id,
    action: 'organization.updated',
    actorKind: 'system' as const,
    actorId: null,
    projectId: null,
    targetId: null,
    ip: null,
    requestId: null,
    metadata: { number },
    // The last of a day are an hour before its end: no event is near a limit in whole days.
    createdAt: new Date(Date.now() - (days - Math.floor(number / 3)) * DAY_MS + DAY_MS / 2),
  }));
  await transactions.run((manager) => new AuditChain(keys).append(manager, events));
  await source.destroy();
  return id;
}

const pathOf = (chain: string): string => `/v1/organizations/${encodeId('organization', chain)}`;

const sequencesOf = async (chain: string): Promise<number[]> => {
  const rows = await inDatabase<{ sequence: number }>(
    'SELECT sequence::int FROM audit_events WHERE chain = $1 ORDER BY sequence',
    [chain],
    database.url,
  );
  return rows.map(({ sequence }) => sequence);
};

it('removes what is older, and the rest is verified from there', async () => {
  // More than one batch of them.
  const chain = await grownOrganization(300);
  const { url } = await restart({ KEYCAP_AUDIT_RETENTION_DAYS: '2' });
  await until('only two days are left', async () => (await sequencesOf(chain)).length === 6);
  expect(await sequencesOf(chain)).toEqual([895, 896, 897, 898, 899, 900]);
  const [path, as] = [pathOf(chain), own.session];
  expect(await verificationOf(path, { as, url })).toEqual({
    valid: true,
    checked: 6,
    first_broken_event_id: null,
  });
  await ask('PATCH', path, { as, url, body: { name: 'After it' } });
  expect(await verificationOf(path, { as, url })).toMatchObject({ valid: true, checked: 7 });
  await inDatabase(
    'DELETE FROM audit_events WHERE chain = $1 AND sequence = 895',
    [chain],
    database.url,
  );
  expect(await verificationOf(path, { as, url })).toMatchObject({ valid: false, checked: 0 });
});

it('keeps everything unless it is told otherwise, and takes no other limit than whole days', async () => {
  const chain = await grownOrganization(3);
  await restart({});
  expect(await sequencesOf(chain)).toHaveLength(9);
  await expect(restart({ KEYCAP_AUDIT_RETENTION_DAYS: '0' })).rejects.toThrow(
    'KEYCAP_AUDIT_RETENTION_DAYS is "0" but must be a whole number from 1 to 36500.',
  );
});

it('keeps an event that was only made to look old, and those of a broken chain', async () => {
  const chain = await grownOrganization(5);
  const other = await grownOrganization(5);
  const aged = chainOf(own.organizationId);
  await inDatabase(
    `UPDATE audit_events SET created_at = created_at - interval '1 year' WHERE chain = $1`,
    [aged],
    database.url,
  );
  await inDatabase(
    `UPDATE audit_chain_heads SET sequence = 14 WHERE chain = $1`,
    [other],
    database.url,
  );
  const before = await sequencesOf(aged);
  await restart({ KEYCAP_AUDIT_RETENTION_DAYS: '2' });
  await until('only two days are left', async () => (await sequencesOf(chain)).length === 6);
  expect(await sequencesOf(other)).toHaveLength(15);
  expect(await sequencesOf(aged)).toEqual(before);
});

describe('a checkpoint', () => {
  const checkpointsIn = (log: string): string[] =>
    [...log.matchAll(/"checkpoint":"(\S+?)"/g)].map(([, text]) => text!);

  it('is in the log, to be kept elsewhere, and finds what nothing in the database shows', async () => {
    const whole = { as: own.session };
    const chain = chainOf(own.organizationId);
    const [head] = await inDatabase<{ row: object }>(
      'SELECT to_jsonb(head) AS row FROM audit_chain_heads head WHERE chain = $1',
      [chain],
      database.url,
    );
    await own.call('PATCH', own.path, { body: { name: 'Soon forgotten' } });
    const server = await restart({});
    const { url } = server;
    const isOurs = (text: string) => text.startsWith(own.organizationId);
    const checkpoint = await until(
      'a checkpoint',
      () => checkpointsIn(server.log()).find(isOurs) ?? '',
    );
    expect(checkpoint.split('.')[1]).toBe('3');
    expect(await verificationOf(own.path, { ...whole, url, checkpoint })).toMatchObject({
      valid: true,
      checked: 3,
    });
    // Everything goes back to what it was.
    await inDatabase(
      'DELETE FROM audit_events WHERE chain = $1 AND sequence > 2',
      [chain],
      database.url,
    );
    await inDatabase('DELETE FROM audit_chain_heads WHERE chain = $1', [chain], database.url);
    await inDatabase(
      'INSERT INTO audit_chain_heads SELECT * FROM jsonb_populate_record(NULL::audit_chain_heads, $1)',
      [head!.row],
      database.url,
    );
    expect(await verificationOf(own.path, { ...whole, url })).toMatchObject({ valid: false });
    await inDatabase('DELETE FROM audit_checkpoints', [], database.url);
    expect(await verificationOf(own.path, { ...whole, url })).toMatchObject({ valid: true });
    expect(await verificationOf(own.path, { ...whole, url, checkpoint })).toEqual({
      valid: false,
      checked: 2,
      first_broken_event_id: null,
    });
    const forged = `${checkpoint.slice(0, -1)}${checkpoint.endsWith('A') ? 'E' : 'A'}`;
    const refused = await call('GET', `${own.path}/audit-events/verify?checkpoint=${forged}`, {
      ...whole,
      url,
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'validation_error']);
  });

  it('is taken of no chain that is broken', async () => {
    await own.call('PATCH', own.path, { body: { name: 'Changed' } });
    await inDatabase(
      `UPDATE audit_events SET target_id = 'x' WHERE chain = $1 AND sequence = 3`,
      [chainOf(own.organizationId)],
      database.url,
    );
    const server = await restart({});
    await until('the chain is complained about', () => server.log().includes('is broken'));
    const texts = checkpointsIn(server.log());
    expect(texts.filter((text) => text.startsWith(own.organizationId))).toEqual([]);
  });
});

it('verifies on under a new master secret, also without the former one', async () => {
  const former = testVariable('KEYCAP_TEST_SECRET');
  await restart({ KEYCAP_SECRET: NEW_SECRET, KEYCAP_FORMER_SECRETS: former });
  const { url } = await restart({ KEYCAP_SECRET: NEW_SECRET });
  const signedIn = await ask<{ session_token: string }>('POST', '/v1/sessions', {
    url,
    body: { email: 'owner@keycap.test', password: 'a long enough passphrase' },
    expect: 201,
  });
  expect(await verificationOf(own.path, { as: signedIn.session_token, url })).toEqual({
    valid: true,
    checked: 2,
    first_broken_event_id: null,
  });
});
