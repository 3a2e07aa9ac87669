import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../src/free-port.js';
import { runProgram, untilListening } from './servers.js';

const run = promisify(execFile);

/** A PostgreSQL of a test's own and one that follows it (streaming replication, read only). */
export interface ReplicatedPostgres {
  readonly primaryUrl: string;
  readonly standbyUrl: string;
  /** One statement at either of them. */
  onPrimary<T extends pg.QueryResultRow>(sql: string): Promise<T[]>;
  onStandby<T extends pg.QueryResultRow>(sql: string): Promise<T[]>;
  /** Ends the one that follows, and starts it again where it was. */
  stopStandby(): Promise<void>;
  startStandby(): Promise<void>;
  stop(): Promise<void>;
}

/** @param prepare is done to the primary before there is a copy of it */
export async function startReplicatedPostgres(
  prepare: (primaryUrl: string) => Promise<void>,
): Promise<ReplicatedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'keycap-replicated-'));
  await chmod(folder, 0o755);
  const [first, second] = [join(folder, 'primary'), join(folder, 'standby')];
  const primary = await startPostgres(first);
  let standby: Postgres | null = null;
  const port = await freePort('127.0.0.1');
  const startStandby = async (): Promise<void> => {
    standby = await startPostgres(second, primary.url, String(port));
  };
  const stopStandby = async (): Promise<void> => {
    await standby?.stop();
    standby = null;
  };
  await prepare(primary.url);
  await copyRunning(primary.url, first, second);
  await startStandby();
  // A copy has its users, and their passwords.
  const standbyUrl = Object.assign(new URL(primary.url), { port }).href;
  return {
    primaryUrl: primary.url,
    standbyUrl,
    onPrimary: (sql) => query(primary.url, sql),
    onStandby: (sql) => query(standbyUrl, sql),
    startStandby,
    stopStandby,
    stop: async () => {
      await stopStandby();
      await primary.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Postgres {
  readonly url: string;
  stop(): Promise<unknown>;
}

const PROGRAM = join(import.meta.dirname, 'embedded-postgres.mjs');

/** @param followed the URL of the one that it follows, and its own port */
async function startPostgres(dataDir: string, ...followed: readonly string[]): Promise<Postgres> {
  const program = runProgram(process.execPath, [PROGRAM, dataDir, ...followed], {});
  const { url } = await untilListening(program);
  return {
    url,
    stop: () => {
      program.child.kill('SIGTERM');
      return program.ended;
    },
  };
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL's low-level backup: a copy of the files of a server that goes on working. */
async function copyRunning(url: string, from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o711 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    // Keeps owners and modes; files may vanish and change meanwhile.
    await run('cp', ['-a', join(from, 'database-password'), to]);
    await run('cp', ['-a', join(from, 'postgres'), to]);
    const { rows } = await client.query<{ labelfile: string }>(
      'SELECT * FROM pg_backup_stop(false)',
    );
    const cluster = join(to, 'postgres');
    await rm(join(cluster, 'postmaster.pid'));
    await writeFile(join(cluster, 'backup_label'), rows[0]!.labelfile);
    await writeFile(join(cluster, 'standby.signal'), '');
    await chownLike(cluster, ['backup_label', 'standby.signal']);
  } finally {
    await client.end();
  }
}

/** As root, files are written for the user that PostgreSQL runs as. */
async function chownLike(folder: string, names: readonly string[]): Promise<void> {
  await run('chown', [`--reference=${folder}`, ...names.map((name) => join(folder, name))]);
}
