// `npm run bench:profile`: where the server's processor time goes, or what it allocates, while it does
// the work of `npm run bench`. Measures; asserts nothing.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, isBuilt } from '../scripts/lib/build.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { load } from './support/load.mjs';
import { align } from './support/table.mjs';
import { introspection, issuing } from './works/oauth.mjs';
import { bearer, creation } from './works/own-api.mjs';
import { Stage } from './works/stage.mjs';
import { coldCache, verification } from './works/verification.mjs';

const WORKS = [verification, coldCache, introspection, issuing, bearer, creation];
const WARM_UP_S = 5;
const CONNECTIONS = 32;
const WRITTEN_WITHIN_MS = 100;

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: 'V' },
    seconds: { type: 'string', default: '10' },
    credentials: { type: 'string', default: '1000' },
    lines: { type: 'string', default: '30' },
    allocations: { type: 'boolean', default: false },
  },
});
const of = values.allocations ? 'allocations' : 'time';
const work = WORKS.find(({ id }) => id === values.work.toUpperCase());
if (!work) throw new Error(`--work is one of ${WORKS.map(({ id }) => id).join(', ')}`);

const file = fromRoot(
  `bench/results/${work.id}.${values.allocations ? 'heapprofile' : 'cpuprofile'}`,
);
const stage = new Stage({ credentials: Number(values.credentials), alone: true }, () => undefined, {
  NODE_OPTIONS: `--import=${fromRoot('bench/support/profiled.mjs')}`,
  BENCH_PROFILE: file,
  BENCH_PROFILE_OF: of,
});
try {
  if (!isBuilt()) await build();
  await mkdir(fromRoot('bench/results'), { recursive: true });
  await rm(file, { force: true });
  const [contender] = await work.contenders(stage);
  const { requests } = await profile(contender, Number(values.seconds));
  const text = await readFile(file, 'utf8');
  const lines = describe(linesOf(JSON.parse(text)), requests);
  process.stdout.write(
    `${work.title}: ${requests} requests\n${lines.join('\n')}\nkept in ${file}\n`,
  );
} finally {
  await stage.stop();
}

async function profile({ server, requests, requestsOf, once = false }, seconds) {
  const round = { url: server.url, connections: CONNECTIONS, once };
  const fresh = async () => requests ?? requestsOf();
  await load({ ...round, requests: await fresh(), seconds: WARM_UP_S }, server.pid);
  const measured = { ...round, requests: await fresh(), seconds };
  process.kill(server.pid, 'SIGUSR2');
  const result = await load(measured, server.pid);
  process.kill(server.pid, 'SIGUSR2');
  while (!existsSync(file)) await delay(WRITTEN_WITHIN_MS);
  await delay(WRITTEN_WITHIN_MS);
  return result;
}

/** What each function took, by itself and with all that it called. */
function linesOf(profile) {
  const lines = new Map();
  const own = values.allocations ? allocatedBy : timesOf(profile);
  const visit = (node, path) => {
    const title = titleOf(node.callFrame);
    const line = lines.get(title) ?? { title, own: 0, all: 0 };
    lines.set(title, line);
    let all = own(node);
    line.own += all;
    const isOutermost = !path.has(title);
    if (isOutermost) path.add(title);
    for (const child of childrenOf(node)) all += visit(child, path);
    if (isOutermost) {
      path.delete(title);
      line.all += all;
    }
    return all;
  };
  const nodes = new Map((profile.nodes ?? []).map((node) => [node.id, node]));
  const childrenOf = ({ children = [] }) =>
    children.map((child) => (typeof child === 'number' ? nodes.get(child) : child));
  const total = visit(profile.head ?? profile.nodes[0], new Set());
  return { total, lines: [...lines.values()] };
}

function allocatedBy({ selfSize }) {
  return selfSize;
}

/** Of a profile of time: the microseconds of each node; waiting for something to do is none. */
function timesOf({ samples, timeDeltas }) {
  const times = new Map();
  for (const [index, id] of samples.entries()) {
    times.set(id, (times.get(id) ?? 0) + timeDeltas[index]);
  }
  return ({ id, callFrame }) => (callFrame.functionName === '(idle)' ? 0 : (times.get(id) ?? 0));
}

function titleOf({ functionName, url, lineNumber }) {
  const place = url === '' ? '' : ` ${url.split('/').slice(-3).join('/')}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function describe({ total, lines }, requests) {
  const unit = values.allocations ? 'bytes' : 'µs';
  const share = (part) => `${((100 * part) / total).toFixed(1)} %`;
  const table = (sorted) => [
    ['', `own ${unit}`, 'own', 'with callees'],
    ...sorted
      .slice(0, Number(values.lines))
      .map(({ title, own, all }) => [title, (own / requests).toFixed(2), share(own), share(all)]),
  ];
  return [
    `${(total / requests).toFixed(1)} ${unit} a request`,
    ...align(table(lines.toSorted((a, b) => b.own - a.own))),
    '',
    ...align(table(lines.toSorted((a, b) => b.all - a.all))),
  ];
}
