// `npm run bench:revocation`: how long a node goes on saying yes. Three nodes of one PostgreSQL answer
// verifications; keys, tokens, clients and members are ended by SQL, and from the commit on each node is
// asked until it refuses. In peace; with the connections to the log cut every second; with a node that
// is stopped (SIGSTOP); with one behind a partition that raises no error. Measures, asserts nothing, and
// counts every yes to a question that was sent later than the bound.
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startNodes } from './support/nodes.mjs';
import { quantile } from './support/quantile.mjs';
import { issueCredentials } from './support/revocable.mjs';
import { say, stopOnSignal } from './support/running.mjs';
import { setUp } from './support/server.mjs';
import { clock } from './support/token-load.mjs';

const BOUND_MS = 1000;
/** From an answer to the next question about the same credential on the same node. */
const PAUSE_MS = 1;
const LOAD_EVERY_MS = 20;
const CUT = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'keycap changes'`;

const { values } = parseArgs({
  options: {
    revocations: { type: 'string', default: '10000' },
    faulty: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '60' },
    load: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '30' },
  },
});
const rate = Number(values.rate);
const faultMs = Number(values.seconds) * 1000;

const cluster = await startNodes(3);
stopOnSignal(() => cluster.stop());
const { server, nodes } = cluster;
const pool = new pg.Pool({ connectionString: server.databaseUrl, max: 8 });
pool.on('error', () => undefined);

const FAULTS = [
  ['healthy', values.revocations, () => () => undefined],
  ['connections to the log cut every second', values.faulty, cutting],
  [`a node stopped for ${values.seconds} s`, values.faulty, stopping, 1],
  [`a node partitioned for ${values.seconds} s`, values.faulty, partitioning, 2],
];

try {
  const create = await setUp(server);
  await pool.query(
    `UPDATE organizations SET policy = '{"bound_to_creator":{"mode":"enforced","value":true}}'`,
  );
  const rows = [];
  for (const [name, count, begin, sick] of FAULTS) {
    if (Number(count) === 0) continue;
    say(`${name}: issuing ${count} credentials`);
    const credentials = await issueCredentials({ server, create, pool, count: Number(count) });
    const stopLoad = startLoad(credentials[0], Number(values.load));
    const warm = await Promise.all(nodes.map((node) => warmUp(node, credentials)));
    const mend = begin();
    say(`${name}: ending them, ${rate} a second`);
    const ended = await endAll(credentials.slice(1));
    await mend();
    stopLoad();
    rows.push({ fault: name, warm: Math.min(...warm), ...summary(ended, sick) });
    say(JSON.stringify(rows.at(-1)));
  }
  process.stdout.write(report(rows));
} finally {
  await pool.end();
  await cluster.stop();
}

function cutting() {
  const timer = setInterval(() => void pool.query(CUT), 1000);
  return () => clearInterval(timer);
}

function stopping() {
  nodes[1].signal('SIGSTOP');
  const timer = setTimeout(() => nodes[1].signal('SIGCONT'), faultMs);
  return () => {
    clearTimeout(timer);
    nodes[1].signal('SIGCONT');
  };
}

function partitioning() {
  nodes[2].proxy.hold();
  const timer = setTimeout(() => nodes[2].proxy.release(), faultMs);
  return () => {
    clearTimeout(timer);
    nodes[2].proxy.release();
  };
}

/** So many verifications a second of one key, over all nodes, whatever becomes of them. */
function startLoad({ question }, perSecond) {
  const each = Math.round((perSecond * LOAD_EVERY_MS) / 1000);
  let turn = 0;
  const timer = setInterval(() => {
    for (let one = 0; one < each; one++) {
      nodes[turn++ % nodes.length].ask(question).catch(() => undefined);
    }
  }, LOAD_EVERY_MS);
  return () => clearInterval(timer);
}

/** @returns how many of them the node has said yes to */
async function warmUp(node, credentials) {
  let yes = 0;
  for (const { question, isYes } of credentials) {
    if (isYes((await node.ask(question)).body)) yes += 1;
  }
  return yes;
}

async function endAll(credentials) {
  const started = clock();
  const all = credentials.map(async (credential, index) => {
    await delay(Math.max(0, started + (index * 1000) / rate - clock()));
    await pool.query(...credential.end);
    const committed = clock();
    const seen = await Promise.all(nodes.map((node) => untilRefused(node, credential, committed)));
    return { kind: credential.kind, seen };
  });
  return Promise.all(all);
}

/** How long after the commit the first refusal came, and what was allowed too late. */
async function untilRefused(node, { question, isYes }, committed) {
  let late = 0;
  for (;;) {
    const sent = clock();
    const { body, status } = await node.ask(question).catch(() => ({ body: {}, status: 0 }));
    if (!isYes(body)) return { ms: clock() - committed, sent: sent - committed, late, status };
    if (sent - committed > BOUND_MS) late += 1;
    await delay(PAUSE_MS);
  }
}

/**
 * From the commit to the refusal of the last node that runs; what a node answers that is stopped or cut
 * off says how long that was. Its late yes counts all the same.
 */
function summary(ended, sick) {
  const last = ended
    .map(({ seen }) => Math.max(...seen.filter((_, node) => node !== sick).map(({ ms }) => ms)))
    .toSorted((a, b) => a - b);
  const tenths = (share) => Math.round(10 * quantile(last, share)) / 10;
  const late = ended.flatMap(({ seen }) => seen).reduce((sum, each) => sum + each.late, 0);
  return { ended: ended.length, p50: tenths(0.5), p99: tenths(0.99), max: tenths(1), late };
}

function report(rows) {
  const lines = rows.map(
    ({ fault, ended, p50, p99, max, late }) =>
      `| ${fault} | ${ended} | ${p50} | ${p99} | ${max} | ${late} |`,
  );
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}`;
  return [
    machine,
    '',
    '| fault | ended | p50 (ms) | p99 (ms) | max (ms) | yes after the bound |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
