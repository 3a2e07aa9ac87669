import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';
import { dayOf } from '../../database/days.js';
import { FLUSH_INTERVAL_MS } from './flush-interval.js';

/** A row is touched once a day, whatever is asked of its key. */
const REMEMBER = `
  INSERT INTO api_key_needed_scopes AS remembered (key_id, scope, day)
  SELECT needed.*
    FROM unnest($1::uuid[], $2::text[], $3::date[]) AS needed (key_id, scope, day)
    JOIN api_keys ON api_keys.id = needed.key_id
   ORDER BY needed.key_id, needed.scope
  ON CONFLICT (key_id, scope) DO UPDATE SET day = excluded.day
    WHERE remembered.day < excluded.day`;

/** Which scopes keys were asked for and had, with the last day of it; written every five seconds. */
@Injectable()
export class NeededScopes implements OnApplicationShutdown {
  private readonly logger = new Logger(NeededScopes.name);
  private readonly writer: BatchedWriter<string>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (older, newer) => (newer > older ? newer : older),
      write: (days) => this.write(days),
      onFailure: (error) => {
        this.logger.error('needed scopes of API keys were not written, and are kept', error);
      },
    });
  }

  /** @param scope one that the key has, so it is one of those that there are */
  add(keyId: string, scope: string, at: Date): void {
    this.writer.add(`${keyId} ${scope}`, dayOf(at));
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(days: ReadonlyMap<string, string>): Promise<void> {
    const rows = [...days.keys()].map((row) => row.split(' '));
    await this.dataSource.query(REMEMBER, [
      rows.map(([keyId]) => keyId),
      rows.map(([, scope]) => scope),
      [...days.values()],
    ]);
  }
}
