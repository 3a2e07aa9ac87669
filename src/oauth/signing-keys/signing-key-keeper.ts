import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { RecurringWork } from '../../database/recurring-work.js';
import { type MadeKey, SigningKeyRotation } from './signing-key-rotation.js';

const INTERVAL_MS = 3_600_000;

/** Has the signing keys looked after at the start and every hour. */
@Injectable()
export class SigningKeyKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SigningKeyKeeper.name);
  private readonly looking: RecurringWork;

  constructor(private readonly rotation: SigningKeyRotation) {
    this.looking = new RecurringWork('the rotation of signing keys', INTERVAL_MS, async () => {
      this.report(await this.rotation.lookAfter());
    });
  }

  /** At the start, before anybody asks for a key. */
  async prepare(): Promise<void> {
    this.report(await this.rotation.prepare());
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.looking.stop();
  }

  private report(made: MadeKey | null): void {
    if (!made) return;
    const { kid, activatesAt } = made;
    this.logger.log(`made signing key ${kid}, in use from ${activatesAt.toISOString()} on`);
  }
}
