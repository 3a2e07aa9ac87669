/**
 * `npm run check`: every judgement of the code that needs no running server, one after the
 * other, each with its time. Ends at the first one that fails, with what that one printed.
 */
import { spawn } from 'node:child_process';

/** Names of scripts in package.json, quickest answer first. */
const STEPS = ['format:check', 'lint', 'types', 'boundaries', 'unused', 'env:check', 'build'];

const width = Math.max(...STEPS.map((step) => step.length));

/** Runs one script; resolves to its exit code and all that it printed, in its order. */
function run(step) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', step], { stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = [];
    child.stdout.on('data', (chunk) => printed.push(chunk));
    child.stderr.on('data', (chunk) => printed.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: signal ? 1 : code, printed: Buffer.concat(printed).toString() });
    });
  });
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const start = performance.now();
for (const step of STEPS) {
  const begun = performance.now();
  if (process.stdout.isTTY) process.stdout.write(`  … ${step}`);
  const { code, printed } = await run(step);
  const clear = process.stdout.isTTY ? '\r' : '';
  const mark = code === 0 ? '✓' : '✗';
  console.log(`${clear}  ${mark} ${step.padEnd(width)}  ${seconds(begun).padStart(7)}`);
  if (code !== 0) {
    console.log(`\n${printed.trimEnd()}\n`);
    console.log(`Check failed at "${step}" (npm run ${step}), after ${seconds(start)}.`);
    process.exit(code);
  }
}
console.log(`All ${STEPS.length} checks passed in ${seconds(start)}.`);
