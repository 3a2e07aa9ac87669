import { setTimeout as delay } from 'node:timers/promises';

/** Between the beginnings of two loads that `reload` asks for. */
const RELOAD_PAUSE_MS = 1000;

/** Milliseconds from any beginning. */
export interface Clock {
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

const SYSTEM_CLOCK: Clock = { now: () => performance.now(), pause: (time) => delay(time) };

/** One run of `load`. */
interface Load<T> {
  readonly beganAt: number;
  readonly result: Promise<T>;
  isRunning: boolean;
}

/**
 * A copy of what `load` answers. However many ask, one load runs at a time, and its failure is
 * everyone's who waited for it; who asks next tries again.
 */
export class RecentCopy<T> {
  private copy: { readonly value: T; readonly loadedAt: number } | undefined;
  private latest: Load<T> | undefined;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {}

  /** What was true at some time in the last `maxAgeMs`. */
  async get(maxAgeMs: number): Promise<T> {
    if (this.copy && this.clock.now() - this.copy.loadedAt <= maxAgeMs) return this.copy.value;
    return (this.latest?.isRunning ? this.latest : this.begin()).result;
  }

  /**
   * What is true now: of a load that began after the question. One begins in a second, so a flood of
   * questions costs next to nothing, and whoever asks in it waits that second at most.
   */
  async reload(): Promise<T> {
    const before = this.latest;
    if (before) {
      await before.result.catch(() => undefined);
      const early = before.beganAt + RELOAD_PAUSE_MS - this.clock.now();
      if (early > 0) await this.clock.pause(early);
    }
    // Somebody else's began meanwhile, or this one does.
    return (this.latest && this.latest !== before ? this.latest : this.begin()).result;
  }

  private begin(): Load<T> {
    const beganAt = this.clock.now();
    const load = { beganAt, result: this.run(beganAt), isRunning: true };
    const end = (): void => {
      load.isRunning = false;
    };
    load.result.then(end, end);
    this.latest = load;
    return load;
  }

  private async run(beganAt: number): Promise<T> {
    const value = await this.load();
    this.copy = { value, loadedAt: beganAt };
    return value;
  }
}
