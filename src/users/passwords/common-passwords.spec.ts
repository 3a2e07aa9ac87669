import { dictionary } from '@zxcvbn-ts/language-common';
import { isCommon, isMostlyContext } from './common-passwords.js';

/** As people reach a length: something before it, or behind. */
function padded(entry: string): string[] {
  if (!/\p{L}/u.test(entry)) return [entry.repeat(Math.ceil(16 / entry.length))];
  return [
    entry.padEnd(15, '1234567890'),
    `${entry}2026!2026!2026!`,
    `__1234567890_${entry}`,
    entry.toUpperCase().padEnd(16, '!'),
  ];
}

it('S4: refuses each of the first 3,000 listed passwords, however it is padded to 15 characters', () => {
  const entries = dictionary['passwords-common'].slice(0, 3000);
  expect(entries).toHaveLength(3000);
  const accepted = entries.flatMap(padded).filter((password) => !isCommon(password));
  expect(accepted).toEqual([]);
});

it('S4: refuses every listed password that is long enough as it is', () => {
  const long = dictionary['passwords-common'].filter((entry: string) => entry.length >= 15);
  expect(long.length).toBeGreaterThan(30);
  expect(long.filter((entry: string) => !isCommon(entry))).toEqual([]);
});

it.each([
  'passwordpassword',
  'correct horse correct horse ',
  'abababababababab',
  'abcabcabcabcabcab',
  'abcdefghijklmnopq',
  'lkjhgfdsapoiuytrew',
  '123456789012345',
  '111112222233333',
])('S4: refuses %s', (password) => {
  expect(isCommon(password)).toBe(true);
});

it.each([
  'correct horse battery staple',
  'a long enough passphrase',
  'eleven quiet lamps above the harbour',
  '839201746582913',
  '\u{1f40e}\u{1f50b}\u{1f4ce}\u{1f319}\u{1f33b}\u{1f40e}\u{1f50b}\u{1f3b2}\u{1f319}\u{1f4ce}\u{1f3b2}\u{1f33b}\u{1f319}\u{1f40e}\u{1f3b2}',
  'password of the lighthouse keeper',
])('S2 S4: takes %s', (password) => {
  expect(isCommon(password)).toBe(false);
});

it('S4: words of the account make up at most half', () => {
  const context = ['keycap', 'ada@analytical.example', 'Engine Works'];
  const verdicts = [
    'keycapkeycap123',
    'AnalyticalEngine1',
    'ada likes blue steam',
    'engine of the north sea',
  ];
  expect(verdicts.map((password) => isMostlyContext(password, context))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
