import fc from 'fast-check';
import { IMPORT_ALGORITHMS, readForeignHash } from './foreign-hash.js';
import { HashNotSupported } from './imports.errors.js';
import { matchesSlowHash } from './slow-hashes.js';

/** Made by other programs: libxcrypt, Python's hashlib, the reference implementation of Argon2. */
const VECTORS = [
  ['bcrypt', '$2b$05$abcdefghijklmnopqrstuuVPZS6UJhv/labDjP3nulca6pORyjn/K', 'acme_live.Vector-4'],
  ['bcrypt', '$2y$04$ABCDEFGHIJKLMNOPQRSTUu9UzdtGu/6B1pXo24CIy/LA5a9JRqIJi', 'acme_live.Vector-5'],
  ['bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  [
    'pbkdf2_sha256',
    'pbkdf2_sha256$1200$AbCdEf0123456789AbCdEf$INczJIK/RUC20f1/6ApRg6dxVqJ6D7KRNcDrn4neLEc=',
    'acme_live.Vector-6',
  ],
  [
    'argon2',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'password',
  ],
  [
    'argon2',
    '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8',
    'password',
  ],
] as const;

const [BCRYPT, , , PBKDF2, ARGON2] = VECTORS.map(([, hash]) => hash) as [
  string,
  string,
  string,
  string,
  string,
];
const HEX = 'ce09cfe9fc78760c36afd4e76eb7bf74c6836748ec1137bc950c975e59817ee9';
const BASE64URL = Buffer.from(HEX, 'hex').toString('base64url');

const isRefused = (algorithm: string, text: string): boolean => {
  try {
    readForeignHash(algorithm, text);
    return false;
  } catch (error) {
    if (error instanceof HashNotSupported) return true;
    throw error;
  }
};

it.each(VECTORS)('%s %s belongs to its key and to no other', async (algorithm, text, key) => {
  const { isSlow, text: hash } = readForeignHash(algorithm, text);
  expect([isSlow, hash]).toEqual([true, text]);
  expect(await matchesSlowHash({ algorithm, hash }, key)).toBe(true);
  for (const other of [`${key} `, key.slice(1), key.toUpperCase() + key, '']) {
    expect(await matchesSlowHash({ algorithm, hash }, other)).toBe(false);
  }
});

it('reads fast hashes in hexadecimal and base64url as one', () => {
  const read = { algorithm: 'sha256', text: HEX, isSlow: false };
  for (const spelled of [HEX, HEX.toUpperCase(), BASE64URL]) {
    expect(readForeignHash('sha256', spelled)).toEqual(read);
  }
  const long = Buffer.alloc(64, 7);
  for (const encoding of ['hex', 'base64url'] as const) {
    expect(readForeignHash('sha512', long.toString(encoding)).text).toBe(long.toString('hex'));
  }
});

it('takes no key beyond the 72 bytes that bcrypt looks at', async () => {
  // Of 72 times "x"; bcrypt itself would take it for one of 73.
  const hash = '$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i';
  expect(await matchesSlowHash({ algorithm: 'bcrypt', hash }, 'x'.repeat(72))).toBe(true);
  expect(await matchesSlowHash({ algorithm: 'bcrypt', hash }, 'x'.repeat(73))).toBe(false);
});

it.each([
  ['an unknown algorithm', 'md5', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a digest of another length', 'sha512', HEX],
  ['a digest with a digit too many', 'sha256', `${HEX}0`],
  ['what is no hexadecimal', 'sha256', HEX.replace('c', 'g')],
  ['padded base64url', 'sha256', `${BASE64URL}=`],
  ['base64url with bits beyond its bytes', 'sha256', `${BASE64URL.slice(0, -1)}l`],
  ['bcrypt of an old kind', 'bcrypt', BCRYPT.replace('2b', '2x')],
  ['bcrypt that costs too much', 'bcrypt', BCRYPT.replace('05', '13')],
  ['bcrypt that costs too little', 'bcrypt', BCRYPT.replace('05', '03')],
  ['bcrypt that was cut', 'bcrypt', BCRYPT.slice(0, -1)],
  ['bcrypt with bits beyond its salt', 'bcrypt', BCRYPT.replace('uuV', 'uvV')],
  ['bcrypt with bits beyond its hash', 'bcrypt', BCRYPT.replace(/K$/, 'L')],
  ['bcrypt with a line after it', 'bcrypt', `${BCRYPT}\n`],
  ['argon2 with too much memory', 'argon2', ARGON2.replace('m=65536', 'm=65537')],
  ['argon2 with too little memory', 'argon2', ARGON2.replace('m=65536', 'm=7')],
  ['argon2 with too many passes', 'argon2', ARGON2.replace('t=2', 't=5')],
  ['argon2 with too many lanes', 'argon2', ARGON2.replace('p=1', 'p=5')],
  ['argon2 of an old version', 'argon2', ARGON2.replace('v=19', 'v=16')],
  ['argon2 of an unknown kind', 'argon2', ARGON2.replace('argon2id', 'argon2x')],
  ['argon2 with a key id', 'argon2', ARGON2.replace('p=1', 'p=1,keyid=aa')],
  ['argon2 with bits beyond its salt', 'argon2', ARGON2.replace('c29tZXNhbHQ', 'c29tZXNhbHR')],
  ['pbkdf2 with too many iterations', 'pbkdf2_sha256', PBKDF2.replace('1200', '1500001')],
  ['pbkdf2 with a leading zero', 'pbkdf2_sha256', PBKDF2.replace('1200', '01200')],
  ['pbkdf2 without salt', 'pbkdf2_sha256', PBKDF2.replace('AbCdEf0123456789AbCdEf', '')],
  ['pbkdf2 of another hash', 'pbkdf2_sha256', PBKDF2.replace('sha256', 'sha1')],
  ['pbkdf2 with bits beyond its hash', 'pbkdf2_sha256', PBKDF2.replace('c=', 'd=')],
  ['a hash under another name', 'argon2', BCRYPT],
  ['nothing', 'sha256', ''],
])('refuses %s', (_, algorithm, text) => {
  expect(isRefused(algorithm, text)).toBe(true);
});

it('takes the most that each algorithm may cost', () => {
  const most = [
    ['bcrypt', BCRYPT.replace('05', '12')],
    ['argon2', ARGON2.replace('t=2,p=1', 't=4,p=4')],
    ['pbkdf2_sha256', PBKDF2.replace('1200', '1500000')],
  ] as const;
  expect(most.map(([algorithm, text]) => isRefused(algorithm, text))).toEqual([
    false,
    false,
    false,
  ]);
});

it('reads anything at all, and refuses it, without another error', () => {
  const algorithm = fc.oneof(fc.constantFrom(...IMPORT_ALGORITHMS), fc.string());
  const near = fc
    .tuple(
      fc.constantFrom(HEX, BASE64URL, ...VECTORS.map(([, hash]) => hash)),
      fc.nat(),
      fc.string(),
    )
    .map(([text, at, put]) => {
      const index = at % text.length;
      return text.slice(0, index) + put + text.slice(index + 1);
    });
  fc.assert(
    fc.property(algorithm, fc.oneof(fc.string(), near), (name, text) => {
      if (isRefused(name, text)) return;
      // What is taken is the same again when it is read again.
      const hash = readForeignHash(name, text);
      expect(readForeignHash(name, hash.text)).toEqual(hash);
    }),
    { numRuns: 5000 },
  );
});
