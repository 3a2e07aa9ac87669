// `npm run bench`: Keycap and its peers, each on the same core in turn, under the same load from another
// core; one table of ratios against the goals. Measures; asserts nothing.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release } from 'node:os';
import { build, isBuilt } from '../scripts/lib/build.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { readOptions } from './support/bench-options.mjs';
import { canPin } from './support/cores.mjs';
import { GENERATOR } from './support/load.mjs';
import { installPeers } from './support/peers.mjs';
import { isGeneratorBound, showRatios } from './support/ratios-report.mjs';
import { measureInTurn, ratio, summarize } from './support/rounds.mjs';
import { say, stopOnSignal } from './support/running.mjs';
import { introspection, issuing } from './works/oauth.mjs';
import { bearer, creation, mixture, tokenMixture } from './works/own-api.mjs';
import { check, Stage } from './works/stage.mjs';
import { coldCache, garbage, verification } from './works/verification.mjs';

const WORKS = [
  verification,
  introspection,
  issuing,
  bearer,
  mixture,
  garbage,
  coldCache,
  creation,
  tokenMixture,
];
const RESULTS = fromRoot('bench/results');

const options = readOptions(WORKS.map(({ id }) => id));
const stage = new Stage(options, say);
stopOnSignal(() => stage.stop());
try {
  await installPeers();
  if (!isBuilt()) await build();
  const report = await measureAll();
  const file = await keep(report);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : showRatios(report));
  say(`kept in ${file}`);
} finally {
  await stage.stop();
}

async function measureAll() {
  const began = new Date();
  const loadBefore = loadOfMachine();
  const works = [];
  for (const work of WORKS.filter(({ id }) => options.work.includes(id))) {
    works.push(await measure(work));
  }
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    system: `${process.platform} ${release().split('-')[0]}`,
    node: process.version,
    postgres: await (await stage.keycap()).postgres(),
    generator: GENERATOR,
    pinned: canPin,
    loadBefore,
    loadAfter: loadOfMachine(),
  };
  return { began, machine, options, works };
}

async function measure({ id, title, ratios, contenders: prepare }) {
  say(`${id}: ${title}`);
  const contenders = await prepare(stage);
  for (const each of contenders) await check(each);
  const results = await measureInTurn(contenders, options, say);
  for (const each of contenders) await check(each);
  const medians = Object.fromEntries(
    Object.entries(results).map(([name, rounds]) => [name, summarize(rounds)]),
  );
  return {
    id,
    title,
    ratios: ratios
      .filter(({ of, to }) => of in results && to in results)
      .map(({ of, to, times = 1, ...more }) => ({
        title: `${id}: ${of} / ${to}`,
        ...more,
        measured: ratio(results, of, to) * times,
        isMarked: isGeneratorBound(medians[of]) || isGeneratorBound(medians[to]),
      })),
    contenders: Object.entries(results).map(([name, rounds]) => ({
      name,
      median: medians[name],
      rounds,
    })),
  };
}

/** The mean number of processes that wanted a core: 1 and 5 minutes. */
function loadOfMachine() {
  return loadavg()
    .slice(0, 2)
    .map((each) => each.toFixed(1))
    .join(', ');
}

async function keep(report) {
  await mkdir(RESULTS, { recursive: true });
  const name = options.record ? 'recorded' : report.began.toISOString().replaceAll(':', '-');
  const file = `${RESULTS}/${name}.json`;
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
