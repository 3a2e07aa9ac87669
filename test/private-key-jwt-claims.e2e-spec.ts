import { randomText } from './support/keycap.js';
import type { AssertionChanges } from './support/oauth-endpoints.js';
import { testVariable } from './support/servers.js';
import { seconds } from './support/session-issuer.js';
import {
  assertionOf,
  eachOf,
  everywhere,
  goodClaims,
  INVALID_CLIENT,
  newSigningParties,
  outcomeOf,
  show,
  signedText,
  type SigningClient,
} from './support/signing-clients.js';

const issuer = testVariable('KEYCAP_TEST_URL');

describe('private_key_jwt', () => {
  let client: SigningClient;
  let other: SigningClient;

  beforeAll(async () => {
    ({ client, other } = await newSigningParties());
  });

  describe('the claims', () => {
    type Claims = NonNullable<AssertionChanges['claims']>;

    it.each<[string, () => Claims]>([
      ['PK-04 exp in five minutes', () => ({ exp: seconds() + 300 })],
      ['PK-04 exp in five minutes by a clock that is fast', () => ({ exp: seconds() + 325 })],
      ['PK-04 exp with a fraction', () => ({ exp: seconds() + 60.5 })],
      ['PK-04 iat and nbf 8 s ahead', () => ({ iat: seconds() + 8, nbf: seconds() + 8 })],
      ['PK-04 nbf long ago', () => ({ nbf: 1 })],
      ['PK-04 no iat', () => ({ iat: undefined })],
      ['PK-05 a jti of 255 characters', () => ({ jti: randomText().padEnd(255, 'x') })],
      ['PK-05 a jti of any characters', () => ({ jti: `${randomText()}\0'"\ud800 🔑` })],
      ['claims of its own', () => ({ scope: '*', client_id: 'x', act: { sub: 'x' } })],
    ])('may be: %s', async (_, claims) => {
      expect(await everywhere(() => assertionOf(client, { claims: claims() }))).toEqual(
        eachOf('200'),
      );
    });

    it.each<[string, () => Claims]>([
      ['PK-02 no iss', () => ({ iss: undefined })],
      ['PK-02 the iss of another', () => ({ iss: other.id })],
      ['PK-02 the issuer as iss', () => ({ iss: issuer })],
      ['PK-02 a list as iss', () => ({ iss: [client.id] })],
      ['PK-02 no sub', () => ({ sub: undefined })],
      ['PK-02 the sub of another', () => ({ sub: other.id })],
      ['PK-02 the sub of nobody', () => ({ sub: 'nobody' })],
      ['PK-02 a list as sub', () => ({ sub: [client.id] })],
      ['PK-02 an object as sub', () => ({ sub: { id: client.id } })],
      ['PK-02 NUL in sub', () => ({ sub: `${client.id}\0`, iss: `${client.id}\0` })],
      ['PK-02 iss and sub in another case', () => ({ iss: flipped(), sub: flipped() })],
      ['PK-03 no aud', () => ({ aud: undefined })],
      ['PK-03 an empty aud', () => ({ aud: '' })],
      ['PK-03 the token endpoint as aud', () => ({ aud: `${issuer}/o/token/` })],
      ['PK-03 the introspection endpoint as aud', () => ({ aud: `${issuer}/o/introspect/` })],
      ['PK-03 the issuer with a slash as aud', () => ({ aud: `${issuer}/` })],
      ['PK-03 the issuer in capitals as aud', () => ({ aud: issuer.toUpperCase() })],
      ['PK-03 another host as aud', () => ({ aud: 'https://keycap.example.com' })],
      ['PK-03 another port as aud', () => ({ aud: `http://${new URL(issuer).hostname}:1` })],
      ['PK-03 a list as aud', () => ({ aud: [issuer] })],
      ['PK-03 a list of more as aud', () => ({ aud: [issuer, 'https://other.example.com'] })],
      ['PK-03 an empty list as aud', () => ({ aud: [] })],
      ['PK-03 an object as aud', () => ({ aud: { url: issuer } })],
      ['PK-04 no exp', () => ({ exp: undefined })],
      ['PK-04 null as exp', () => ({ exp: null })],
      ['PK-04 text as exp', () => ({ exp: String(seconds() + 60) })],
      ['PK-04 the text NaN as exp', () => ({ exp: 'NaN' })],
      ['PK-04 a list as exp', () => ({ exp: [seconds() + 60] })],
      ['PK-04 an object as exp', () => ({ exp: {} })],
      ['PK-04 true as exp', () => ({ exp: true })],
      ['PK-04 an exp of just now', () => ({ exp: seconds() })],
      ['PK-04 an exp of long ago', () => ({ exp: 1 })],
      ['PK-04 an exp before 1970', () => ({ exp: -(seconds() + 60) })],
      ['PK-04 an exp in more than five minutes', () => ({ exp: seconds() + 340 })],
      ['PK-04 an exp in milliseconds', () => ({ exp: (seconds() + 60) * 1000 })],
      ['PK-04 an nbf in more than a minute', () => ({ nbf: seconds() + 61 })],
      ['PK-04 text as nbf', () => ({ nbf: String(seconds()) })],
      ['PK-04 null as nbf', () => ({ nbf: null })],
      ['PK-04 an iat in more than a minute', () => ({ iat: seconds() + 61 })],
      ['PK-04 text as iat', () => ({ iat: String(seconds()) })],
      ['PK-05 no jti', () => ({ jti: undefined })],
      ['PK-05 an empty jti', () => ({ jti: '' })],
      ['PK-05 a number as jti', () => ({ jti: 7 })],
      ['PK-05 null as jti', () => ({ jti: null })],
      ['PK-05 a list as jti', () => ({ jti: ['once'] })],
      ['PK-05 a jti of 256 characters', () => ({ jti: 'x'.repeat(256) })],
    ])('may not be: %s (S37, S41)', async (_, claims) => {
      const make = (): Promise<string> => assertionOf(client, { claims: claims() });
      expect(await everywhere(make)).toEqual(eachOf(INVALID_CLIENT));
    });

    const flipped = (): string =>
      client.id.replace(/[a-z]/gi, (letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      );

    it.each(['1e999', '-1e999', '9e15', '0x7fffffff', 'NaN', 'Infinity', '01'])(
      'PK-04 may not have the exp %s, as JSON has it or not',
      async (exp) => {
        const good = JSON.stringify({ ...goodClaims(client.id), exp: 'EXP' });
        const make = (): Promise<string> => signedText(client, good.replace('"EXP"', exp));
        expect(await everywhere(make)).toEqual(eachOf(INVALID_CLIENT));
      },
    );

    it.each(['', '[]', 'null', '"text"', '{', '{"sub":', 'x'.repeat(100)])(
      'may not be %j',
      async (payload) => {
        const made = await signedText(client, payload);
        expect(await outcomeOf(show(made))).toBe(INVALID_CLIENT);
      },
    );
  });
});
