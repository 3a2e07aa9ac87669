import { type KeyPair } from './key-pairs.js';

/** What a key is to its ring. Only the one in use signs; tokens of all of them are good. */
export type KeyState = 'next' | 'in use' | 'superseded';

/** A key that this process can use. */
export interface UsableKey extends KeyPair {
  readonly activatesAt: Date;
}

/** The signing keys at one time, in the order in which they are used. */
export class KeyRing {
  readonly keys: readonly UsableKey[];

  constructor(keys: readonly UsableKey[]) {
    this.keys = keys.toSorted(byActivation);
  }

  /** The one that is used last; undefined where there is none. */
  get newest(): UsableKey | undefined {
    return this.keys.at(-1);
  }

  /**
   * The one that signs; undefined where there is none. The first key signs whatever the time: it was
   * made by the clock of the database, which may be ahead.
   */
  inUse(now: Date): UsableKey | undefined {
    return this.keys.findLast(({ activatesAt }) => activatesAt <= now) ?? this.keys[0];
  }

  find(kid: string): UsableKey | undefined {
    return this.keys.find(({ publicJwk }) => publicJwk.kid === kid);
  }

  /** Undefined for a key that is not in the ring. */
  stateOf(kid: string, now: Date): KeyState | undefined {
    const key = this.find(kid);
    const inUse = this.inUse(now);
    if (!key || !inUse) return undefined;
    const order = byActivation(key, inUse);
    if (order === 0) return 'in use';
    return order > 0 ? 'next' : 'superseded';
  }
}

/** Of two that are used from the same instant on, one order for every process. */
function byActivation(one: UsableKey, other: UsableKey): number {
  const distance = one.activatesAt.getTime() - other.activatesAt.getTime();
  if (distance !== 0) return distance;
  if (one.publicJwk.kid === other.publicJwk.kid) return 0;
  return one.publicJwk.kid < other.publicJwk.kid ? -1 : 1;
}
