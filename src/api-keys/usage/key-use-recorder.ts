import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';

const FLUSH_INTERVAL_MS = 5000;

/**
 * When keys were last used. Kept in memory and written every five seconds, so using a key costs
 * no write; the last batch is written when the server has answered its last request.
 */
@Injectable()
export class KeyUseRecorder implements OnApplicationShutdown {
  private readonly logger = new Logger(KeyUseRecorder.name);
  private readonly writer: BatchedWriter<Date>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (older, newer) => (newer > older ? newer : older),
      write: (lastUses) => this.write(lastUses),
      onFailure: (error) => {
        this.logger.error('last use of API keys was not written, and is kept', error);
      },
    });
  }

  /** @param keyId UUID */
  record(keyId: string, at: Date): void {
    this.writer.add(keyId, at);
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(lastUses: ReadonlyMap<string, Date>): Promise<void> {
    await this.dataSource.query(
      `UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)
       WHERE api_keys.id = used.id`,
      [[...lastUses.keys()], [...lastUses.values()]],
    );
  }
}
