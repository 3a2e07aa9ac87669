import { RandomPool } from './random-pool.js';
import { randomBase62 } from './secret.js';

describe('random bytes', () => {
  it('are given out once each, also where the pool ends', () => {
    const pool = new RandomPool();
    const taken = Array.from({ length: 2000 }, () => Buffer.from(pool.take(15)).toString('hex'));
    expect(new Set(taken).size).toBe(taken.length);
    // 0 to 255, each about as often as the others: 30,000 bytes, 117 of each, within seven deviations.
    const counts = new Map<number, number>();
    for (const byte of Buffer.from(taken.join(''), 'hex')) {
      counts.set(byte, (counts.get(byte) ?? 0) + 1);
    }
    expect(counts.size).toBe(256);
    for (const count of counts.values()) expect(Math.abs(count - 117)).toBeLessThan(76);
  });

  it('make texts of any length, none twice', () => {
    const texts = Array.from({ length: 3000 }, () => randomBase62(43));
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(randomBase62(5000)).toMatch(/^[0-9A-Za-z]{5000}$/);
  });
});
