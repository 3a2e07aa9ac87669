import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { TokenPartitions } from './token-partitions.js';

const INTERVAL_MS = 600_000;

/** Keeps partitions ahead of the tokens that are issued, and drops those of expired ones. */
@Injectable()
export class TokenPartitionKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TokenPartitionKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly partitions: TokenPartitions) {}

  /** The partitions are there before the first request is; dropping keeps nobody waiting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.makeAhead();
    this.running = this.dropPast();
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.makeAhead()).then(() => this.dropPast());
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** A failure stops no start: whoever issues a token makes its partition where there is none. */
  private async makeAhead(): Promise<void> {
    try {
      await this.partitions.ensureAhead();
    } catch (error) {
      this.logger.error('partitions for access tokens are made the next time', error);
    }
  }

  private async dropPast(): Promise<void> {
    try {
      await this.partitions.dropPast();
    } catch (error) {
      this.logger.warn('expired access tokens are dropped the next time', error);
    }
  }
}
