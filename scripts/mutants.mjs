// `npm run mutants [-- --only <text>] [-- --list]`: is a test worth its row? Plants one known mistake
// after the other (test/mutants) in a copy of the tree and expects the tests that are named with it to
// fail. Each is built and tested anew, which takes minutes in all, so CI does not run it. `--only`
// takes the mutants that have the text in their name, rows or file.
import { parseArgs } from 'node:util';
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { tryMutant, unprovenMutants } = await import('./lib/mutant-trials.mjs');
const { MutantTree } = await import('./lib/mutant-tree.mjs');
const { faultOf, readMutants, titleOf } = await import('./lib/mutants.mjs');

function options() {
  try {
    return parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

const say = (outcome, text) => console.log(`  ${outcome.padEnd(8)}  ${text}`);
const since = (started) => `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** Says what is there, and what can't be planted any more. */
function list(mutants) {
  for (const mutant of mutants) {
    const fault = faultOf(mutant);
    say(fault === null ? '' : 'broken', `${titleOf(mutant)}  ${fault ?? mutant.file}`);
    if (fault !== null) process.exitCode = 1;
  }
}

/** @returns how many were caught, survived and were broken */
async function tryAll(tree, mutants) {
  const faults = new Map(mutants.map((mutant) => [mutant, faultOf(mutant)]));
  const plantable = mutants.filter((mutant) => faults.get(mutant) === null);
  const unproven = await unprovenMutants(tree, plantable, async (tests, work) => {
    const started = performance.now();
    say('without', `${tests}: ${await work()}  ${since(started)}`);
  });
  for (const mutant of unproven) faults.set(mutant, 'its tests do not pass without it');

  const counts = { caught: 0, SURVIVED: 0, broken: 0 };
  for (const [mutant, fault] of faults) {
    const started = performance.now();
    const [outcome, reason] = fault ? ['broken', fault] : await tryMutant(tree, mutant);
    say(outcome, `${titleOf(mutant)}  ${since(started)}\n            ${reason}`);
    counts[outcome]++;
  }
  return counts;
}

async function run(mutants) {
  const stop = new AbortController();
  // Each signal, not the first alone: an impatient second Ctrl-C must not cut the clearing up short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());
  const started = performance.now();
  try {
    const counts = await MutantTree.use(stop.signal, (tree) => tryAll(tree, mutants));
    const tally = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
    console.log(`\n  Mutants: ${tally.join(', ')}.  ${since(started)}`);
    if (counts.caught < mutants.length) process.exitCode = 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = 130;
  }
}

const { only = '', list: isListing } = options();
const mutants = (await readMutants()).filter((mutant) =>
  `${titleOf(mutant)} ${mutant.file}`.toLowerCase().includes(only.toLowerCase()),
);
if (isListing) list(mutants);
else await run(mutants);
