import { randomFillSync } from 'node:crypto';

/** Asked for at once: the operating system takes as long for them as for sixteen. */
const POOL_BYTES = 4096;

/** Random bytes by the few, each given out once. */
export class RandomPool {
  private readonly pool = new Uint8Array(POOL_BYTES);
  private used = POOL_BYTES;

  /** @param length far less than 4,096; what is returned is to be read at once */
  take(length: number): Uint8Array {
    if (this.used + length > POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const bytes = this.pool.subarray(this.used, this.used + length);
    this.used += length;
    return bytes;
  }
}
