import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';

const FLUSH_INTERVAL_MS = 5000;

/** When a secret was used, and from which address. */
export interface SecretUse {
  readonly at: Date;
  readonly ip: string;
}

const WRITE_USES = `
  WITH used AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS used (id, at, ip)
  ), secrets AS (
    UPDATE oauth_client_secrets s SET last_used_at = used.at, last_used_ip = used.ip
      FROM used
     WHERE s.id = used.id AND (s.last_used_at IS NULL OR s.last_used_at < used.at)
    RETURNING s.client_id, used.at
  ), clients AS (
    SELECT client_id, max(at) AS at FROM secrets GROUP BY client_id
  )
  UPDATE oauth_clients c SET last_used_at = greatest(c.last_used_at, clients.at)
    FROM clients
   WHERE c.client_id = clients.client_id`;

/**
 * The last use of secrets and of their clients. Kept in memory and written every five seconds, so
 * that issuing a token neither waits for it nor fails with it.
 */
@Injectable()
export class SecretUseRecorder implements OnApplicationShutdown {
  private readonly logger = new Logger(SecretUseRecorder.name);
  private readonly writer: BatchedWriter<SecretUse>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (older, newer) => (newer.at > older.at ? newer : older),
      write: (uses) => this.write(uses),
      onFailure: (error) => {
        this.logger.error('last use of client secrets was not written, and is kept', error);
      },
    });
  }

  /** @param secretId UUID */
  record(secretId: string, use: SecretUse): void {
    this.writer.add(secretId, use);
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(uses: ReadonlyMap<string, SecretUse>): Promise<void> {
    const values = [...uses.values()];
    await this.dataSource.query(WRITE_USES, [
      [...uses.keys()],
      values.map(({ at }) => at),
      values.map(({ ip }) => ip),
    ]);
  }
}
