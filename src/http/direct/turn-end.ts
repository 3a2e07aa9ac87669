import { AsyncResource } from 'node:async_hooks';

/**
 * The end of the event loop's turn, at which the answers of the turn leave, one right after the other.
 * Written as soon as each is known, every one of them wakes its reader anew, which costs more than the
 * rest of an answer from memory. Where one request comes at a time, the turn ends when its answer is there.
 */
export class TurnEnd {
  private waiting: (() => void)[] = [];
  /** Outside the request that happens to be the turn's first. */
  private readonly schedule = AsyncResource.bind(() => {
    setImmediate(this.come);
  });

  /** Resolves at the end of this turn, in the order of the calls. */
  reached(): Promise<void> {
    return new Promise((resolve) => {
      if (this.waiting.length === 0) this.schedule();
      this.waiting.push(resolve);
    });
  }

  private readonly come = (): void => {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  };
}
