import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hasCode } from '../private-file.js';

/** What a running PostgreSQL says about itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping';
}

const PID_FILE = 'postmaster.pid';

/**
 * The server that runs on the cluster, or `null`. A file that a crash left behind, and whose number
 * has gone to a process that is no PostgreSQL, is removed, because PostgreSQL itself would refuse to
 * start beside it (this happens in containers, where numbers are few).
 */
export function findPostmaster(cluster: string): Postmaster | null {
  const found = read(join(cluster, PID_FILE));
  if (found === null || !isAlive(found.pid)) return null;
  if (isPostgres(found.pid)) return found;
  removeStale(cluster, found.pid);
  return null;
}

/** Whether a process with this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function read(path: string): Postmaster | null {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    const [pid, , , port] = lines.map(Number);
    const status = lines[7]?.trim();
    if (!pid || pid < 0) return null;
    return {
      pid,
      port: port ?? 0,
      status: status === 'ready' || status === 'stopping' ? status : 'starting',
    };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isPostgres(pid: number): boolean {
  return basename(programOf(pid)) === 'postgres';
}

function programOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
    } catch {
      return '';
    }
  }
  return spawnSync('/bin/ps', ['-p', String(pid), '-o', 'comm='], {
    encoding: 'utf8',
  }).stdout.trim();
}

/** Takes the file away and looks at what it took: another start may have replaced it meanwhile. */
function removeStale(cluster: string, pid: number): void {
  const path = join(cluster, PID_FILE);
  const taken = `${path}.${process.pid}`;
  try {
    renameSync(path, taken);
    if (read(taken)?.pid === pid) rmSync(taken);
    else renameSync(taken, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
