import { v7 } from 'uuid';
import { RandomPool } from '../../access/random-pool.js';

const ID_BYTES = 16;
const random = new RandomPool();

/** A client's own request id is taken if it is harmless in a log; else it is a new UUIDv7. */
export function requestIdOf(header: string | string[] | undefined): string {
  const isHarmless = typeof header === 'string' && /^[\w-]{1,64}$/.test(header);
  return isHarmless ? header : v7({ random: random.take(ID_BYTES) });
}
