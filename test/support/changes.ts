import { until } from './until.js';

type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

const READERS_BEHIND = `
  SELECT pid FROM pg_stat_activity
   WHERE datname = current_database() AND application_name = 'keycap changes'
     AND query_start <= $1::timestamptz`;

/**
 * Resolves when every node of the database knows what was committed before: each has begun two reads
 * of the log of changes since, so the first of them is done with.
 */
export async function untilEveryNodeKnows(query: Query): Promise<void> {
  for (const read of ['one read', 'a further read']) {
    const [row] = await query('SELECT clock_timestamp()::text AS now');
    const { now } = row as { now: string };
    await until(`every node begins ${read} of the log`, async () => {
      await query(`SELECT pg_notify('keycap_changes', '')`);
      return (await query(READERS_BEHIND, [now])).length === 0;
    });
  }
}

/** Makes every node forget what it remembers. */
export const FORGET_EVERYTHING = `
  INSERT INTO changes (transaction_id, subject, changed_at)
  VALUES (pg_current_xact_id()::text::bigint, 'everything', now())`;
