import { type Problem } from '../../problem.js';

/** How much of one kind of work is done at once, and how much may wait for it. */
export interface TurnLimits {
  readonly running: number;
  readonly waiting: number;
  /** What is thrown where too many wait already. */
  readonly busy: new () => Problem;
}

/** Lets costly work happen a few at a time, in the order in which it was asked for. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: TurnLimits) {}

  /** @throws the limits' problem when too many wait already */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.running) {
      if (this.waiting.length >= this.limits.waiting) throw new this.limits.busy();
      // Whoever finishes hands his place over, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
