import { estimatedSize } from './estimated-size.js';

describe('what a value is estimated to take', () => {
  it('grows with each character, member and byte, however deep', () => {
    const sizes = [
      {},
      { name: '' },
      { name: 'a' },
      { name: 'a', scopes: [] },
      { name: 'a', scopes: ['read'] },
      { name: 'a', scopes: ['read', 'write'] },
      { name: 'a', scopes: ['read', 'write'], secrets: [{ digest: Buffer.alloc(32) }] },
      { name: 'a', scopes: ['read', 'write'], secrets: [{ digest: Buffer.alloc(64) }] },
    ].map(estimatedSize);
    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  it('counts each character of a text twice that has one wide one', () => {
    const [narrow, wide] = ['é'.repeat(1000), `${'é'.repeat(999)}€`].map(estimatedSize);
    expect(wide! - narrow!).toBe(1000);
  });

  it('counts a date as an object of its own', () => {
    expect(estimatedSize({ at: new Date() })).toBeGreaterThan(estimatedSize({ at: Date.now() }));
  });

  it('takes nothing for what is kept where it is named', () => {
    expect([null, undefined, true, 5].map(estimatedSize)).toEqual([0, 0, 0, 0]);
  });
});
