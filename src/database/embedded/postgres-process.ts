import { spawn } from 'node:child_process';
import { closeSync, fchmodSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../private-file.js';
import type { Binaries } from './binaries.js';
import { POSTGRES_ENVIRONMENT } from './cluster.js';
import type { DataFolder } from './data-folder.js';
import { clusterIn } from './data-folder.js';
import { isAlive } from './postmaster.js';
import { asUser } from './system-user.js';

/** A PostgreSQL that this process has started. */
export interface PostgresProcess {
  readonly pid: number;
  hasExited(): boolean;
  /** What it has logged since it was started. */
  output(): string;
}

const LOG_LIMIT_BYTES = 1_000_000;
const POLL_MS = 15;
const ENDING = [
  ['SIGINT', 6000],
  ['SIGQUIT', 2000],
  ['SIGKILL', 1000],
] as const;

/** PostgreSQL's own messages; rewritten when large. */
export const logFileIn = (dataDir: string): string => join(dataDir, 'postgres.log');

/**
 * Starts PostgreSQL in a session of its own, so that a signal to the server's process group leaves it
 * running until the server has drained. It listens on loopback alone and logs no statement, since
 * statements hold what users sent.
 */
export function startPostgres(
  { path, user }: DataFolder,
  { postgres }: Binaries,
  port: number,
  settings: Readonly<Record<string, string>>,
): PostgresProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...settings,
  };
  const log = openLog(path);
  const { size: loggedBefore } = fstatSync(log);
  const child = spawn(
    postgres,
    [
      ...['-D', clusterIn(path), '-p', String(port)],
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
      ...asUser(user),
    },
  );
  closeSync(log);
  let exited = child.pid === undefined;
  child.once('exit', () => (exited = true));
  child.once('error', () => (exited = true));
  child.unref();
  return {
    pid: child.pid ?? 0,
    hasExited: () => exited,
    output: () => readFileSync(logFileIn(path)).subarray(loggedBefore).toString(),
  };
}

function openLog(dataDir: string): number {
  const path = logFileIn(dataDir);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(path, size > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
  fchmodSync(log, 0o600);
  return log;
}

/** The last thing PostgreSQL said before it gave up. */
export function complaintIn(output: string): string {
  const lines = output.trim().split('\n');
  const line = lines.findLast((each) => /FATAL|PANIC|error/i.test(each)) ?? lines.at(-1) ?? '';
  return line.replace(/^.*?(?:FATAL|PANIC): +/, '') || 'it said nothing';
}

/**
 * Ends PostgreSQL: asks (fast shutdown: clients are cut, nothing committed is lost), then insists.
 * @param pid 0 = none. A PostgreSQL taken over from a crashed server is no child of this process
 * @param hasExited what is known about a child, whose number may be another process's by now
 */
export async function endPostgres(pid: number, hasExited: () => boolean): Promise<void> {
  const runs = (): boolean => pid !== 0 && !hasExited() && isAlive(pid);
  for (const [signal, limitMs] of ENDING) {
    if (!runs()) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
    }
    const deadline = Date.now() + limitMs;
    while (runs() && Date.now() < deadline) await delay(POLL_MS);
  }
}
