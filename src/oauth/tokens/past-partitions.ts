import { PoolClient } from '../../database/pool-client.js';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';

/**
 * Below the second after which PostgreSQL looks for deadlocks: where a FINALIZE and the making of a
 * partition wait for each other, it is the FINALIZE that gives up.
 */
const LOCK_LIMIT_MS = 500;
/**
 * A statement may wait for several transactions, one after the other; all in all less than the 2 s
 * that whoever makes a partition meanwhile may wait.
 */
const WAITS_OF_A_STATEMENT = 3;
const CONNECT_TIMEOUT_MS = 2000;

/**
 * What is to be done about each partition up to period $1, as statements. They are written by
 * PostgreSQL, which has the names in its own catalogue and quotes them: DETACH ... CONCURRENTLY
 * runs in no function and takes no parameters. A detach that was interrupted is pending and has to
 * be finished; a table that is detached already only has to go.
 */
const PAST = `
  SELECT past.period,
         CASE WHEN i.inhdetachpending
              THEN format('ALTER TABLE access_tokens DETACH PARTITION %s FINALIZE', past.name)
              WHEN i.inhrelid IS NOT NULL
              THEN format('ALTER TABLE access_tokens DETACH PARTITION %s CONCURRENTLY', past.name)
         END AS detach,
         format('DROP TABLE %s', past.name) AS drop
    FROM (
      SELECT c.oid, c.oid::regclass AS name, substring(c.relname FROM '[0-9]+$')::integer AS period
        FROM pg_class c
        JOIN pg_class parent ON parent.relnamespace = c.relnamespace
       WHERE parent.oid = 'access_tokens'::regclass
         AND c.relkind = 'r' AND c.relname ~ '^access_tokens_[0-9]{1,9}$'
    ) past
    LEFT JOIN pg_inherits i ON i.inhrelid = past.oid
   WHERE past.period <= $1
   ORDER BY i.inhdetachpending DESC NULLS LAST, past.period`;

interface PastPartition {
  readonly period: number;
  /** Null for what is detached. */
  readonly detach: string | null;
  readonly drop: string;
}

/**
 * Detaches and drops the partitions of `access_tokens` up to and including a period. On the table
 * itself no lock is taken that reading or inserting would wait for.
 *
 * @returns the periods dropped; none where another session is dropping right now
 * @throws Error of the database, SQLSTATE 55P03 or 57014, where it gave up
 */
export async function dropPartitions(
  databaseUrl: string,
  lastPeriod: number,
  lockLimitMs = LOCK_LIMIT_MS,
): Promise<readonly number[]> {
  // Of its own: the pool's limits are a request's, and DETACH ... CONCURRENTLY is no transaction.
  const client = new PoolClient({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'keycap token partitions',
    lock_timeout: lockLimitMs,
    statement_timeout: WAITS_OF_A_STATEMENT * lockLimitMs,
  });
  try {
    await client.connect();
    if (!(await isFirst(client))) return [];
    const { rows } = await client.query<PastPartition>(PAST, [lastPeriod]);
    for (const { detach, drop } of rows) {
      if (detach !== null) await client.query(detach);
      await client.query(drop);
    }
    return rows.map(({ period }) => period);
  } finally {
    // Ending the session frees the lock.
    await client.end().catch(() => undefined);
  }
}

/** Never waits for the lock: whoever finishes a detach would wait for the waiting one's snapshot. */
async function isFirst(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1, $2) AS locked',
    ADVISORY_LOCKS.droppingPartitions,
  );
  return rows[0]?.locked === true;
}
