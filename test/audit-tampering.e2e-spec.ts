import 'reflect-metadata';
import { DataSource, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import type { ChainPoint, ChainSeals } from '../src/audit/chain/chain-seals.js';
import { verifyChain } from '../src/audit/chain/verification.service.js';
import { chainOf, sealsOf } from './support/audit-chain.js';
import { byExtent } from './support/extent.js';
import { ask, inDatabase } from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { startServer } from './support/servers.js';
import {
  dice,
  oldHead,
  randomTampering,
  type Statement,
  type Tampering,
  type Victim,
} from './support/tamperings.js';
import { until } from './support/until.js';

const EVENTS = 16;
const TRIES = byExtent({ quick: 500, thorough: 2_000, soak: 10_000 });
/** Where a backup was restored once. */
const FORK = 5;
const PARTS = Array.from({ length: 20 }, (_, part) => part + 1);

let own: OwnServer;
let source: DataSource;
let runner: QueryRunner;
let victim: Victim;
let seals: ChainSeals;
let remembered: ChainPoint;
/** An event of a history that was undone. */
let forked: { readonly sequence: number };

beforeAll(async () => {
  own = await startOwnServer();
  const { databaseUrl } = own.server;
  const chain = chainOf(own.organizationId);
  const heads = new Map<number, object>();
  const keepHead = async (): Promise<boolean> => {
    const [head] = await inDatabase<{ sequence: number; row: object }>(
      'SELECT sequence::int, to_jsonb(head) AS row FROM audit_chain_heads head WHERE chain = $1',
      [chain],
      databaseUrl,
    );
    heads.set(head!.sequence, head!.row);
    return head!.sequence < EVENTS;
  };
  while (await keepHead()) {
    if (heads.size === FORK) forked = await forkedEvent(chain, [...heads.values()].at(-1)!);
    await rename(`Name ${heads.size}`);
  }
  // The next start takes a checkpoint.
  const next = await startServer({ database: databaseUrl });
  await until('a checkpoint of the whole chain', async () => {
    const rows = await inDatabase<ChainPoint>(
      'SELECT sequence::int, hash FROM audit_checkpoints WHERE chain = $1 AND sequence = $2',
      [chain, EVENTS],
      databaseUrl,
    );
    remembered = rows[0]!;
    return rows.length > 0;
  });
  await next.stop();
  // Whoever has the whole database is stopped by none of its constraints.
  await inDatabase('ALTER TABLE audit_events DROP CONSTRAINT audit_events_place', [], databaseUrl);
  victim = { chain, length: EVENTS, heads, stranger: crypto.randomUUID() };
  seals = await sealsOf(databaseUrl);
  source = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  runner = source.createQueryRunner();
});

afterAll(async () => {
  await runner.release();
  await source.destroy();
  await own.server.stop();
});

function rename(name: string): Promise<unknown> {
  return ask('PATCH', own.path, { url: own.url, as: own.session, body: { name } });
}

/** An event that was really written, and is gone since a backup of the time before was restored. */
async function forkedEvent(chain: string, head: object): Promise<{ sequence: number }> {
  await rename('What nobody remembers');
  const { databaseUrl } = own.server;
  const [gone] = await inDatabase<{ row: { sequence: number } }>(
    `DELETE FROM audit_events event
      WHERE chain = $1 AND sequence = (SELECT max(sequence) FROM audit_events WHERE chain = $1)
      RETURNING to_jsonb(event) AS row`,
    [chain],
    databaseUrl,
  );
  for (const [sql, values = []] of oldHead(chain, head)) await inDatabase(sql, values, databaseUrl);
  return gone!.row;
}

/** Whether the chain verifies while it is tampered with; afterwards it is as it was. */
async function isFound({ statements, needsRemembered }: Tampering): Promise<boolean> {
  await runner.startTransaction();
  for (const [sql, values = []] of statements) await runner.query(sql, [...values]);
  const kept = needsRemembered === true ? remembered : null;
  const { valid } = await verifyChain(runner.manager, victim.chain, seals, kept);
  await runner.rollbackTransaction();
  return !valid;
}

it.each(PARTS)(
  `finds each of ${TRIES} random tamperings by someone who has the database: part %i of ${PARTS.length}`,
  async (part) => {
    const seed = (Date.now() % 1_000_000) + part;
    const roll = dice(seed);
    const missed: string[] = [];
    for (let count = 0; count < TRIES / PARTS.length; count++) {
      const tampering = randomTampering(victim, roll);
      if (!(await isFound(tampering))) missed.push(`${tampering.name} (seed ${seed})`);
    }
    expect(missed).toEqual([]);
    expect(await isFound({ name: 'nothing', statements: [] })).toBe(false);
  },
);

it('finds an event of another history in place of the one that was written', async () => {
  const statements: Statement[] = [
    [
      'DELETE FROM audit_events WHERE chain = $1 AND sequence = $2',
      [victim.chain, forked.sequence],
    ],
    [
      'INSERT INTO audit_events SELECT * FROM jsonb_populate_record(NULL::audit_events, $1)',
      [JSON.stringify(forked)],
    ],
  ];
  expect(await isFound({ name: 'another history', statements })).toBe(true);
});
