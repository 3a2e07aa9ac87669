import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { DeviceLoginsService } from './device-logins.service.js';
import { HandedOverKeys } from './handed-over-keys.js';

const INTERVAL_MS = 60_000;

/**
 * Writes down what has happened by itself: keys that nobody used are revoked, old logins go. Nothing
 * waits for it.
 */
@Injectable()
export class DeviceLoginKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly keeping: RecurringWork;

  constructor(logins: DeviceLoginsService, keys: HandedOverKeys) {
    this.keeping = new RecurringWork('the sweep of device logins', INTERVAL_MS, async () => {
      await keys.revokeUnused(new Date());
      await logins.removeOld(new Date());
    });
  }

  onApplicationBootstrap(): void {
    this.keeping.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.keeping.stop();
  }
}
