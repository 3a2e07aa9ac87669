import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { LeakedKeysService } from './leaked-keys.service.js';

const INTERVAL_MS = 30_000;

/** Handles reports whose process died before it could, or that were too many at once. */
@Injectable()
export class LeakKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly handling: RecurringWork;

  constructor(leaked: LeakedKeysService) {
    this.handling = new RecurringWork('the handling of leak reports', INTERVAL_MS, () =>
      leaked.handle(null),
    );
  }

  onApplicationBootstrap(): void {
    this.handling.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.handling.stop();
  }
}
