import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { asUser } from './system-user.js';
import type { SystemUser } from './system-user.js';

/** Ends PostgreSQL should this process die without having done so. */
export interface Watcher {
  /** PostgreSQL has ended, or belongs to another server: the watcher goes and does nothing. */
  dismiss(): void;
}

/**
 * Reads a pipe whose other end only the server holds. End of file without a word means that the
 * server is gone, however it died. It looks at `postmaster.pid` again, since numbers are reused.
 */
const SCRIPT = `
read -r word && exit 0
read -r owner < "$2/postmaster.pid" && [ "$owner" = "$1" ] && kill -INT "$1"
`;

/** @param pid of the PostgreSQL that runs on `cluster` */
export function watch(pid: number, cluster: string, user: SystemUser | null): Watcher {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'keycap-watcher', String(pid), cluster], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...asUser(user),
  });
  child.unref();
  // The pipe must not keep the server alive, nor its breaking end it.
  child.stdin.on('error', () => undefined);
  child.once('error', () => undefined);
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { dismiss: () => void child.stdin.end('dismissed\n') };
}
