import fc from 'fast-check';
import { CANARY, hostileText, longText } from './texts.js';

type Members = Readonly<Record<string, unknown>>;

const oddValue = fc.oneof(
  hostileText,
  longText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1e300, [], {}, ['*'], { a: { b: 'c' } }),
);

const headerChanges: fc.Arbitrary<Members> = fc.record(
  {
    alg: fc.oneof(fc.constantFrom('none', 'None', 'HS256', 'RS256', 'ES512', ''), oddValue),
    kid: fc.oneof(fc.constantFrom('../../../../dev/null', "' OR 1=1 --"), oddValue),
    typ: fc.oneof(fc.constantFrom('JWT', 'at+jwt', 'application/at+jwt', 'dpop+jwt'), oddValue),
    jku: fc.constant(`https://${CANARY}.example.com/jwks.json`),
    jwk: fc.constant({ kty: 'oct', k: 'AAAA' }),
    crit: fc.constantFrom<unknown>(['exp'], [], 'exp'),
    b64: fc.constant(false),
    zip: fc.constant('DEF'),
  },
  { requiredKeys: [] },
);

const claimChanges: fc.Arbitrary<Members> = fc.record(
  {
    iss: oddValue,
    sub: oddValue,
    aud: oddValue,
    client_id: oddValue,
    scope: fc.oneof(fc.constant('*'), oddValue),
    exp: fc.oneof(fc.constant(9_999_999_999), oddValue),
    iat: oddValue,
    nbf: oddValue,
    jti: oddValue,
    keycap_generation: oddValue,
    keycap_secret_id: oddValue,
  },
  { requiredKeys: [] },
);

/** JWTs that look like a genuine one, and that nobody has signed. */
export function forgedJwts(genuine: string): fc.Arbitrary<string> {
  const [header = '', claims = '', signature = ''] = genuine.split('.');
  const changed = (part: string, changes: Members): string =>
    encoded(JSON.stringify({ ...(JSON.parse(decoded(part)) as Members), ...changes }));
  const signatures = fc.constantFrom(signature, '', signature.slice(4), encoded(CANARY), '=', '.');
  return fc.oneof(
    fc
      .tuple(headerChanges, claimChanges, signatures)
      .map(([inHeader, inClaims, signed]) =>
        [changed(header, inHeader), changed(claims, inClaims), signed].join('.'),
      )
      .filter((forged) => forged !== genuine),
    fc.constantFrom(header, `${header}.${claims}`, `${header}..${signature}`, '..', 'e30.e30.e30'),
  );
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();
