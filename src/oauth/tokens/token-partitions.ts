import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { LONGEST_TOKEN_LIFE_SECONDS } from '../token-life.js';
import { dropPartitions } from './past-partitions.js';

/** Tokens that expire in the same hour live in the same partition. */
export const PERIOD_MS = 3_600_000;

const LONGEST_LIFE_MS = LONGEST_TOKEN_LIFE_SECONDS * 1000;
/** Made beforehand, so that missed rounds of maintenance are not felt. */
const SPARE_MS = 2 * PERIOD_MS;
/** As much may the clocks of two servers differ before one drops what is live to the other. */
const MARGIN_MS = PERIOD_MS;

const MISSING = `
  SELECT period FROM generate_series($1::integer, $2::integer) AS period
   WHERE NOT EXISTS (
     SELECT FROM pg_inherits
      WHERE inhparent = 'access_tokens'::regclass
        AND inhrelid = to_regclass('access_tokens_' || period)
   )
   ORDER BY period`;

/** The partition of the tokens that expire then: hours since the epoch. */
export function periodOf(expiry: Date): number {
  return Math.floor(expiry.getTime() / PERIOD_MS);
}

/** No token that is issued now expires in this period. */
export class PeriodOutOfReach extends Error {
  constructor(period: number) {
    super(`no token of now expires in period ${period}`);
  }
}

/**
 * The partitions of `access_tokens`, one for each period. Any number of servers make and drop them
 * at once; nobody who issues or looks up tokens waits for it.
 */
@Injectable()
export class TokenPartitions {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(RUNTIME) private readonly runtime: Pick<Runtime, 'databaseUrl'>,
  ) {}

  /** Makes what is missing of the partitions for all tokens that are issued in the next 2 hours. */
  async ensureAhead(now = new Date()): Promise<void> {
    const missing = await this.dataSource.query<{ period: number }[]>(MISSING, [
      periodOf(now),
      lastAhead(now),
    ]);
    for (const { period } of missing) await this.attach(period);
  }

  /**
   * Makes one partition unless it is there; for a token whose insert was refused (SQLSTATE 23514,
   * "no partition of relation").
   *
   * @throws PeriodOutOfReach for a period that is past or that no token reaches
   */
  async ensureFor(period: number, now = new Date()): Promise<void> {
    const isInReach = period > lastPast(now) && period <= lastAhead(now);
    if (!Number.isInteger(period) || !isInReach) throw new PeriodOutOfReach(period);
    await this.attach(period);
  }

  /**
   * Runs `work`, which stores tokens that expire then; where a partition is missing, once more with
   * it. Only maintenance that has failed for hours leaves one out.
   */
  async withPartitionsFor<T>(expiries: readonly Date[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!lacksPartition(error)) throw error;
      for (const period of new Set(expiries.map(periodOf))) await this.ensureFor(period);
      return work();
    }
  }

  /**
   * Drops the partitions whose period ended an hour ago or earlier. One that a transaction still
   * looks at is not waited for longer than `lockLimitMs`, and left to the next time.
   *
   * @returns the periods dropped; none where another server is dropping right now
   * @throws Error of the database where it gave up
   */
  dropPast(now = new Date(), lockLimitMs?: number): Promise<readonly number[]> {
    return dropPartitions(this.runtime.databaseUrl, lastPast(now), lockLimitMs);
  }

  /** Each in a transaction of its own, so that no lock is held for long. */
  private async attach(period: number): Promise<void> {
    await this.dataSource.query('SELECT keycap_attach_token_partition($1::integer)', [period]);
  }
}

/** Whether a token of this period can be live, as far as the clocks of servers agree. */
export function isPeriodInUse(period: number, now: Date): boolean {
  return period >= periodOf(now) && period <= lastAhead(now);
}

/** "no partition of relation found for row"; a CHECK that fails has the same code, and a name. */
function lacksPartition(error: unknown): boolean {
  const { driverError } = error as {
    driverError?: { code?: unknown; table?: unknown; constraint?: unknown };
  };
  return driverError?.code === '23514' && driverError.constraint === undefined;
}

function lastAhead(now: Date): number {
  return periodOf(new Date(now.getTime() + LONGEST_LIFE_MS + SPARE_MS));
}

function lastPast(now: Date): number {
  return periodOf(new Date(now.getTime() - MARGIN_MS)) - 1;
}
