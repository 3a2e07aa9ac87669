// `npm run bench:processes`: the memory of a server that has verified a million times, and what a second
// server process adds. No core is set aside here: what is measured and what measures share the machine.
// Measures; asserts nothing.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { build, isBuilt } from '../scripts/lib/build.mjs';
import { Keycap } from './support/keycap.mjs';
import { load } from './support/load.mjs';
import { runningServers, say } from './support/running.mjs';
import { measureInTurn, ratio, summarize } from './support/rounds.mjs';
import { postJson } from './works/requests.mjs';

const { values } = parseArgs({
  options: {
    verifications: { type: 'string', default: '1000000' },
    keys: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    asked: { type: 'string', default: '3000' },
  },
});
const CONNECTIONS = 32;
const KIB_PER_MIB = 1024;
/** Of the growing number of verifications memory is told after each such part. */
const PARTS = 10;
const whole = (number) => Math.round(number).toLocaleString('en');

const { running, stop } = runningServers();
try {
  if (!isBuilt()) await build();
  if (Number(values.verifications) > 0) await memory();
  await stop();
  if (Number(values.rounds) > 0) await workers();
} finally {
  await stop();
}

async function memory() {
  const server = await start({});
  const requests = verificationsOf(server, await server.keys(Number(values.keys)));
  const wanted = Number(values.verifications);
  let done = 0;
  let peak = residentMiB(server.pid);
  say(`${Math.round(peak)} MiB before`);
  for (let part = 1; part <= PARTS; part++) {
    const some = requests.slice(((part - 1) * requests.length) / PARTS);
    const each = { url: server.url, connections: CONNECTIONS };
    // Each key once, and from then on some of them again and again.
    if (part === 1) done += (await load({ ...each, requests, once: true }, server.pid)).requests;
    while (done < (wanted * part) / PARTS) {
      done += (await load({ ...each, requests: some, seconds: 5 }, server.pid)).requests;
      peak = Math.max(peak, residentMiB(server.pid));
    }
    say(`${whole(done)} verifications: ${Math.round(residentMiB(server.pid))} MiB`);
  }
  process.stdout.write(
    `Resident memory after ${whole(done)} verifications of ${whole(values.keys)} keys: ` +
      `${Math.round(residentMiB(server.pid))} MiB, at most ${Math.round(peak)} MiB\n`,
  );
}

async function workers() {
  const contenders = [];
  for (const count of [1, 2]) {
    const server = await start({ KEYCAP_WORKERS: String(count) });
    const requests = verificationsOf(server, await server.keys(Number(values.asked)));
    contenders.push({ name: String(count), server: withoutCost(server), requests });
  }
  const rounds = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  const results = await measureInTurn(contenders, { ...rounds, connections: CONNECTIONS }, say);
  const [one, two] = ['1', '2'].map((name) => summarize(results[name]));
  process.stdout.write(
    `V, two workers / one on ${availableParallelism()} cores: ${ratio(results, '2', '1').toFixed(2)} ` +
      `(${whole(two.rate)} and ${whole(one.rate)} a second; ` +
      `the generator and PostgreSQL take their time from the same cores)\n`,
  );
}

async function start(variables) {
  const server = await Keycap.start(variables, { isPinned: false });
  running.push(server);
  return server;
}

/** The processor time of workers is not that of the process that started them. */
function withoutCost({ url }) {
  return { url, pid: 0 };
}

function verificationsOf({ verifier }, keys) {
  return keys.map((key) => postJson('/v1/api-keys/verify', verifier, { api_key: key }));
}

function residentMiB(pid) {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / KIB_PER_MIB;
}
