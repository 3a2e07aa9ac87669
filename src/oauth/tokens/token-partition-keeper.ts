import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { TokenPartitions } from './token-partitions.js';

const INTERVAL_MS = 600_000;

/** Keeps partitions ahead of the tokens that are issued, and drops those of expired ones. */
@Injectable()
export class TokenPartitionKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TokenPartitionKeeper.name);
  private readonly making: RecurringWork;
  private readonly dropping: RecurringWork;

  constructor(private readonly partitions: TokenPartitions) {
    this.making = new RecurringWork('making token partitions', INTERVAL_MS, () =>
      this.partitions.ensureAhead(),
    );
    this.dropping = new RecurringWork('dropping expired access tokens', INTERVAL_MS, async () => {
      await this.partitions.dropPast();
    });
  }

  /**
   * The partitions are there before the first request is. A failure stops no start: whoever issues
   * a token makes its partition where there is none.
   */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.partitions.ensureAhead();
    } catch (error) {
      this.logger.error('partitions for access tokens are made the next time', error);
    }
    this.making.start();
    this.dropping.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.making.stop(), this.dropping.stop()]);
  }
}
