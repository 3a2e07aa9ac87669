import pg from 'pg';
import { StartError } from '../../start-error.js';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
import { hasCode } from '../private-file.js';
import { DATABASE_USER } from './cluster.js';

const CONNECT_TIMEOUT_MS = 4000;
const DUPLICATE_DATABASE = '42P04';
/** The server is starting up or shutting down, or has just gone. */
const NOT_NOW = ['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET'];

/** Who holds it owns the data folder: starts, watches and stops its PostgreSQL. */
export interface DataFolderLock {
  /** Called once if PostgreSQL ends the session, which means that it has died or been stopped. */
  onLost(listener: () => void): void;
  release(): Promise<void>;
}

/** `not-now` = PostgreSQL is starting or stopping; `taken` = another server is the owner. */
export type LockAttempt = DataFolderLock | 'not-now' | 'taken';

/**
 * One session holds an advisory lock as long as its process lives, so a crashed owner leaves none.
 * Whoever gets it also finds the database there.
 */
export async function lockDataFolder(port: number, password: string): Promise<LockAttempt> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: DATABASE_USER,
    password,
    database: 'postgres',
    ssl: false,
    application_name: 'keycap data folder',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const session: { lost: boolean; listener: (() => void) | null } = { lost: false, listener: null };
  const lose = (): void => {
    if (session.lost) return;
    session.lost = true;
    session.listener?.();
  };
  client.on('error', lose);
  client.on('end', lose);
  try {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS locked',
      ADVISORY_LOCKS.dataFolder,
    );
    if (rows[0]?.locked !== true) {
      await client.end();
      return 'taken';
    }
    await createDatabase(client);
  } catch (error) {
    await client.end().catch(() => undefined);
    if (session.lost || hasCode(error, ...NOT_NOW)) return 'not-now';
    if (hasCode(error, '28P01')) {
      throw new StartError(
        'The embedded PostgreSQL refuses the password in the data folder: restore that file.',
      );
    }
    throw error;
  }
  return {
    onLost: (callback) => {
      session.listener = callback;
      if (session.lost) callback();
    },
    release: async () => {
      session.listener = null;
      await client.end().catch(() => undefined);
    },
  };
}

async function createDatabase(client: pg.Client): Promise<void> {
  try {
    await client.query('CREATE DATABASE keycap');
  } catch (error) {
    if (!hasCode(error, DUPLICATE_DATABASE)) throw error;
  }
}
