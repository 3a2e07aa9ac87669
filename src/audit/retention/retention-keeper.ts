import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { RecurringWork } from '../../database/recurring-work.js';
import { AuditRetentionService } from './audit-retention.service.js';

const INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Has events removed that are older than the configuration wants them kept, if it says so. */
@Injectable()
export class RetentionKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly removing: RecurringWork | null;

  constructor(retention: AuditRetentionService, @Inject(RUNTIME) { config }: Runtime) {
    const days = config.auditRetentionDays;
    this.removing =
      days === null
        ? null
        : new RecurringWork('the removal of old audit events', INTERVAL_MS, () =>
            retention.removeOlderThan(new Date(Date.now() - days * DAY_MS)),
          );
  }

  onApplicationBootstrap(): void {
    this.removing?.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.removing?.stop();
  }
}
