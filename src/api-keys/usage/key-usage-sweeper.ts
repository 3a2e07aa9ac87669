import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { KeyUsageService } from './key-usage.service.js';

const INTERVAL_MS = 3_600_000;

/** Forgets the counts of keys when they are a year old. */
@Injectable()
export class KeyUsageSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeping: RecurringWork;

  constructor(usage: KeyUsageService) {
    this.sweeping = new RecurringWork('the sweep of the usage of API keys', INTERVAL_MS, () =>
      usage.sweep(),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeping.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeping.stop();
  }
}
