import pg from 'pg';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';
import { DataSource } from 'typeorm';
import { StartError } from '../start-error.js';
import { CONNECT_TIMEOUT_MS, explainConnectionError } from './connection-errors.js';
import { hasCode } from './private-file.js';
import { ADVISORY_LOCKS } from './advisory-locks.js';

const LOCK_LIMIT_SECONDS = 60;
const OLDEST_MAJOR = 14;

/** Schema of a database before this call; `applied` counts the migrations of this call. */
export interface MigrationReport {
  readonly applied: number;
  /** Of the server, such as `16.2`. */
  readonly version: string;
}

/**
 * Brings the schema up to date. Of several servers that start at once one migrates and the others
 * wait for it.
 * @throws StartError where the database can't be reached, is too old, or was migrated by a newer
 * Keycap
 */
export async function migrate(
  url: string,
  options: DataSourceOptions,
  limits: { connectTimeoutMs?: number } = {},
): Promise<MigrationReport> {
  const client = await connect(url, limits.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  try {
    const version = await checkVersion(client);
    await checkPrimary(client, url);
    await client.query("SELECT set_config('lock_timeout', $1, false)", [`${LOCK_LIMIT_SECONDS}s`]);
    await client.query('SELECT pg_advisory_lock($1, $2)', ADVISORY_LOCKS.migration);
    const applied = await applyPending(client, options);
    return { applied, version };
  } catch (error) {
    if (!hasCode(error, '55P03')) throw error;
    throw new StartError(
      `Another server has been migrating the database for more than ${LOCK_LIMIT_SECONDS} s.`,
    );
  } finally {
    // Ending the session frees the lock.
    await client.end().catch(() => undefined);
  }
}

async function connect(url: string, timeout: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeout,
    application_name: 'keycap migration',
  });
  // A query in progress is told as well; without a listener the process would die.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw explainConnectionError(error, url);
  }
  return client;
}

async function checkVersion(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version.split(' ')[0] ?? '';
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return version;
  throw new StartError(
    `The database is PostgreSQL ${version}, and Keycap needs ${OLDEST_MAJOR} or later.`,
  );
}

async function checkPrimary(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>(
    'SELECT pg_is_in_recovery() AS standby',
  );
  if (rows[0]?.standby !== true) return;
  const { hostname, port } = new URL(url);
  throw new StartError(
    `The database at ${hostname}:${port || 5432} is a standby: DATABASE_URL has to lead to the primary; ` +
      'name standbys in DATABASE_REPLICA_URLS.',
  );
}

async function applyPending(client: pg.Client, options: DataSourceOptions): Promise<number> {
  const known = namesOf(options);
  const done = await executed(client);
  const newer = done.find((name) => !known.includes(name));
  if (newer !== undefined) {
    throw new StartError(
      `The database was migrated by a newer Keycap (${newer}): start that version, or restore an earlier backup.`,
    );
  }
  if (known.every((name) => done.includes(name))) return 0;
  const source = new DataSource(withoutTimeouts(options));
  await source.initialize();
  try {
    return (await source.runMigrations({ transaction: 'each' })).length;
  } finally {
    await source.destroy();
  }
}

/** Names of the migrations that the database has had; the table is the one ormconfig.ts names. */
async function executed(client: pg.Client): Promise<readonly string[]> {
  const [table] = (await client.query("SELECT to_regclass('keycap_migrations') AS oid")).rows as {
    oid: string | null;
  }[];
  if (table?.oid === null) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM keycap_migrations');
  return rows.map(({ name }) => name);
}

/** Names as TypeORM records them. */
function namesOf({ migrations }: DataSourceOptions): readonly string[] {
  return Object.values(migrations ?? []).map((Migration: unknown) => {
    const migration = new (Migration as new () => MigrationInterface)();
    return migration.name ?? migration.constructor.name;
  });
}

/** A migration may take longer than a request. */
function withoutTimeouts(options: DataSourceOptions): DataSourceOptions {
  const extra: unknown = 'extra' in options ? options.extra : {};
  return {
    ...options,
    extra: { ...(extra as object), statement_timeout: 0, idle_in_transaction_session_timeout: 0 },
  };
}
