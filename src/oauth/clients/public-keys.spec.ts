import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { isPublicKeySet } from './public-keys.js';

const publicKey = (type: string, options: object = {}): JsonWebKey =>
  generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey.export({
    format: 'jwk',
  });
const curve = (namedCurve: string): JsonWebKey => publicKey('ec', { namedCurve });
const rsa = (modulusLength: number, more: object = {}): JsonWebKey =>
  publicKey('rsa', { modulusLength, ...more });

const P256 = curve('P-256');
const RSA = rsa(2048);
const ED25519 = publicKey('ed25519');
const isSetOf = (...keys: unknown[]): boolean => isPublicKeySet({ keys });

describe('a set of public keys', () => {
  it.each([
    ['P-256', P256],
    ['P-384', curve('P-384')],
    ['P-521', curve('P-521')],
    ['Ed25519', ED25519],
    ['RSA of 2,048 bits', RSA],
    ['RSA of 3,072 bits', rsa(3072)],
    ['a key with all that it may say', { ...P256, kid: 'a', use: 'sig', alg: 'ES256', x5t: 'x' }],
    ['key_ops', { ...P256, key_ops: ['verify'] }],
    ['a time', { ...P256, exp: 1_900_000_000 }],
  ])('PK-10 may hold %s', (_, key) => {
    expect(isSetOf(key)).toBe(true);
  });

  it.each([
    ['secp256k1', curve('secp256k1')],
    ['Ed448', publicKey('ed448')],
    ['X25519', publicKey('x25519')],
    ['RSA of 1,024 bits', rsa(1024)],
    ['RSA of 2,047 bits', rsa(2047)],
    ['RSA with the exponent 1', { ...RSA, e: 'AQ' }],
    ['RSA with the exponent 3', { ...RSA, e: 'Aw' }],
    ['RSA with an even exponent', { ...RSA, e: 'AQAC' }],
    ['RSA with an exponent as long as the modulus', { ...RSA, e: RSA.n }],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a point that is on no curve', { ...P256, x: P256.y }],
    ['half a point', { ...P256, y: undefined }],
    ['a point of another curve', { ...P256, crv: 'P-384' }],
    ['an elliptic curve of another kind', { ...P256, kty: 'OKP' }],
    ['numbers in place of text', { ...P256, x: 7 }],
    ['no kind', { ...P256, kty: undefined }],
    ['a kid that is no text', { ...P256, kid: 7 }],
    ['an alg that is no text', { ...P256, alg: ['ES256'] }],
    ['key_ops that are no list', { ...P256, key_ops: 'verify' }],
    ['a number that PostgreSQL writes with hundreds of digits', { ...P256, exp: 1e300 }],
    ['nothing', {}],
    ['null', null],
    ['text', 'key'],
    ['a list', [P256]],
  ])('PK-10 may not hold %s', (_, key) => {
    expect(isSetOf(key)).toBe(false);
    expect(isSetOf(P256, key)).toBe(false);
  });

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
    'PK-10 may not hold the private member %s, not even empty',
    (name) => {
      for (const key of [P256, RSA, ED25519]) {
        for (const value of ['c2VjcmV0', '', null])
          expect(isSetOf({ ...key, [name]: value })).toBe(false);
      }
    },
  );

  it.each(['ec', 'rsa', 'ed25519'])('PK-10 may not hold a private key: %s', (type) => {
    const options = { namedCurve: 'P-256', modulusLength: 2048 };
    const { privateKey } = generateKeyPairSync(type as 'ec', options);
    expect(isSetOf(privateKey.export({ format: 'jwk' }))).toBe(false);
  });

  it('PK-10 has 1 to 20 keys, with different kids where they have any', () => {
    const keys = Array.from({ length: 21 }, (_, index) => ({ ...P256, kid: String(index) }));
    expect(isSetOf()).toBe(false);
    expect(isSetOf(...keys.slice(1))).toBe(true);
    expect(isSetOf(...keys)).toBe(false);
    expect(isSetOf(P256, ED25519)).toBe(true);
    expect(isSetOf({ ...P256, kid: 'a' }, { ...ED25519, kid: 'a' })).toBe(false);
    expect(isSetOf({ ...P256, kid: 'a' }, { ...ED25519, kid: 'A' })).toBe(true);
  });

  it('PK-10 has 16 KB at most', () => {
    const padded = (length: number): object => ({ keys: [{ ...P256, note: 'x'.repeat(length) }] });
    expect(isPublicKeySet(padded(16_000))).toBe(true);
    expect(isPublicKeySet(padded(16_400))).toBe(false);
    expect(isPublicKeySet({ keys: [P256], note: 'x'.repeat(16_400) })).toBe(false);
  });

  it.each([
    [undefined],
    [null],
    [7],
    ['keys'],
    [[P256]],
    [P256],
    [{ keys: P256 }],
    [{ keys: { 0: P256, length: 1 } }],
    [{ keys: null }],
    [{ keys: [P256], note: 1e300 }],
  ])('PK-10 is none of %j', (value) => {
    expect(isPublicKeySet(value)).toBe(false);
  });
});
