import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';
import { dayOf } from '../../database/days.js';

const FLUSH_INTERVAL_MS = 5000;

/** What a client that is gone was issued is not counted: it would keep all others from it. */
const ADD = `
  INSERT INTO oauth_client_usage AS usage (client_id, day, tokens_issued)
  SELECT counted.*
    FROM unnest($1::text[], $2::date[], $3::integer[]) AS counted (client_id, day, tokens_issued)
    JOIN oauth_clients USING (client_id)
  ON CONFLICT (client_id, day) DO UPDATE
    SET tokens_issued = usage.tokens_issued + excluded.tokens_issued`;

/**
 * How many tokens each client was issued, by day (UTC). Counted in memory and added every five
 * seconds: a crash loses at most what was counted within them.
 */
@Injectable()
export class ClientUsageRecorder implements OnApplicationShutdown {
  private readonly logger = new Logger(ClientUsageRecorder.name);
  private readonly writer: BatchedWriter<number>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (one, other) => one + other,
      write: (counts) => this.write(counts),
      onFailure: (error) => {
        this.logger.error('issued tokens were not counted, and are kept', error);
      },
    });
  }

  countIssued(clientId: string, at: Date): void {
    this.writer.add(`${clientId} ${dayOf(at)}`, 1);
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(counts: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...counts.keys()].map((row) => row.split(' '));
    await this.dataSource.query(ADD, [
      rows.map(([clientId]) => clientId),
      rows.map(([, day]) => day),
      [...counts.values()],
    ]);
  }
}
