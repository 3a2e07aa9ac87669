import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { Transactions } from '../database/transactions.js';
import { ChangeView } from './change-view.js';
import { HintProbe } from './hint-probe.js';
import { LogConnection } from './log-connection.js';

/** From the beginning of one read to that of the next, at most, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * Reads the log of changes: at each hint that there is something new, every quarter of a second, and
 * before whoever has changed something here is told that it is done. One read at a time; each that
 * succeeds renews the lease on what this node remembers.
 */
@Injectable()
export class ChangeReader implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeReader.name);
  private connection: LogConnection | null = null;
  private reading: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isFailing = false;
  private isFlooded = false;
  private isStopped = false;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Pick<Runtime, 'databaseUrl'>,
    private readonly view: ChangeView,
    private readonly probe: HintProbe,
    transactions: Transactions,
  ) {
    transactions.afterEachCommit(() => this.catchUp());
  }

  /** The first requests find a lease, unless the database is away. */
  async onApplicationBootstrap(): Promise<void> {
    await this.catchUp();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.reading;
    this.view.lease.drop();
    await this.connection?.close();
  }

  /**
   * Resolves when all that was committed before the call is known to this node, or else nothing is
   * answered from memory until it is. Never rejects.
   */
  catchUp(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    if (this.reading === null) return this.begin();
    // A read that has begun may be too early to see it.
    this.next ??= this.reading.then(() => {
      this.next = null;
      return this.begin();
    });
    return this.next;
  }

  private begin(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.catchUp(), INTERVAL_MS).unref();
    this.reading = this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    const began = this.view.lease.moment();
    try {
      this.connection ??= await this.connect();
      const reading = await this.connection.read(this.view.watermark);
      this.view.apply(reading, began);
      this.isFailing = false;
      this.tellOfOpenTransaction(reading.changes === null);
    } catch (error) {
      this.connection?.abandon();
      this.forget();
      if (!this.isFailing) this.logger.warn('the log of changes can not be read', error);
      this.isFailing = true;
    }
  }

  private tellOfOpenTransaction(isFlooded: boolean): void {
    if (isFlooded && !this.isFlooded) {
      this.logger.warn(
        'changes pile up behind a transaction that stays open: what is remembered is of no use until it ends',
      );
    }
    this.isFlooded = isFlooded;
  }

  private async connect(): Promise<LogConnection> {
    const connection = await LogConnection.open(this.runtime.databaseUrl, (payload) => {
      this.probe.heard(payload);
      void this.catchUp();
    });
    connection.onLost(() => {
      if (this.connection !== connection) return;
      this.forget();
      void this.catchUp();
    });
    void this.probe.probe();
    return connection;
  }

  /** Without a connection the database is asked for each request, until there is one again. */
  private forget(): void {
    this.connection = null;
    this.view.lease.drop();
  }
}
