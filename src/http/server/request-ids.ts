import { v7 } from 'uuid';
import { textOfUuid } from '../../access/ids.js';
import { RandomPool } from '../../access/secrets/random-pool.js';

const random = new RandomPool();
const bytes = new Uint8Array(16);

/** A client's own request id is taken if it is harmless in a log; else it is a new UUIDv7. */
export function requestIdOf(header: string | string[] | undefined): string {
  const isHarmless = typeof header === 'string' && /^[\w-]{1,64}$/.test(header);
  return isHarmless ? header : textOfUuid(v7({ random: random.take(bytes.length) }, bytes));
}
