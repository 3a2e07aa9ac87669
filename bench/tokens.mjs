// `npm run bench:tokens`: what a million access tokens weigh, and what it costs to be rid of them.
// Starts the server as `npm start` does, issues tokens through `POST /o/token/`, and drops expired
// partitions by the server's own code while issuing goes on. Measures; asserts nothing.
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { readOptions } from './support/token-options.mjs';
import { say, stopOnSignal } from './support/running.mjs';
import { setUp, startServer } from './support/server.mjs';
import { clock, startIssuing, summarize } from './support/token-load.mjs';
import { showReport } from './support/token-report.mjs';
import { TokenTable } from './support/token-table.mjs';

const HOUR_S = 3600;
const DAY_S = 86_400;
/** A drop gives up where a transaction is in its way; the server would try again later. */
const DROP_ATTEMPTS = 20;

const options = readOptions();
const server = await startServer();
stopOnSignal(server.stop);
try {
  const report = await measure();
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : showReport(report));
} finally {
  await server.stop();
}

async function measure() {
  const { periodOf, TokenPartitions } =
    await import('../dist/src/oauth/tokens/token-partitions.js');
  const table = await TokenTable.connect(server.databaseUrl);
  // Dropping takes a connection of its own and needs no pool.
  const partitions = new TokenPartitions(null, server);
  const create = await setUp(server);
  // Their tokens never share a partition, so those of the one can be dropped alone.
  const [filling, lasting] = [await client(create, HOUR_S), await client(create, DAY_S)];

  say(`issuing ${options.issued} tokens`);
  const empty = await table.sizes();
  const times = await issue(filling, { count: options.issued }).done;
  const loaded = options.count - options.issued;
  say(`loading ${loaded} tokens by SQL`);
  await table.load(filling.id, await table.lastPeriodOf(filling.id), loaded);
  const filled = await table.sizes();

  const expired = await dropPlanted(table, partitions, { filling, lasting, periodOf });
  say('dropping the partitions that were filled first, at the time they will have expired');
  const later = new Date(((await table.lastPeriodOf(filling.id)) + 2) * HOUR_S * 1000);
  const issuedOnes = await drop(table, partitions, lasting, later);
  const durability = await table.durability();
  await table.end();
  return {
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    postgres: durability,
    options,
    loaded,
    issuing: summarize(times),
    sizes: { empty, filled },
    drops: { expired, issued: issuedOnes },
  };
}

/** Drops a partition that has expired hours ago, made and filled for this. */
async function dropPlanted(table, partitions, { filling, lasting, periodOf }) {
  for (;;) {
    const period = periodOf(new Date()) - 3;
    say(`loading an expired partition with ${options.expired} tokens, and dropping it`);
    await table.attach(period);
    await table.load(filling.id, period, options.expired);
    const measured = await drop(table, partitions, lasting, new Date());
    if (measured.periods.includes(period)) return measured;
    say('the server was quicker; once more');
  }
}

/** Drops what is past at that time, while tokens are issued before, during and after. */
async function drop(table, partitions, client, at) {
  const before = await table.sizes();
  const load = issue(client);
  await load.started;
  await delay(options.seconds * 1000);
  const start = clock();
  const { periods, attempts } = await dropPast(partitions, at);
  const end = clock();
  await delay(options.seconds * 1000);
  load.stop();
  const times = await load.done;
  const phase = (isIn) =>
    summarize(times.filter((each) => isIn(each.start, each.start + each.duration)));
  const names = new Set(periods.map((period) => `access_tokens_${period}`));
  const gone = before.partitions.filter(({ partition }) => names.has(partition));
  return {
    periods,
    rows: gone.reduce((sum, { rows }) => sum + rows, 0),
    attempts,
    milliseconds: end - start,
    before: phase((_, answered) => answered < start),
    during: phase((asked, answered) => answered >= start && asked <= end),
    after: phase((asked) => asked > end),
    sizes: { before, after: await table.sizes() },
  };
}

async function dropPast(partitions, at) {
  for (let attempts = 1; ; attempts++) {
    try {
      return { periods: await partitions.dropPast(at), attempts };
    } catch (error) {
      if (attempts === DROP_ATTEMPTS) throw error;
      say(`gave up, and tries again: ${error.message}`);
    }
  }
}

function issue({ authorization }, more = {}) {
  return startIssuing({
    url: server.url,
    authorization,
    connections: options.connections,
    ...more,
  });
}

/** A client whose tokens live that long. */
async function client(create, seconds) {
  const made = await create('/oauth-clients', { name: 'Bench', token_ttl_seconds: seconds });
  return {
    id: made.oauth_client.client_id,
    authorization: `Basic ${made.basic_credential}`,
  };
}
