import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../database/recurring-work.js';
import { Transactions } from '../database/transactions.js';
import { ChangeView, KEPT_MS } from './change-view.js';

/**
 * What was below the watermark an hour ago, every node has read that has not given up its memory
 * since. After a day it is rows that came with a restored database, or of processes that never live
 * for an hour.
 */
const SWEEP = `
  DELETE FROM changes WHERE transaction_id < $1::bigint OR changed_at < now() - interval '1 day'`;

/** Forgets the rows of the log that nobody needs any more. */
@Injectable()
export class ChangeKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeping: RecurringWork;
  /** The watermark at the sweep before. */
  private passed: string | null = null;

  constructor(
    private readonly transactions: Transactions,
    private readonly view: ChangeView,
  ) {
    this.sweeping = new RecurringWork('the sweep of the log of changes', KEPT_MS, () =>
      this.sweep(),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeping.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeping.stop();
  }

  private async sweep(): Promise<void> {
    const { watermark } = this.view;
    await this.transactions.outside.query(SWEEP, [this.passed]);
    this.passed = watermark;
  }
}
