import 'reflect-metadata';
import { DataSource, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import type { ChainPoint, ChainSeals } from '../src/audit/chain/chain-seals.js';
import { verifyChain } from '../src/audit/chain/verification.service.js';
import { chainOf, sealsOf } from './support/audit-chain.js';
import { ask, inDatabase } from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { startServer } from './support/servers.js';
import { dice, randomTampering, type Tampering, type Victim } from './support/tamperings.js';
import { until } from './support/until.js';

const EVENTS = 16;
const TRIES = process.env.KEYCAP_SOAK === '1' ? 10_000 : 2_000;
const PARTS = Array.from({ length: 20 }, (_, part) => part + 1);

let own: OwnServer;
let source: DataSource;
let runner: QueryRunner;
let victim: Victim;
let seals: ChainSeals;
let remembered: ChainPoint;

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
    const name = `Name ${heads.size}`;
    await ask('PATCH', own.path, { url: own.url, as: own.session, body: { name } });
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
