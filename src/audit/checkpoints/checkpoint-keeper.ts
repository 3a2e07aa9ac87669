import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { RecurringWork } from '../../database/recurring-work.js';
import { createLogger } from '../../http/log/logger.js';
import { CheckpointsService } from './checkpoints.service.js';

const INTERVAL_MS = 3_600_000;

/** Has checkpoints taken at the start and every hour, and puts each in the log, to be kept there. */
@Injectable()
export class CheckpointKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly taking: RecurringWork;
  private isOver = false;

  constructor(checkpoints: CheckpointsService, @Inject(RUNTIME) { config }: Runtime) {
    const log = createLogger(config.logLevel);
    this.taking = new RecurringWork('the taking of audit checkpoints', INTERVAL_MS, async () => {
      for await (const checkpoint of checkpoints.take()) {
        log.info({ checkpoint }, 'audit checkpoint');
        if (this.isOver) return;
      }
    });
  }

  onApplicationBootstrap(): void {
    this.taking.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    this.isOver = true;
    await this.taking.stop();
  }
}
