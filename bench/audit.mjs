// `npm run bench:audit`: what the chain of audit events costs. Starts the server as `npm start` does,
// for its database alone, and commits transactions of one event each, once chained by the server's own
// code and once as a plain row. Measures; asserts nothing.
import { cpus } from 'node:os';
import { randomUUID } from 'node:crypto';
import { stopOnSignal } from './support/running.mjs';
import { startServer } from './support/server.mjs';

const SECONDS = 5;
const ROUNDS = 3;
const LANES = 8;

const server = await startServer();
stopOnSignal(server.stop);
try {
  process.stdout.write(await measure());
} finally {
  await server.stop();
}

async function measure() {
  const bench = await prepare();
  const cases = {
    'plain rows': bench.plain,
    'chained, one organization': bench.chained(() => bench.one),
    'chained, an organization each': bench.chained((lane) => bench.each[lane]),
  };
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  // Interleaved, so that a busy minute of the machine falls upon all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(cases)) results[name].push(await perSecond(work));
  }
  const rows = await bench.verify();
  await bench.end();
  const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const plain = median(results['plain rows']);
  const lines = Object.entries(results).map(([name, numbers]) => {
    const rate = median(numbers);
    return `${name.padEnd(32)}${String(Math.round(rate)).padStart(8)} a second${(rate / plain).toFixed(2).padStart(8)}`;
  });
  return [
    `${cpus()[0]?.model ?? ''}, ${cpus().length} cores; Node ${process.version}; ${LANES} connections, ${ROUNDS} x ${SECONDS} s, medians`,
    '',
    ...lines,
    `${'verification'.padEnd(32)}${String(Math.round(rows)).padStart(8)} events a second`,
    '',
  ].join('\n');
}

/** Transactions as the server makes them, each with an event at its end. */
async function prepare() {
  const load = (path) => import(`../dist/${path}`);
  const { DataSource } = await import('typeorm');
  const { dataSourceOptions } = await load('ormconfig.js');
  const { Transactions } = await load('src/database/transactions.js');
  const { AuditChain } = await load('src/audit/chain/audit-chain.js');
  const { AuditKeys } = await load('src/audit/chain/audit-keys.js');
  const { AuditEvent } = await load('src/audit/audit-event.entity.js');
  const { verifyChain } = await load('src/audit/chain/verification.service.js');
  const source = await new DataSource(dataSourceOptions(server.databaseUrl, LANES)).initialize();
  const transactions = new Transactions(source);
  // Keys of this run alone: it has the database and not the master secret.
  const sealer = {
    seal: (_, __, text) => Buffer.from(text),
    open: (_, __, sealed) => sealed.toString(),
  };
  await source.query('DELETE FROM audit_keys');
  const keys = new AuditKeys(sealer, transactions);
  await keys.onApplicationBootstrap();
  const chain = new AuditChain(keys);
  const one = randomUUID();
  return {
    one,
    each: Array.from({ length: LANES }, () => randomUUID()),
    plain: () => transactions.run((manager) => manager.insert(AuditEvent, plainRow())),
    chained: (organizationOf) => (lane) =>
      transactions.run((manager) => chain.append(manager, [eventOf(organizationOf(lane))])),
    verify: async () => {
      const started = performance.now();
      const { checked, valid } = await transactions.snapshot((manager) =>
        verifyChain(manager, one, keys.seals),
      );
      if (!valid) throw new Error('the chain does not verify');
      return (checked * 1000) / (performance.now() - started);
    },
    end: () => source.destroy(),
  };
}

function eventOf(organizationId) {
  return {
    organizationId,
    action: 'project.created',
    actorKind: 'user',
    actorId: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
    projectId: null,
    targetId: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    ip: '203.0.113.7',
    requestId: randomUUID(),
    metadata: { name: 'Bench', slug: 'bench' },
    createdAt: new Date(),
  };
}

/** The same columns, none of which depends on another row. */
function plainRow() {
  const event = { ...eventOf(randomUUID()), id: randomUUID() };
  return {
    ...event,
    chain: randomUUID(),
    sequence: '1',
    canonical: JSON.stringify(event),
    hash: Buffer.alloc(32),
  };
}

async function perSecond(work) {
  const started = performance.now();
  const end = started + SECONDS * 1000;
  let count = 0;
  const lane = async (_, number) => {
    while (performance.now() < end) {
      await work(number);
      count++;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return (count * 1000) / (performance.now() - started);
}
