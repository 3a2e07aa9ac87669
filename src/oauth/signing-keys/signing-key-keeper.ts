import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type MadeKey, SigningKeyRotation } from './signing-key-rotation.js';

const INTERVAL_MS = 3_600_000;

/** Has the signing keys looked after at the start and every hour. */
@Injectable()
export class SigningKeyKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SigningKeyKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly rotation: SigningKeyRotation) {}

  /** At the start, before anybody asks for a key. */
  async prepare(): Promise<void> {
    this.report(await this.rotation.prepare());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.lookAfter());
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async lookAfter(): Promise<void> {
    try {
      this.report(await this.rotation.lookAfter());
    } catch (error) {
      this.logger.warn('signing keys are looked after the next time', error);
    }
  }

  private report(made: MadeKey | null): void {
    if (made)
      this.logger.log(
        `made signing key ${made.kid}, in use from ${made.activatesAt.toISOString()} on`,
      );
  }
}
