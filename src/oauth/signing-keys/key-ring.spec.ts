import { KeyRing, type UsableKey } from './key-ring.js';

/** A key of which only the order matters. */
const key = (kid: string, activatesAt: number): UsableKey =>
  ({ publicJwk: { kid }, activatesAt: new Date(activatesAt) }) as UsableKey;

const ring = new KeyRing([key('c', 30), key('a', 10), key('b', 20)]);

describe('a key ring', () => {
  const inUseAt = (time: number): string | undefined => ring.inUse(new Date(time))?.publicJwk.kid;

  it('uses each key from its activation on', () => {
    expect([10, 19, 20, 29, 30, 1000].map(inUseAt)).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('uses the first key also before its time, by a clock that is behind', () => {
    expect(inUseAt(9)).toBe('a');
  });

  it('says what each key is', () => {
    const states = ['a', 'b', 'c', 'd'].map((kid) => ring.stateOf(kid, new Date(20)));
    expect(states).toEqual(['superseded', 'in use', 'next', undefined]);
  });

  it('has one order, however the keys came', () => {
    const together = [key('b', 10), key('a', 10), key('c', 5)];
    for (const keys of [together, together.toReversed()]) {
      const { keys: sorted, newest } = new KeyRing(keys);
      expect(sorted.map(({ publicJwk }) => publicJwk.kid)).toEqual(['c', 'a', 'b']);
      expect(newest?.publicJwk.kid).toBe('b');
    }
  });

  it('without keys has none to use', () => {
    const empty = new KeyRing([]);
    expect([empty.inUse(new Date()), empty.newest, empty.find('a')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
