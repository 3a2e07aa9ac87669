// `npm test`: the set-up of `npm start`, then Jest with the arguments given.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { spawn } = await import('node:child_process');
const { fromRoot } = await import('./lib/paths.mjs');
const { createProgress } = await import('./lib/progress.mjs');
const { setUp } = await import('./lib/set-up.mjs');

await setUp(createProgress(process.stdout));
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    fromRoot('node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: fromRoot('.'), stdio: 'inherit' },
);
// Jest stops what it has started (test/support/global-setup.mjs); until then this process waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => jest.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
}
jest.on('close', (code) => {
  process.exitCode = code ?? 1;
});
