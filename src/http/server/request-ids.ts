import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Of one id; a UUIDv7 uses ten of them. */
const ID_BYTES = 16;
/** Randomness is asked for so many ids at once: asking costs as much as for one. */
const IDS_AT_ONCE = 256;

const pool = new Uint8Array(IDS_AT_ONCE * ID_BYTES);
let used = pool.length;

/** A new UUIDv7. */
function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  return v7({ random });
}

/** A client's own request id is taken if it is harmless in a log. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : newRequestId();
}
