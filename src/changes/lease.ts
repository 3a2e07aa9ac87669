/** How long after a read of the log answers may come from memory, in milliseconds. */
export const LEASE_MS = 1000;

/** Two clocks, in milliseconds; a test brings its own. */
export interface Clocks {
  /** Never set, and not running while the machine sleeps. */
  monotonic(): number;
  /** Runs while the machine sleeps, and may be set. */
  wall(): number;
}

export const CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** A moment by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/**
 * The node's right to answer from memory: it ends a second after the beginning of the last read of
 * the log that succeeded, whatever kept the node from reading, be it that it was stopped itself. So
 * it is asked for at each look-up, and no timer ends it.
 */
export class Lease {
  private renewedAt: Moment | null = null;

  constructor(private readonly clocks: Clocks = CLOCKS) {}

  get isHeld(): boolean {
    return this.ageMs < LEASE_MS;
  }

  /** Since the last read began; `Infinity` where there is no lease to speak of. */
  get ageMs(): number {
    return this.renewedAt === null ? Infinity : this.sinceMs(this.renewedAt);
  }

  moment(): Moment {
    return { monotonic: this.clocks.monotonic(), wall: this.clocks.wall() };
  }

  /** By the clock that says more. */
  sinceMs({ monotonic, wall }: Moment): number {
    return Math.max(this.clocks.monotonic() - monotonic, this.clocks.wall() - wall);
  }

  /** @param readBegan when the read that succeeded began */
  renew(readBegan: Moment): void {
    this.renewedAt = readBegan;
  }

  /** Until the next read. */
  drop(): void {
    this.renewedAt = null;
  }
}
