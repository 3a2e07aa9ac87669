import { assertPrefixAllowed, mayBeImported, prefixesOf } from './imported-text.js';
import { PrefixNotAllowed } from './imports.errors.js';

const isAllowed = (prefix: string): boolean => {
  try {
    assertPrefixAllowed(prefix, ['capy', 'acme']);
    return true;
  } catch (error) {
    if (error instanceof PrefixNotAllowed) return false;
    throw error;
  }
};

it('lets no prefix begin as other credentials do, or go on to', () => {
  const refused = [
    'capy_live_x1Y2',
    'capy_test_',
    'capy_other',
    'acme_key',
    'acme_',
    'kcs_abcd',
    'kcr_abcd',
    'kco_abcd',
    'kci_abcd',
    'eyJhbGciOi.',
    'letters0123',
  ];
  expect(refused.filter(isAllowed)).toEqual([]);
  const allowed = ['sk_live_', 'AbCdEfGh.', 'capybara_', 'acme-', 'ghp_', 'kc_1', 'Capy_live_'];
  expect(allowed.filter((prefix) => !isAllowed(prefix))).toEqual([]);
});

it('tells imported keys from everything else by their shape', () => {
  const texts = ['sk_live_0123', 'AbCdEfGh.0123', 'a-bcdefgh', 'acme.k7Q2!~'];
  expect(texts.filter((text) => !mayBeImported(text))).toEqual([]);
  const others = [
    '',
    '-',
    'sk_live',
    'abcdefghijklmnop',
    `kcs_${'a'.repeat(43)}`,
    `kco_${'a'.repeat(43)}`,
    'eyJhbGciOiJFUzI1NiJ9.e30.AAAA',
    'sk_live_ 0123',
    'sk_live_\u0000123',
    'sk_live_\u00e4123',
    `sk_live_${'a'.repeat(505)}`,
    '$ab_cdefgh',
  ];
  expect(others.filter(mayBeImported)).toEqual([]);
});

it('takes 4 to 32 characters for prefixes, and never the whole key', () => {
  expect(prefixesOf('sk_live')).toEqual(['sk_l', 'sk_li', 'sk_liv']);
  expect(prefixesOf('sk_')).toHaveLength(0);
  const lengths = prefixesOf('x'.repeat(100)).map(({ length }) => length);
  expect([lengths[0], lengths.at(-1), lengths.length]).toEqual([4, 32, 29]);
});
