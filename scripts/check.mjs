// `npm run check`: every judgement of the code that needs no running server, one after the other,
// each with its time. Ends at the first one that fails, with what that one said.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { build } = await import('./lib/build.mjs');
const { CommandFailed, run } = await import('./lib/command.mjs');
const { install, installedSoFar, isInstalled } = await import('./lib/install.mjs');
const { createProgress } = await import('./lib/progress.mjs');

const script = (name) => () => run(name, 'npm', ['run', '--silent', name]);

/** The quickest answers first; the build early, since what tests import from it must be there. */
const STEPS = {
  'Format (npm run format:check)': script('format:check'),
  'Build (npm run build)': build,
  'Boundaries (npm run boundaries)': script('boundaries'),
  'Types (npm run types)': script('types'),
  'Lint (npm run lint)': script('lint'),
  'Unused code (npm run unused)': script('unused'),
  '.env.example (npm run env:check)': script('env:check'),
};

const progress = createProgress(process.stdout);
const started = performance.now();
let doing = 'Installing packages';
try {
  if (!isInstalled()) await progress.step(doing, install, installedSoFar);
  for (const [title, work] of Object.entries(STEPS)) {
    doing = title;
    await progress.step(title, work);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n  All checks passed in ${seconds.toFixed(1)} s.`);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  console.log(`\n${error.output.trimEnd()}\n\nThe check failed: ${doing}.`);
  process.exitCode = 1;
}
