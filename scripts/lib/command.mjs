import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fromRoot } from './paths.mjs';

const KEPT_CHARACTERS = 20_000;
const PATIENCE_MS = 2000;

/** A program that the set-up needs has failed; `output` is what it said. */
export class CommandFailed extends Error {
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/**
 * Runs a program in the project.
 *
 * @param kept how much of its output is of interest: its end, for the case that it fails
 * @returns that
 */
export function run(title, command, parameters, kept = KEPT_CHARACTERS) {
  const child = spawn(command, parameters, {
    cwd: fromRoot('.'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (part) => {
    output = (output + part).slice(-kept);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve, reject) => {
    const stop = endWith(child);
    child.once('error', reject);
    child.once('close', (code) => {
      stop();
      if (code === 0) resolve(output);
      else reject(new CommandFailed(`${title} failed`, output));
    });
  });
}

/**
 * A signal to this process alone ends the program as well, and then this process. npm goes on with
 * what it has begun, for minutes: what it leaves counts as not installed, so it may be cut short.
 */
function endWith(child) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [
    signal,
    () => {
      child.once('close', () => process.exit(128 + constants.signals[signal]));
      child.kill(signal);
      setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    },
  ]);
  for (const [signal, handler] of handlers) process.once(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
