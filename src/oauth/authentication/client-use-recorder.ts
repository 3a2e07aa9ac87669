import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';

const FLUSH_INTERVAL_MS = 5000;

/** A client that authenticated, by which secret, when, and from which address. */
export interface ClientUse {
  readonly clientId: string;
  /** UUID; null for a client that signed. */
  readonly secretId: string | null;
  readonly at: Date;
  readonly ip: string;
}

/** The same while it waits. */
interface LastUse {
  readonly clientId: string;
  readonly secretId: string | null;
  atMs: number;
  ip: string;
}

const WRITE_USES = `
  WITH used AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[])
               AS used (client_id, secret_id, at, ip)
  ), secrets AS (
    UPDATE oauth_client_secrets s SET last_used_at = used.at, last_used_ip = used.ip
      FROM used
     WHERE s.id = used.secret_id AND (s.last_used_at IS NULL OR s.last_used_at < used.at)
  ), clients AS (
    SELECT client_id, max(at) AS at FROM used GROUP BY client_id
  )
  UPDATE oauth_clients c SET last_used_at = greatest(c.last_used_at, clients.at)
    FROM clients
   WHERE c.client_id = clients.client_id`;

/**
 * The last use of clients and of their secrets. Kept in memory and written every five seconds, so
 * that issuing a token neither waits for it nor fails with it.
 */
@Injectable()
export class ClientUseRecorder implements OnApplicationShutdown {
  private readonly logger = new Logger(ClientUseRecorder.name);
  private readonly writer: BatchedWriter<LastUse>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (last, { atMs, ip }) => {
        if (atMs <= last.atMs) return last;
        last.atMs = atMs;
        last.ip = ip;
        return last;
      },
      write: (uses) => this.write([...uses.values()]),
      onFailure: (error) => {
        this.logger.error('last use of OAuth clients was not written, and is kept', error);
      },
    });
  }

  record({ clientId, secretId, at, ip }: ClientUse): void {
    const use = { clientId, secretId, atMs: at.getTime(), ip };
    this.writer.add(`${clientId} ${secretId ?? ''}`, use);
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(uses: readonly LastUse[]): Promise<void> {
    await this.dataSource.query(WRITE_USES, [
      uses.map(({ clientId }) => clientId),
      uses.map(({ secretId }) => secretId),
      // The driver writes a date field by field, in local time.
      uses.map(({ atMs }) => new Date(atMs).toISOString()),
      uses.map(({ ip }) => ip),
    ]);
  }
}
