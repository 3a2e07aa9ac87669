import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';
import { dayOf } from '../../database/days.js';
import { FLUSH_INTERVAL_MS } from './flush-interval.js';

interface Count {
  uses: number;
  afterRotation: number;
}

/**
 * Uses of a key that is gone are not counted: they would keep all others from it. In one order, so
 * that two nodes don't wait for each other.
 */
const ADD = `
  INSERT INTO api_key_usage AS usage (key_id, day, outcome, uses, after_rotation)
  SELECT counted.*
    FROM unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[], $5::bigint[])
           AS counted (key_id, day, outcome, uses, after_rotation)
    JOIN api_keys ON api_keys.id = counted.key_id
   ORDER BY counted.key_id, counted.day, counted.outcome
  ON CONFLICT (key_id, day, outcome) DO UPDATE
    SET uses = usage.uses + excluded.uses,
        after_rotation = usage.after_rotation + excluded.after_rotation`;

/** How often each key was used, by day (UTC) and outcome; added every five seconds. */
@Injectable()
export class DailyCounts implements OnApplicationShutdown {
  private readonly logger = new Logger(DailyCounts.name);
  private readonly writer: BatchedWriter<Count>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (sum, { uses, afterRotation }) => {
        sum.uses += uses;
        sum.afterRotation += afterRotation;
        return sum;
      },
      write: (counts) => this.write(counts),
      onFailure: (error) => {
        this.logger.error('uses of API keys were not counted, and are kept', error);
      },
    });
  }

  /** @param keyId UUID */
  count(keyId: string, outcome: string, at: Date, isReplaced: boolean): void {
    const row = `${keyId} ${dayOf(at)} ${outcome}`;
    this.writer.add(row, { uses: 1, afterRotation: isReplaced ? 1 : 0 });
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(counts: ReadonlyMap<string, Count>): Promise<void> {
    const rows = [...counts.keys()].map((row) => row.split(' '));
    const values = [...counts.values()];
    await this.dataSource.query(ADD, [
      rows.map(([keyId]) => keyId),
      rows.map(([, day]) => day),
      rows.map(([, , outcome]) => outcome),
      values.map(({ uses }) => uses),
      values.map(({ afterRotation }) => afterRotation),
    ]);
  }
}
