import { Logger } from '@nestjs/common';

/**
 * Work that is done again and again while the process runs: one run at a time, a failure logged
 * and left to the next run. It keeps no process alive.
 */
export class RecurringWork {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /**
   * @param name begins the sentence in the log: "<name> failed and is done the next time"
   * @param intervalMs from one run to the next, in milliseconds
   */
  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
  ) {
    this.logger = new Logger(name);
  }

  /** The first run is one interval from now. */
  start(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.runOnce());
    }, this.intervalMs).unref();
  }

  /** The first run is now; nobody waits for it. */
  startNow(): void {
    this.running = this.runOnce();
    this.start();
  }

  /** Resolves when the run in progress, if any, is over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async runOnce(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.logger.warn(`${this.name} failed and is done the next time`, error);
    }
  }
}
