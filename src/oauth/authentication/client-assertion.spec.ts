import {
  assertionAlgorithms,
  judgeClaims,
  judgeHeader,
  readAssertion,
} from './client-assertion.js';

const NOW = new Date('2031-02-03T04:05:06.789Z');
const SECONDS = NOW.getTime() / 1000;
const CLIENT = 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt';
const ISSUER = 'https://keycap.example.com';
const GOOD = { iss: CLIENT, sub: CLIENT, aud: ISSUER, jti: 'once', exp: SECONDS + 60 };

const encoded = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const compact = (header: unknown, claims: unknown = GOOD): string =>
  `${encoded(header)}.${encoded(claims)}.c2lnbmF0dXJl`;

describe('reading an assertion', () => {
  it('believes nothing and checks nothing', () => {
    const text = compact({ alg: 'none', kid: 7 });
    expect(readAssertion(text)).toEqual({
      compact: text,
      header: { alg: 'none', kid: 7 },
      claims: GOOD,
    });
  });

  const good = compact({ alg: 'ES256' });
  it.each([
    ['nothing', ''],
    ['a word', 'assertion'],
    ['two parts', good.slice(0, good.lastIndexOf('.'))],
    ['four parts', `${good}.x`],
    ['five parts', `${good}.x.y`],
    ['no header', good.slice(good.indexOf('.'))],
    ['no claims', `${encoded({ alg: 'ES256' })}..c2ln`],
    ['a space before it', ` ${good}`],
    ['a space after it', `${good} `],
    ['a line end after it', `${good}\n`],
    ['a space within', good.replace('.', '. ')],
    ['padding', `${good}=`],
    ['characters of the other base64', `${good}+/`],
    ['a header that is no JSON', compact('{alg')],
    ['a header that is a list', compact([])],
    ['a header that is text', compact('"ES256"')],
    ['claims that are no JSON', compact({ alg: 'ES256' }, '{')],
    ['claims that are a list', compact({ alg: 'ES256' }, [GOOD])],
    ['claims that are null', compact({ alg: 'ES256' }, null)],
    ['a nested JWT', compact({ alg: 'ES256', cty: 'JWT' }, good)],
    ['more than 8 KB', compact({ alg: 'ES256' }, { ...GOOD, jti: 'x'.repeat(8192) })],
  ])('finds none in %s', (_, text) => {
    expect(readAssertion(text)).toBeNull();
  });
});

describe('the header of an assertion', () => {
  const judge = (header: object, withRs256 = false): unknown => {
    const judged = judgeHeader(readAssertion(compact(header)), assertionAlgorithms(withRs256));
    return typeof judged === 'string' ? judged : [judged.algorithm, judged.keyId];
  };

  it('PK-06 has an algorithm of the list, and RS256 where that is configured (S41)', () => {
    const listed = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512'];
    expect(assertionAlgorithms(false)).toEqual(listed);
    expect(assertionAlgorithms(true)).toEqual([...listed, 'RS256']);
    for (const alg of listed) expect(judge({ alg, kid: 'a' })).toEqual([alg, 'a']);
    expect(judge({ alg: 'RS256' })).toBe('alg is not accepted');
    expect(judge({ alg: 'RS256' }, true)).toEqual(['RS256', undefined]);
  });

  it.each([
    undefined,
    null,
    7,
    ['ES256'],
    '',
    'none',
    'None',
    'HS256',
    'HS512',
    'es256',
    ' ES256',
    'ES256\n',
    'ES256K',
    'RS384',
    'RS512',
    'RS1',
    'Ed448',
    'toString',
    'RSA-OAEP',
  ])('PK-06 has no algorithm %j', (alg) => {
    expect(judge({ alg }, true)).toBe('alg is not accepted');
  });

  it.each([
    'client-authentication+jwt',
    'application/client-authentication+jwt',
    'Client-Authentication+JWT',
    'JWT',
    'jwt',
    'application/jwt',
  ])('PK-07 may have the typ %s', (typ) => {
    expect(judge({ alg: 'ES256', typ })).toEqual(['ES256', undefined]);
  });

  it.each([
    'at+jwt',
    'application/at+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'client-authentication',
    'text/jwt',
    'JWT ',
    '',
    7,
    null,
    ['JWT'],
  ])('PK-07 may not have the typ %j (S37, A85)', (typ) => {
    expect(judge({ alg: 'ES256', typ })).toBe('typ is that of another kind of token');
  });

  it.each(['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64'])(
    'PK-06 brings no %s along, whatever it is (A82)',
    (name) => {
      for (const value of [{}, [], '', null, 'https://keys.example.com', true, ['exp']]) {
        expect(judge({ alg: 'ES256', [name]: value })).toBe(`the header has ${name}`);
      }
    },
  );

  it.each([7, null, ['a'], { a: 'b' }, true])('PK-06 has no kid %j', (kid) => {
    expect(judge({ alg: 'ES256', kid })).toBe('kid is no text');
  });

  it('is of no use without an assertion', () => {
    expect(judgeHeader(null, assertionAlgorithms(false))).toBe('the assertion is no JWT');
  });
});

describe('the claims of an assertion', () => {
  const judge = (claims: object): unknown => {
    const read = { compact: '', header: {}, claims: { ...GOOD, ...claims } };
    return judgeClaims(read, { clientId: CLIENT, issuer: ISSUER }, NOW);
  };

  it('are taken where they are right', () => {
    expect(judge({})).toEqual({ jti: 'once', expiresAt: new Date(NOW.getTime() + 60_000) });
  });

  it('PK-05 count as used until they have expired, to the last part of a millisecond', () => {
    const exp = SECONDS + 60.0001;
    const { expiresAt } = judge({ exp }) as { expiresAt: Date };
    expect(expiresAt.getTime()).toBeGreaterThanOrEqual(exp * 1000);
  });

  const NOT_THE_CLIENT = 'iss and sub are not the client';
  const NOT_THE_ISSUER = 'aud is not the issuer alone';
  const NO_EXP = 'exp is missing';
  const TOO_FAR = 'exp is too far ahead';
  const NOT_YET = 'the assertion is not valid yet';
  const FUTURE = 'the assertion was issued in the future';
  const NO_JTI = 'jti is missing';

  it.each<[object, string]>([
    [{ iss: undefined }, NOT_THE_CLIENT],
    [{ iss: 'other' }, NOT_THE_CLIENT],
    [{ iss: [CLIENT] }, NOT_THE_CLIENT],
    [{ sub: undefined }, NOT_THE_CLIENT],
    [{ sub: CLIENT.toLowerCase() }, NOT_THE_CLIENT],
    [{ sub: [CLIENT] }, NOT_THE_CLIENT],
    [{ aud: undefined }, NOT_THE_ISSUER],
    [{ aud: `${ISSUER}/` }, NOT_THE_ISSUER],
    [{ aud: `${ISSUER}/o/token/` }, NOT_THE_ISSUER],
    [{ aud: ISSUER.toUpperCase() }, NOT_THE_ISSUER],
    [{ aud: [ISSUER] }, NOT_THE_ISSUER],
    [{ aud: [ISSUER, 'https://other.example.com'] }, NOT_THE_ISSUER],
    [{ aud: { [ISSUER]: ISSUER } }, NOT_THE_ISSUER],
    [{ exp: undefined }, NO_EXP],
    [{ exp: null }, NO_EXP],
    [{ exp: String(SECONDS + 60) }, NO_EXP],
    [{ exp: [SECONDS + 60] }, NO_EXP],
    [{ exp: true }, NO_EXP],
    [{ exp: NaN }, NO_EXP],
    [{ exp: Infinity }, NO_EXP],
    [{ exp: 0 }, 'the assertion has expired'],
    [{ exp: -SECONDS }, 'the assertion has expired'],
    [{ exp: SECONDS - 1 }, 'the assertion has expired'],
    [{ exp: SECONDS }, 'the assertion has expired'],
    [{ exp: SECONDS + 330.5 }, TOO_FAR],
    [{ exp: (SECONDS + 60) * 1000 }, TOO_FAR],
    [{ exp: Number.MAX_VALUE }, TOO_FAR],
    [{ nbf: SECONDS + 31 }, NOT_YET],
    [{ nbf: String(SECONDS) }, NOT_YET],
    [{ nbf: null }, NOT_YET],
    [{ nbf: NaN }, NOT_YET],
    [{ nbf: Infinity }, NOT_YET],
    [{ iat: SECONDS + 31 }, FUTURE],
    [{ iat: String(SECONDS) }, FUTURE],
    [{ iat: {} }, FUTURE],
    [{ jti: undefined }, NO_JTI],
    [{ jti: '' }, NO_JTI],
    [{ jti: 7 }, NO_JTI],
    [{ jti: ['once'] }, NO_JTI],
    [{ jti: 'x'.repeat(256) }, NO_JTI],
  ])('PK-02, PK-03, PK-04, PK-05 are refused with %j (S37)', (claims, reason) => {
    expect(judge(claims)).toBe(reason);
  });

  it.each([
    { exp: SECONDS + 0.001 },
    { exp: SECONDS + 330 },
    { nbf: SECONDS + 8, iat: SECONDS + 8 },
    { nbf: SECONDS + 30, iat: SECONDS + 30 },
    { nbf: 0, iat: -1 },
    { jti: 'x'.repeat(255) },
    { jti: '\0' },
    { aud: ISSUER, azp: 'other', scope: '*' },
  ])('PK-04 are taken with %j', (claims) => {
    expect(judge(claims)).toHaveProperty('jti');
  });
});
