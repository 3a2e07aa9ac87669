import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { PoolClient } from '../../database/pool-client.js';
import { type Elsewhere } from '../../database/single-connection.js';

/** What a replica has to have seen to be asked. */
export interface Required {
  /** The life of the primary whose history it is (`LogConnection`). */
  readonly incarnation: string;
  /** A position in the primary's write-ahead log, as `pg_lsn` is written. */
  readonly walPosition: string;
}

/** It has not seen all that this node knows of. */
export class ReplicaBehind extends Error {
  override readonly name = 'ReplicaBehind';
}

/** How long one that failed is left alone, in milliseconds. */
const REST_MS = 5000;
/** Who has to wait here is better served by the primary, in milliseconds. */
const CONNECT_LIMIT_MS = 500;
/** Longer than a statement may take: only a network that is gone keeps an answer so long. */
const ANSWER_LIMIT_MS = 3000;

/**
 * A position says nothing where histories parted: a replica that had more of a primary that is gone
 * than the one promoted in its place is ahead by numbers and knows nothing that came since. But what
 * each primary writes about itself when it begins, only those that follow it have.
 */
const IS_CURRENT = `
  SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::pg_lsn
         AND EXISTS (SELECT FROM incarnations WHERE name = $2) AS "isCurrent"`;

/** One read replica. Whoever asks it waits within limits, and after a failure nobody does for a while. */
export class Replica {
  private readonly logger = new Logger(Replica.name);
  /** Where it is, without credentials. */
  private readonly place: string;
  private dataSource: DataSource | null = null;
  private restsUntil = 0;
  private isFailing = false;

  constructor(private readonly options: DataSourceOptions & { readonly url?: string }) {
    const { hostname, port } = new URL(options.url ?? '');
    this.place = `${hostname}:${port || '5432'}`;
  }

  get isUsable(): boolean {
    return this.dataSource !== null && performance.now() >= this.restsUntil;
  }

  /** Connects, unless that was done or has just failed. Never rejects. */
  async open(): Promise<void> {
    if (this.dataSource !== null || performance.now() < this.restsUntil) return;
    const dataSource = new DataSource(withLimits(this.options));
    try {
      await dataSource.initialize();
      this.dataSource = dataSource;
      this.works();
    } catch (error) {
      this.fail(error);
    }
  }

  async close(): Promise<void> {
    const { dataSource } = this;
    this.dataSource = null;
    await dataSource?.destroy();
  }

  /** Each connection is handed out after it has shown that the replica has seen what is required. */
  having(required: Required): Elsewhere {
    return {
      createQueryRunner: () => {
        if (this.dataSource === null) throw new ReplicaBehind('it was never reached');
        return checking(this.dataSource.createQueryRunner(), required);
      },
    };
  }

  /** It has answered. */
  works(): void {
    if (this.isFailing) this.logger.log(`the read replica at ${this.place} answers again`);
    this.isFailing = false;
  }

  /** It has not. */
  fail(error: unknown): void {
    this.restsUntil = performance.now() + REST_MS;
    if (!this.isFailing)
      this.logger.warn(`the read replica at ${this.place} does not answer`, error);
    this.isFailing = true;
  }
}

function withLimits(options: DataSourceOptions): DataSourceOptions {
  const extra = {
    ...(options.extra as object),
    Client: PoolClient,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
  };
  return Object.assign({}, options, { migrations: [], extra });
}

function checking(runner: QueryRunner, { walPosition, incarnation }: Required): QueryRunner {
  const connect = runner.connect.bind(runner) as () => Promise<Connection>;
  let checked: Promise<Connection> | null = null;
  runner.connect = () => {
    checked ??= connect().then(async (connection) => {
      const { rows } = await connection.query(IS_CURRENT, [walPosition, incarnation]);
      if (rows[0]?.isCurrent !== true) throw new ReplicaBehind('it has not seen everything');
      return connection;
    });
    return checked;
  };
  return runner;
}

interface Connection {
  query(
    sql: string,
    parameters: readonly unknown[],
  ): Promise<{ readonly rows: readonly { readonly isCurrent: boolean | null }[] }>;
}
