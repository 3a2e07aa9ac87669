import { AsyncResource } from 'node:async_hooks';
import { Logger } from '@nestjs/common';

/**
 * Small pieces of work that nobody waits for, one after the other, in this process alone: what a
 * caller must not be able to tell the length of. A failure is logged; beyond the limit they are
 * dropped, and those that have not begun when the process ends are lost.
 */
export class BackgroundWork {
  private readonly logger: Logger;
  private readonly waiting: (() => Promise<void>)[] = [];
  private running: Promise<void> | null = null;
  /** Outside the request and the transaction of whoever adds work. */
  private readonly begin = AsyncResource.bind(() => {
    this.running ??= this.run();
  });

  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {
    this.logger = new Logger(name);
  }

  add(work: () => Promise<void>): void {
    if (this.waiting.length >= this.limit) {
      this.logger.warn(`${this.name}: too much at once, some of it is dropped`);
      return;
    }
    this.waiting.push(work);
    this.begin();
  }

  /** Resolves when all that was added is done. */
  async finish(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (let work = this.waiting.shift(); work; work = this.waiting.shift()) {
      await work().catch((error: unknown) => {
        this.logger.warn(`${this.name} failed`, error);
      });
    }
    this.running = null;
  }
}
