import { Injectable } from '@nestjs/common';
import { Transactions } from '../../../database/transactions.js';
import { type KeyRateLimit } from '../../api-key.entity.js';

/** What the database says of a key's window. */
export interface WindowReading {
  readonly startedAt: Date;
  readonly endsAt: Date;
  readonly msLeft: number;
  /** So many uses nobody has taken yet. */
  readonly left: number;
}

/** Uses that this node may spend, nobody else, within the window. */
export interface Lease extends WindowReading {
  readonly granted: number;
}

/** A node gets this part of what is left, so that the others get some as well. */
const PART = 8;

interface WindowRow {
  readonly started_at: Date;
  readonly ends_at: Date;
  readonly ms_left: number;
  readonly taken: number;
  readonly granted: number;
}

/**
 * $2 the least that is of use, $3 the limit, $4 the window in seconds, $5 the first share of a new
 * window, $6 which part of the rest is taken. One statement, so that no number of nodes gets more than the limit; by the database's clock,
 * so that all of them mean the same window. A key that is gone has none.
 */
const TAKE = `
  INSERT INTO api_key_windows AS w (key_id, started_at, taken, granted)
  SELECT id, now(), $5::integer, $5::integer FROM api_keys WHERE id = $1
  ON CONFLICT (key_id) DO UPDATE SET
    started_at = CASE WHEN w.started_at + make_interval(secs => $4) <= now()
      THEN now() ELSE w.started_at END,
    taken = CASE
      WHEN w.started_at + make_interval(secs => $4) <= now() THEN $5
      WHEN w.taken + $2 > $3 THEN w.taken
      ELSE w.taken + greatest($2, ($3 - w.taken) / $6) END,
    granted = CASE
      WHEN w.started_at + make_interval(secs => $4) <= now() THEN $5
      WHEN w.taken + $2 > $3 THEN 0
      ELSE greatest($2, ($3 - w.taken) / $6) END
  RETURNING started_at, started_at + make_interval(secs => $4) AS ends_at, taken, granted,
    (extract(epoch FROM started_at + make_interval(secs => $4) - now()) * 1000)::float8 AS ms_left`;

const READ = `
  SELECT started_at, started_at + make_interval(secs => $2) AS ends_at, taken, granted,
         (extract(epoch FROM started_at + make_interval(secs => $2) - now()) * 1000)::float8 AS ms_left
    FROM api_key_windows
   WHERE key_id = $1 AND started_at + make_interval(secs => $2) > now()`;

/** The windows of limited keys, which all nodes share. */
@Injectable()
export class KeyWindows {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Takes an eighth of what is left, or `need` where that is more; nothing where less is left. Null
   * for a key that is gone.
   */
  async take(
    keyId: string,
    { limit, windowSeconds }: KeyRateLimit,
    need: number,
  ): Promise<Lease | null> {
    const first = need > limit ? 0 : Math.max(need, Math.floor(limit / PART));
    const parameters = [keyId, need, limit, windowSeconds, first, PART];
    const [row] = await this.transactions.outside.query<WindowRow[]>(TAKE, parameters);
    return row ? { ...readingOf(row, limit), granted: row.granted } : null;
  }

  /** Null where no window is running. */
  async read(keyId: string, { limit, windowSeconds }: KeyRateLimit): Promise<WindowReading | null> {
    const parameters = [keyId, windowSeconds];
    const [row] = await this.transactions.outside.query<WindowRow[]>(READ, parameters);
    return row ? readingOf(row, limit) : null;
  }
}

function readingOf(row: WindowRow, limit: number): WindowReading {
  return {
    startedAt: row.started_at,
    endsAt: row.ends_at,
    msLeft: row.ms_left,
    left: Math.max(0, limit - row.taken),
  };
}
