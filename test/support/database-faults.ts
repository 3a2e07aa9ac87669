import pg from 'pg';

/** A lock that statements of the server wait for. */
export interface HeldLock {
  /** Resolves once `count` statements wait for it. */
  waiters(count?: number): Promise<void>;
  release(): Promise<void>;
}

/** Holds the audit log so that nobody else reads or writes it: every change waits, no sign-in does. */
export async function lockAuditLog(databaseUrl: string): Promise<HeldLock> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
  const waiting = async (): Promise<number> => {
    const { rows } = await holder.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks
        WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows[0]?.count ?? 0;
  };
  return {
    waiters: async (count = 1) => {
      let seen = 0;
      while (seen < count) seen = await waiting();
    },
    release: async () => {
      await holder.query('ROLLBACK');
      await holder.end();
    },
  };
}
