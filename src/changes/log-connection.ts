import pg from 'pg';

export const CHANNEL = 'keycap_changes';

/** A read that takes longer renews no lease that is worth having, in milliseconds. */
const READ_LIMIT_MS = 900;

/** A read of more would cost whoever waits for the event loop more than it spares the database. */
const MOST_CHANGES = 10_000;

/** What one read of the log says. */
export interface Reading {
  /** Every transaction below it has ended, and what it changed was visible to this or an earlier read. */
  readonly watermark: string;
  /**
   * Changes of transactions at or above the watermark that was asked from; null for too many to be told
   * of one by one, which pile up behind a transaction that stays open.
   */
  readonly changes: readonly SeenChange[] | null;
  /** The database's clock, in milliseconds since the epoch. */
  readonly databaseMs: number;
  /** Of the primary's write-ahead log, as `pg_lsn` is written: behind all that this read could see. */
  readonly walPosition: string;
  /** Another one where the numbers of transactions may have begun anew: restarted, promoted, restored. */
  readonly incarnation: string;
}

export interface SeenChange {
  readonly transactionId: number;
  readonly subject: string;
  readonly changedAt: string;
}

/**
 * One statement, so that watermark and rows are of one snapshot. Every visible row from $1 on: those
 * below `xmin` alone would hide what was committed behind any transaction that is still open, and
 * what is not visible yet has a number at or above `xmin`, where the next read looks.
 */
const READ = `
  /* keycap: the log of changes */
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS watermark,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "databaseMs",
         left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || pg_postmaster_start_time()
           AS incarnation,
         pg_current_wal_insert_lsn()::text AS "walPosition",
         CASE WHEN (SELECT count(*) FROM (
                     SELECT FROM changes WHERE transaction_id >= $1::bigint LIMIT $2 + 1) counted) <= $2
              THEN coalesce((
                SELECT json_agg(json_build_object(
                         'transactionId', transaction_id, 'subject', subject, 'changedAt', changed_at))
                  FROM changes WHERE transaction_id >= $1::bigint
              ), '[]') END AS changes`;

/**
 * The node's own connection to the log, beside the pool: a pool that is busy delays no read, and
 * LISTEN belongs to a connection.
 */
export class LogConnection {
  private constructor(private readonly client: pg.Client) {}

  /** @param hinted is told that something may have changed */
  static async open(url: string, hinted: (payload: string) => void): Promise<LogConnection> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'keycap changes',
      connectionTimeoutMillis: READ_LIMIT_MS,
      query_timeout: READ_LIMIT_MS,
      statement_timeout: READ_LIMIT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 1000,
    });
    client.on('error', () => undefined);
    client.on('notification', ({ payload = '' }) => {
      hinted(payload);
    });
    try {
      await client.connect();
      await client.query('LISTEN keycap_changes');
    } catch (error) {
      abandon(client);
      throw error;
    }
    return new LogConnection(client);
  }

  /** Calls back when the connection ends, for whatever reason. */
  onLost(lost: () => void): void {
    this.client.once('end', lost);
  }

  /** @param watermark of the read before; null for none, which sees no changes */
  async read(watermark: string | null): Promise<Reading> {
    const { rows } = await this.client.query<Reading>(READ, [watermark, MOST_CHANGES]);
    const [reading] = rows;
    if (!reading) throw new Error('the log of changes gave no answer');
    return reading;
  }

  /** Without waiting for whoever may never answer. */
  abandon(): void {
    abandon(this.client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

function abandon(client: pg.Client): void {
  client.end().catch(() => undefined);
}
