import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedWriter } from '../../database/batched-writer.js';
import { FLUSH_INTERVAL_MS } from './flush-interval.js';

/** When and from where a key was used. */
export interface KeyUseTrace {
  readonly at: Date;
  /** Null where whoever verified the key did not say it. */
  readonly ip: string | null;
  /** Null where it is not known: only Keycap's own API sees one. */
  readonly userAgent: string | null;
}

/** The same while it waits. */
interface LastUse {
  atMs: number;
  ip: string | null;
  userAgent: string | null;
}

/** A use that another node has written meanwhile may be a later one. */
const WRITE = `
  UPDATE api_keys
     SET last_used_at = used.at, last_used_ip = used.ip, last_used_user_agent = used.user_agent
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[])
           AS used (id, at, ip, user_agent)
   WHERE api_keys.id = used.id
     AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at <= used.at)`;

/** The last use of each key, kept in memory and written every five seconds. */
@Injectable()
export class LastUses implements OnApplicationShutdown {
  private readonly logger = new Logger(LastUses.name);
  private readonly writer: BatchedWriter<LastUse>;

  constructor(private readonly dataSource: DataSource) {
    this.writer = new BatchedWriter({
      intervalMs: FLUSH_INTERVAL_MS,
      merge: (last, { atMs, ip, userAgent }) => {
        if (atMs < last.atMs) return last;
        last.atMs = atMs;
        last.ip = ip;
        last.userAgent = userAgent;
        return last;
      },
      write: (uses) => this.write(uses),
      onFailure: (error) => {
        this.logger.error('last use of API keys was not written, and is kept', error);
      },
    });
  }

  /** @param keyId UUID */
  add(keyId: string, { at, ip, userAgent }: KeyUseTrace): void {
    this.writer.add(keyId, { atMs: at.getTime(), ip, userAgent });
  }

  /** The server has drained and the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  private async write(uses: ReadonlyMap<string, LastUse>): Promise<void> {
    const all = [...uses.values()];
    await this.dataSource.query(WRITE, [
      [...uses.keys()],
      // The driver writes a date field by field, in local time.
      all.map(({ atMs }) => new Date(atMs).toISOString()),
      all.map(({ ip }) => ip),
      all.map(({ userAgent }) => userAgent),
    ]);
  }
}
