import { KeyFormat } from './key-format.js';

const format = new KeyFormat('capy', ['acme']);
/** Made by another program (Python's zlib). */
const VECTORS = [
  'capy_live_000000000000000000000000000000003UFVO5',
  'capy_test_0123456789ABCDEFGHIJKLMNOPQRSTUV4RpL5j',
  'acme_live_UVWXYZabcdefghijklmnopqrstuvwxyz2ET1gR',
  'capy_live_4SUAFa0Y1CpzDKc5bOQWpfwOgaLOSIWM00GIYq',
] as const;
const ALPHABET = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-');

describe('the key format', () => {
  it.each(VECTORS)('accepts %s', (vector) => {
    expect(format.isWellFormed(vector)).toBe(true);
  });

  it('accepts what it makes, and shows four random characters of it', () => {
    for (const environment of ['live', 'test'] as const) {
      const { plaintext, prefix } = format.generate(environment);
      expect(plaintext).toMatch(/^capy_(?:live|test)_[0-9A-Za-z]{38}$/);
      expect(plaintext.startsWith(`capy_${environment}_`)).toBe(true);
      expect(prefix).toBe(plaintext.slice(0, 14));
      expect(format.isWellFormed(plaintext)).toBe(true);
    }
  });

  it('never makes the same key twice', () => {
    const made = Array.from({ length: 1000 }, () => format.generate('live').plaintext);
    expect(new Set(made).size).toBe(1000);
  });

  it('refuses every change of every single character', () => {
    for (const vector of VECTORS) {
      for (let index = 0; index < vector.length; index++) {
        for (const other of ALPHABET.filter((each) => each !== vector.charAt(index))) {
          const mutated = vector.slice(0, index) + other + vector.slice(index + 1);
          expect([mutated, format.isWellFormed(mutated)]).toEqual([mutated, false]);
        }
      }
    }
  });

  it('refuses what is cut, lengthened or wrapped', () => {
    const [vector] = VECTORS;
    const mangled = [
      '',
      'capy_live_',
      vector.slice(0, -1),
      vector.slice(1),
      `${vector}0`,
      `${vector}\n`,
      ` ${vector}`,
      `${vector} `,
      `${vector}${vector}`,
      vector.toUpperCase(),
      vector.replace('live', 'prod'),
      vector.replace('0', '\u0660'),
    ];
    expect(mangled.filter((each) => format.isWellFormed(each))).toEqual([]);
  });

  it('knows the brands of its own deployment and no other', () => {
    const [ours, , former] = VECTORS;
    const elsewhere = new KeyFormat('acme');
    expect([ours, former].map((each) => format.hasBeginning(each))).toEqual([true, true]);
    expect([ours, former].map((each) => elsewhere.hasBeginning(each))).toEqual([false, true]);
    expect([ours, former].map((each) => elsewhere.isWellFormed(each))).toEqual([false, true]);
    expect(format.hasBeginning('capy_live_anything')).toBe(true);
    expect(format.hasBeginning('capy_anything')).toBe(false);
    expect(format.generate('live').prefix).toMatch(/^capy_/);
  });
});
