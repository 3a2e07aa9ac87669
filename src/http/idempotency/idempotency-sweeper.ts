import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { IdempotencyRecords } from './idempotency-records.js';

const INTERVAL_MS = 15_000;

/** Erases what idempotency records must not keep any longer. */
@Injectable()
export class IdempotencySweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeping: RecurringWork;

  constructor(records: IdempotencyRecords) {
    this.sweeping = new RecurringWork('the sweep of idempotency records', INTERVAL_MS, () =>
      records.sweep(),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeping.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeping.stop();
  }
}
