import pg from 'pg';
import { testVariable } from './servers.js';

/** A lock that statements of the server wait for. */
export interface HeldLock {
  /** Resolves once `count` statements wait for it. */
  waiters(count?: number): Promise<void>;
  release(): Promise<void>;
}

/** Holds the audit log so that nobody else reads or writes it: every change waits. */
export function lockAuditLog(databaseUrl: string): Promise<HeldLock> {
  return hold(databaseUrl, 'LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
}

/** Holds the access tokens so that they can be read and not written. */
export function lockTokens(databaseUrl: string): Promise<HeldLock> {
  return hold(databaseUrl, 'LOCK TABLE access_tokens IN SHARE MODE');
}

async function hold(databaseUrl: string, lock: string): Promise<HeldLock> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  // Inside its transaction the holder would see the same activity over and over.
  const watcher = new pg.Client({ connectionString: databaseUrl });
  await Promise.all([holder.connect(), watcher.connect()]);
  await holder.query('BEGIN');
  await holder.query(lock);
  return {
    waiters: async (count = 1) => {
      let waiting = 0;
      while (waiting < count) waiting = await countWaiters(watcher);
    },
    release: async () => {
      await holder.query('ROLLBACK');
      await Promise.all([holder.end(), watcher.end()]);
    },
  };
}

async function countWaiters(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

/** Takes a database away from everyone, connections and all. @returns what brings it back */
export async function takeAway(databaseUrl: string): Promise<() => Promise<void>> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const rename = (from: string, to: string): string =>
    `ALTER DATABASE ${pg.escapeIdentifier(from)} RENAME TO ${pg.escapeIdentifier(to)}`;
  await asAdmin(async (client) => {
    let isAway = false;
    while (!isAway) {
      await terminateConnections(client, name);
      // A database that somebody has connected to meanwhile can't be renamed.
      isAway = await client.query(rename(name, `${name}_away`)).then(
        () => true,
        () => false,
      );
    }
  });
  return () => asAdmin((client) => client.query(rename(`${name}_away`, name)));
}

/**
 * Freezes the server's ends of all connections that the pools have to a database, which must be idle,
 * as a host that has gone silent would. @returns what thaws them
 */
export async function freezeConnections(databaseUrl: string, count: number): Promise<() => void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  let pids: number[] = [];
  await asAdmin(async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = $1 AND state = 'idle' AND application_name = 'keycap'`,
      [name],
    );
    pids = rows.map(({ pid }) => pid);
  });
  if (pids.length !== count) throw new Error(`${String(pids.length)} idle connections`);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}

/** Cuts the connections that wait for a lock. */
export async function cutWaiters(databaseUrl: string): Promise<void> {
  await asAdmin((client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = $1 AND wait_event_type = 'Lock'`,
      [new URL(databaseUrl).pathname.slice(1)],
    ),
  );
}

/** Cuts every connection to a database, whatever it is doing. */
export async function cutConnections(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await asAdmin((client) => terminateConnections(client, name));
}

function terminateConnections(client: pg.Client, database: string): Promise<unknown> {
  return client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = $1 AND pid <> pg_backend_pid()`,
    [database],
  );
}

async function asAdmin(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    connectionString: testVariable('KEYCAP_TEST_ADMIN_DATABASE_URL'),
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
