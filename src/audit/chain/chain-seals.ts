import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../../access/secrets/secret.js';

/** A place in a chain: the sequence number of an event, and its hash. */
export interface ChainPoint {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Before the first event of every chain. */
export const BEGINNING: ChainPoint = { sequence: 0, hash: Buffer.alloc(32) };

/** What a head says: where the chain ends, and where what is kept of it begins. */
export interface HeadState {
  readonly end: ChainPoint;
  readonly anchor: ChainPoint;
}

/**
 * The keyed hashes (HMAC-SHA-256) of chains. Whoever has the database alone can make none of them.
 * What an earlier key wrote is still recognised; the latest one writes.
 */
export class ChainSeals {
  /** @param keys latest first */
  constructor(private readonly keys: readonly Buffer[]) {}

  /** The hash of the event that follows `previous`. */
  event(chain: string, previous: ChainPoint, canonical: string): Buffer {
    return this.seal(eventText(chain, previous, canonical));
  }

  isEvent(chain: string, previous: ChainPoint, canonical: string, hash: Buffer): boolean {
    return this.isSeal(eventText(chain, previous, canonical), hash);
  }

  head(chain: string, state: HeadState): Buffer {
    return this.seal(headText(chain, state));
  }

  isHead(chain: string, state: HeadState, mac: Buffer): boolean {
    return this.isSeal(headText(chain, state), mac);
  }

  checkpoint(chain: string, point: ChainPoint): Buffer {
    return this.seal(checkpointText(chain, point));
  }

  isCheckpoint(chain: string, point: ChainPoint, mac: Buffer): boolean {
    return this.isSeal(checkpointText(chain, point), mac);
  }

  private seal(text: string): Buffer {
    const [key] = this.keys;
    if (!key) throw new Error('there is no key for the audit log');
    return hmac(key, text);
  }

  private isSeal(text: string, mac: Buffer): boolean {
    return this.keys.some((key) => equalInConstantTime(hmac(key, text), mac));
  }
}

/** Lines: only the last one, `canonical`, is free text. */
const eventText = (chain: string, { sequence, hash }: ChainPoint, canonical: string): string =>
  ['event', chain, sequence + 1, hash.toString('hex'), canonical].join('\n');

const headText = (chain: string, { end, anchor }: HeadState): string =>
  ['head', chain, ...placeOf(end), ...placeOf(anchor)].join('\n');

const checkpointText = (chain: string, point: ChainPoint): string =>
  ['checkpoint', chain, ...placeOf(point)].join('\n');

const placeOf = ({ sequence, hash }: ChainPoint): (string | number)[] => [
  sequence,
  hash.toString('hex'),
];

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
