import { resolve } from 'node:path';
import type { OAuthClientBody } from '../src/oauth/clients/oauth-clients.dto.js';
import type { ServerMetadataBody } from '../src/oauth/metadata/metadata.dto.js';
import {
  ask,
  call,
  inDatabase,
  newAddress,
  newOrganization,
  randomText,
  type TestClient,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, refusalOf } from './support/oauth-clients.js';
import {
  ASSERTION_TYPE,
  type AssertionChanges,
  assertionForm,
  newSigningPair,
  REPORTS,
  type SigningPair,
} from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { testVariable } from './support/servers.js';
import {
  ALL_ENDPOINTS,
  assertionOf,
  type Endpoint,
  ENDPOINTS,
  goodClaims,
  newSigningClient,
  outcomeOf,
  refusalsOf,
  show,
  signedText,
  type SigningClient,
} from './support/signing-clients.js';
import {
  basic,
  type OAuthErrorBody,
  requestToken,
  seen,
  type TokenAnswer,
} from './support/token-endpoint.js';
import { until } from './support/until.js';

const INVALID_CLIENT = '401 invalid_client';
const INVALID_REQUEST = '400 invalid_request';
/** As they are advertised, in this order. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512'];
/** By KEYCAP_LIMIT_CLIENT_SECRET_FAILURES_PER_CLIENT_PER_MINUTE. */
const FAILURES_A_MINUTE = 30;

describe('private_key_jwt', () => {
  let organization: TestOrganization;
  let client: SigningClient;
  let other: SigningClient;
  let withSecret: TestClient;
  let issuer: string;

  beforeAll(async () => {
    issuer = testVariable('KEYCAP_TEST_URL');
    organization = await newOrganization();
    [client, other, withSecret] = await Promise.all([
      newSigningClient(organization),
      newSigningClient(organization),
      organization.client(),
    ]);
  });

  /** What each endpoint answers to a new assertion of the same kind. */
  const everywhere = async (
    make: () => Promise<string>,
    request: Parameters<typeof show>[1] = {},
  ): Promise<Record<Endpoint, string>> => {
    const outcomes = await Promise.all(
      ALL_ENDPOINTS.map(async (endpoint) => [
        endpoint,
        await outcomeOf(show(await make(), { endpoint, ...request })),
      ]),
    );
    return Object.fromEntries(outcomes) as Record<Endpoint, string>;
  };
  const all = (outcome: string): Record<Endpoint, string> =>
    Object.fromEntries(ALL_ENDPOINTS.map((endpoint) => [endpoint, outcome])) as never;
  const seconds = (): number => Math.floor(Date.now() / 1000);

  it('CA-21 stands in for a secret, at every endpoint with its own answer', async () => {
    const token = await show(await assertionOf(client));
    expect(token.body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9]{30,}$/),
      expires_in: 36000,
      token_type: 'Bearer',
      scope: 'read write',
    });
    const form = `token=${token.body.access_token}`;
    const about = async (path: string): Promise<TokenAnswer<OAuthErrorBody>> =>
      requestToken<OAuthErrorBody>({ path, body: assertionForm(await assertionOf(client), form) });
    const known = await about('/o/introspect/');
    expect(known.body).toMatchObject({ active: true, client_id: client.id, sub: client.id });
    const revoked = await about('/o/revoke_token/');
    expect([revoked.status, revoked.text]).toEqual([200, '']);
    expect((await about('/o/introspect/')).text).toBe('{"active":false}');
    expect((await about('/v1/oauth/token/')).body.error).toBe('invalid_request');
  });

  describe('the signature', () => {
    it('PK-06 is made by one of the algorithms that are advertised (MD-07, MD-09, S37)', async () => {
      const metadata = await ask<ServerMetadataBody>(
        'GET',
        '/.well-known/oauth-authorization-server',
      );
      expect([
        metadata.token_endpoint_auth_signing_alg_values_supported,
        metadata.introspection_endpoint_auth_signing_alg_values_supported,
        metadata.revocation_endpoint_auth_signing_alg_values_supported,
      ]).toEqual([ALGORITHMS, ALGORITHMS, ALGORITHMS]);
    });

    it.each(ALGORITHMS)('PK-06, CA-21 may be made by %s', async (algorithm) => {
      const signing = await newSigningClient(organization, await newSigningPair(algorithm));
      expect(await everywhere(() => assertionOf(signing))).toEqual(all('200'));
    });

    it.each(['RS256', 'RS384', 'RS512'])('PK-06 may not be made by %s (S41)', async (algorithm) => {
      const signing = await newSigningClient(organization, await newSigningPair(algorithm));
      expect(await everywhere(() => assertionOf(signing))).toEqual(all(INVALID_CLIENT));
    });

    it('PK-06 may be made by any key of the set, with its kid or without one', async () => {
      const [first, second] = await Promise.all([newSigningPair(), newSigningPair()]);
      const keys = [first.publicJwk, { ...second.publicJwk, kid: undefined }];
      const { id } = await newSigningClient(organization, first, { jwks: { keys } });
      const by = (pair: typeof first, kid: string | undefined): Promise<string> =>
        outcomeOf(assertionOf({ id, pair }, { header: { kid } }).then((made) => show(made)));
      expect(await by(first, first.publicJwk.kid)).toBe('200');
      expect(await by(first, undefined)).toBe('200');
      expect(await by(second, undefined)).toBe('200');
      expect(await by(second, first.publicJwk.kid)).toBe(INVALID_CLIENT);
      expect(await by(second, second.publicJwk.kid)).toBe(INVALID_CLIENT);
      expect(await by(first, '')).toBe(INVALID_CLIENT);
    });

    it('PK-06 may be made by either of two keys that have no kid', async () => {
      const pairs = await Promise.all([
        newSigningPair(),
        newSigningPair(),
        newSigningPair('PS256'),
      ]);
      const keys = pairs.map(({ publicJwk }) => ({ ...publicJwk, kid: undefined }));
      const { id } = await newSigningClient(organization, pairs[0], { jwks: { keys } });
      for (const pair of pairs) {
        const made = await assertionOf({ id, pair }, { header: { kid: undefined } });
        expect(await outcomeOf(show(made))).toBe('200');
      }
    });

    it.each<[object, string, string]>([
      [{ use: 'sig' }, 'ES256', '200'],
      [{ alg: 'ES256' }, 'ES256', '200'],
      [{ key_ops: ['verify'] }, 'ES256', '200'],
      [{ use: 'sig', alg: 'ES256', key_ops: ['verify'] }, 'ES256', '200'],
      [{ use: 'enc' }, 'ES256', INVALID_CLIENT],
      [{ use: 7 }, 'ES256', INVALID_CLIENT],
      [{ alg: 'ES384' }, 'ES256', INVALID_CLIENT],
      [{ alg: 'ECDH-ES' }, 'ES256', INVALID_CLIENT],
      [{ key_ops: ['encrypt'] }, 'ES256', INVALID_CLIENT],
      [{ key_ops: [] }, 'ES256', INVALID_CLIENT],
      [{ alg: 'PS256' }, 'PS256', '200'],
      [{ alg: 'PS384' }, 'PS256', INVALID_CLIENT],
      [{ alg: 'RS256' }, 'PS256', INVALID_CLIENT],
      [{ alg: 'EdDSA' }, 'EdDSA', '200'],
      [{ alg: 'ES256' }, 'EdDSA', INVALID_CLIENT],
    ])('PK-06 counts as the key with %j allows, by %s: %s', async (limits, algorithm, outcome) => {
      const pair = await newSigningPair(algorithm);
      const jwks = { keys: [{ ...pair.publicJwk, ...limits }] };
      const signing = await newSigningClient(organization, pair, { jwks });
      expect(await outcomeOf(show(await assertionOf(signing)))).toBe(outcome);
    });

    it('is checked against the keys of now', async () => {
      const signing = await newSigningClient(organization);
      const next = await newSigningPair();
      await ask('PATCH', `${organization.path}/oauth-clients/${signing.id}`, {
        as: organization.owner.session,
        body: { jwks: { keys: [next.publicJwk] } },
      });
      expect(await outcomeOf(show(await assertionOf(signing)))).toBe(INVALID_CLIENT);
      expect(await outcomeOf(show(await assertionOf({ ...signing, pair: next })))).toBe('200');
    });
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
      expect(await everywhere(() => assertionOf(client, { claims: claims() }))).toEqual(all('200'));
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
      expect(await everywhere(make)).toEqual(all(INVALID_CLIENT));
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
        expect(await everywhere(make)).toEqual(all(INVALID_CLIENT));
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

  describe('the header', () => {
    it.each([undefined, 'client-authentication+jwt', 'JWT', 'application/JWT'])(
      'PK-07 may have the typ %j (S37)',
      async (typ) => {
        expect(await everywhere(() => assertionOf(client, { header: { typ } }))).toEqual(
          all('200'),
        );
      },
    );

    it.each([
      'at+jwt',
      'application/at+jwt',
      'dpop+jwt',
      'logout+jwt',
      'JWS',
      '',
      7,
      null,
      ['JWT'],
    ])('PK-07 may not have the typ %j (S37, A85)', async (typ) => {
      const make = (): Promise<string> => assertionOf(client, { header: { typ } });
      expect(await everywhere(make)).toEqual(all(INVALID_CLIENT));
    });

    it('PK-06 may not bring a key along, though it is the registered one', async () => {
      const { publicJwk } = client.pair;
      const headers = [
        { jwk: publicJwk },
        { jwk: {} },
        { jku: `${issuer}/o/.well-known/jwks.json` },
        { x5u: `${issuer}/certificates` },
        { x5c: ['MIIB'] },
        { x5c: [] },
        { x5t: 'x' },
        { 'x5t#S256': 'x' },
      ];
      for (const header of headers) {
        const make = (): Promise<string> => assertionOf(client, { header });
        expect([header, await everywhere(make)]).toEqual([header, all(INVALID_CLIENT)]);
      }
    });

    it('PK-06 may have members that mean nothing', async () => {
      const header = { cty: 'json', nonce: 'x', 'https://example.com/more': { a: 1 } };
      expect(await outcomeOf(show(await assertionOf(client, { header })))).toBe('200');
    });
  });

  describe('in the form', () => {
    const outcome = (body: string, authorization?: string): Promise<string> =>
      outcomeOf(
        requestToken({
          body: `${ENDPOINTS.token.form}&${body}`,
          ...(authorization && { authorization }),
        }),
      );
    const typed = (type: string): string => `client_assertion_type=${encodeURIComponent(type)}`;
    const TYPED = typed(ASSERTION_TYPE);
    const good = async (): Promise<string> => `client_assertion=${await assertionOf(client)}`;

    it.each([
      ASSERTION_TYPE.toUpperCase(),
      `${ASSERTION_TYPE} `,
      ` ${ASSERTION_TYPE}`,
      `${ASSERTION_TYPE}/`,
      'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'jwt-bearer',
      'private_key_jwt',
    ])('PK-01 has its type to the letter, not %j', async (type) => {
      expect(await outcome(`${typed(type)}&${await good()}`)).toBe(INVALID_CLIENT);
    });

    it('PK-01 comes with its type, and the type with it', async () => {
      expect(await outcome(TYPED)).toBe(INVALID_REQUEST);
      expect(await outcome(await good())).toBe(INVALID_REQUEST);
      expect(await outcome(`${TYPED}&client_assertion=`)).toBe(INVALID_REQUEST);
      expect(await outcome(`client_assertion_type=&${await good()}`)).toBe(INVALID_REQUEST);
      expect(await outcome(`${TYPED}&client_id=${client.id}`)).toBe(INVALID_REQUEST);
      expect(await outcome('client_assertion_type=&client_assertion=')).toBe(INVALID_CLIENT);
    });

    it('PK-01 stands alone: two of them are none', async () => {
      const [first, second] = [await assertionOf(client), await assertionOf(client)];
      expect(await outcome(`${TYPED}&client_assertion=${first}&client_assertion=${second}`)).toBe(
        INVALID_REQUEST,
      );
      expect(await outcome(`${TYPED}&${TYPED}&client_assertion=${first}`)).toBe(INVALID_REQUEST);
      for (const between of [' ', '%20', ',', '%0A', '.', '~', '%00']) {
        const both = `client_assertion=${first}${between}${second}`;
        const expected = between === '%00' ? INVALID_REQUEST : INVALID_CLIENT;
        expect([between, await outcome(`${TYPED}&${both}`)]).toEqual([between, expected]);
      }
      expect(await outcome(`${TYPED}&client_assertion=${first}`)).toBe('200');
    });

    it('PK-01 has nothing around it', async () => {
      const made = await assertionOf(client);
      for (const text of [
        ` ${made}`,
        `${made} `,
        `${made}\n`,
        `\t${made}`,
        `${made}=`,
        `"${made}"`,
      ]) {
        expect([text, await outcomeOf(show(text))]).toEqual([text, INVALID_CLIENT]);
      }
      expect(await outcomeOf(show(made))).toBe('200');
    });

    it('PK-02 has its client beside it, or none', async () => {
      const beside = (clientId: string): Promise<Record<Endpoint, string>> =>
        everywhere(() => assertionOf(client), { more: `&client_id=${clientId}` });
      expect(await beside(client.id)).toEqual(all('200'));
      expect(await beside('')).toEqual(all('200'));
      expect(await beside(other.id)).toEqual(all(INVALID_CLIENT));
      expect(await beside(withSecret.id)).toEqual(all(INVALID_CLIENT));
      expect(await beside('nobody')).toEqual(all(INVALID_CLIENT));
      expect(await beside(`${client.id}%20`)).toEqual(all(INVALID_CLIENT));
      expect(await beside(client.id.toLowerCase())).toEqual(all(INVALID_CLIENT));
    });

    it('CA-05 is the one method (S36)', async () => {
      const { id, secret } = withSecret;
      for (const endpoint of ALL_ENDPOINTS) {
        for (const authorization of [
          basic(id, secret),
          basic(id, 'wrong'),
          basic(client.id, 'x'),
        ]) {
          const attempt = show(await assertionOf(client), { endpoint, authorization });
          expect(await outcomeOf(attempt)).toBe(INVALID_REQUEST);
        }
        for (const more of [`&client_id=${id}&client_secret=${secret}`, '&client_secret=x']) {
          const attempt = show(await assertionOf(client), { endpoint, more });
          expect(await outcomeOf(attempt)).toBe(INVALID_REQUEST);
        }
      }
      expect(await outcome(TYPED, basic(id, secret))).toBe(INVALID_REQUEST);
      expect(await outcome('client_assertion=x', basic(id, secret))).toBe(INVALID_REQUEST);
      expect(await outcome(`client_secret=${secret}&client_id=${id}&${TYPED}`)).toBe(
        INVALID_REQUEST,
      );
    });

    it('CA-05 is not looked at beside another scheme, nor used up', async () => {
      const made = await assertionOf(client);
      for (const authorization of [
        'Bearer x',
        'Negotiate x',
        `Bearer ${await organization.token()}`,
      ]) {
        expect(await outcomeOf(show(made, { authorization }))).toBe(INVALID_CLIENT);
      }
      expect(await outcomeOf(show(made))).toBe('200');
    });

    it('is nowhere else: not in the query, not in a header', async () => {
      const made = await assertionOf(client);
      const path = `/o/token/?${assertionForm(made)}`;
      expect(await outcomeOf(requestToken({ path }))).toBe(INVALID_REQUEST);
      expect(await outcomeOf(requestToken({ authorization: `Bearer ${made}` }))).toBe(
        INVALID_CLIENT,
      );
      const api = await call('GET', organization.path, { as: made });
      expect([api.status, api.body.code]).toEqual([401, 'unauthorized']);
      expect(await outcomeOf(show(made))).toBe('200');
    });
  });

  describe('once used', () => {
    it('PK-05 is refused, at whichever endpoint (A4)', async () => {
      for (const endpoint of ALL_ENDPOINTS) {
        const made = await assertionOf(client);
        expect(await outcomeOf(show(made, { endpoint }))).toBe('200');
        for (const again of ALL_ENDPOINTS) {
          expect(await outcomeOf(show(made, { endpoint: again }))).toBe(INVALID_CLIENT);
        }
      }
    });

    it('PK-05 is refused, though nothing came of it', async () => {
      const made = await assertionOf(client);
      expect(await outcomeOf(show(made, { more: '&scope=nonsense' }))).toBe('400 invalid_scope');
      expect(await outcomeOf(show(made))).toBe(INVALID_CLIENT);
    });

    it('PK-05 is not by forgeries, nor by what is wrong in it', async () => {
      const jti = randomText();
      const forger = { id: client.id, pair: { ...other.pair, publicJwk: client.pair.publicJwk } };
      const wrong = [
        await assertionOf(forger, { claims: { jti } }),
        await assertionOf(client, { claims: { jti, aud: 'https://other.example.com' } }),
        await assertionOf(client, { claims: { jti, exp: 1 } }),
        await assertionOf(client, { claims: { jti }, header: { typ: 'at+jwt' } }),
      ];
      for (const each of wrong) expect(await outcomeOf(show(each))).toBe(INVALID_CLIENT);
      expect(await outcomeOf(show(await assertionOf(client, { claims: { jti } })))).toBe('200');
    });

    it("PK-05 leaves another client's jti alone", async () => {
      const claims = { jti: randomText() };
      expect(await outcomeOf(show(await assertionOf(client, { claims })))).toBe('200');
      expect(await outcomeOf(show(await assertionOf(other, { claims })))).toBe('200');
      expect(await outcomeOf(show(await assertionOf(other, { claims })))).toBe(INVALID_CLIENT);
    });

    it('PK-05 keeps its jti until it has expired, whatever another one says', async () => {
      const jti = randomText();
      const signed = (exp: number): Promise<string> =>
        assertionOf(client, { claims: { jti, exp } });
      const [first, later] = [await signed(seconds() + 60), await signed(seconds() + 300)];
      expect(await outcomeOf(show(first))).toBe('200');
      expect(await outcomeOf(show(later))).toBe(INVALID_CLIENT);
      // As if a minute had passed.
      const expired = await inDatabase(
        `UPDATE used_client_assertions SET expires_at = now() - interval '1 second'
          WHERE digest = sha256(convert_to($1, 'UTF8')) RETURNING expires_at`,
        [`${client.id} ${jti}`],
      );
      expect(expired).toHaveLength(1);
      expect(await outcomeOf(show(later))).toBe('200');
      expect(await outcomeOf(show(later))).toBe(INVALID_CLIENT);
    });

    it('PK-05 is used once by twenty at a time', async () => {
      const made = await assertionOf(client);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(show(made))));
      expect(outcomes.toSorted()).toEqual(['200', ...Array<string>(19).fill(INVALID_CLIENT)]);
    });
  });

  describe('and secrets', () => {
    let clients: ClientManagement;
    let asOwner: { as: string };
    const secretIs = async (id: string, secret: string): Promise<string[]> =>
      Promise.all([
        outcomeOf(requestToken({ authorization: basic(id, secret) })),
        outcomeOf(
          requestToken({ body: `${ENDPOINTS.token.form}&client_id=${id}&client_secret=${secret}` }),
        ),
      ]);

    beforeAll(() => {
      clients = new ClientManagement(organization);
      asOwner = { as: organization.owner.session };
    });

    it('CA-18 do not stand in for each other', async () => {
      const pair = await newSigningPair();
      const make = (): Promise<string> => assertionOf({ id: withSecret.id, pair });
      expect(await everywhere(make)).toEqual(all(INVALID_CLIENT));
      expect(await secretIs(client.id, withSecret.secret)).toEqual([
        INVALID_CLIENT,
        INVALID_CLIENT,
      ]);
      expect(await secretIs(client.id, '')).toEqual([INVALID_CLIENT, INVALID_CLIENT]);
    });

    it('CA-18 change places by PATCH: the old ones are dead, also when they change back', async () => {
      const issued = await clients.create();
      const { client_id: id } = issued.oauth_client;
      const path = clients.pathOf(issued);
      const signing = { id, pair: await newSigningPair() };
      const isSigned = async (): Promise<string> => outcomeOf(show(await assertionOf(signing)));
      expect(await secretIs(id, issued.client_secret)).toEqual(['200', '200']);
      expect(await isSigned()).toBe(INVALID_CLIENT);

      await ask('PATCH', path, {
        ...asOwner,
        body: {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [signing.pair.publicJwk] },
        },
      });
      expect(await secretIs(id, issued.client_secret)).toEqual([INVALID_CLIENT, INVALID_CLIENT]);
      expect(await isSigned()).toBe('200');
      expect(await clients.secretsOf(issued)).toEqual([]);
      expect(await refusalOf(clients.addSecret(issued))).toBe('409 client_has_no_secrets');

      const body = { token_endpoint_auth_method: 'client_secret_post' };
      const back = await ask<object>('PATCH', path, { ...asOwner, body });
      expect(back).toMatchObject({ oauth_client: { jwks: null, jwks_uri: null } });
      expect(await isSigned()).toBe(INVALID_CLIENT);
      expect(await secretIs(id, issued.client_secret)).toEqual([INVALID_CLIENT, INVALID_CLIENT]);
      const fresh = await clients.addSecret(issued);
      expect(await secretIs(id, fresh.body.client_secret)).toEqual(['200', '200']);
    });

    it('CA-18 are held to by the method alone, whatever else is stored', async () => {
      const issued = await clients.create();
      const { client_id: id } = issued.oauth_client;
      const signing = { id, pair: await newSigningPair() };
      await inDatabase(
        `UPDATE oauth_clients SET token_endpoint_auth_method = 'private_key_jwt', jwks = $2
          WHERE client_id = $1`,
        [id, { keys: [signing.pair.publicJwk] }],
      );
      expect(await secretIs(id, issued.client_secret)).toEqual([INVALID_CLIENT, INVALID_CLIENT]);
      expect(await outcomeOf(show(await assertionOf(signing)))).toBe('200');
      await inDatabase(
        `UPDATE oauth_clients SET token_endpoint_auth_method = 'client_secret_basic'
          WHERE client_id = $1`,
        [id],
      );
      expect(await secretIs(id, issued.client_secret)).toEqual(['200', '200']);
      expect(await outcomeOf(show(await assertionOf(signing)))).toBe(INVALID_CLIENT);
    });
  });

  describe('that fails', () => {
    /** A client that was good until the database was changed. */
    const spoiled = async (of: TestOrganization, sql: string): Promise<SigningClient> => {
      const made = await newSigningClient(of);
      expect(await outcomeOf(show(await assertionOf(made)))).toBe('200');
      await inDatabase(sql, [made.id]);
      return made;
    };
    const ofTheClient = 'id = (SELECT organization_id FROM oauth_clients WHERE client_id = $1)';

    it('CA-16 looks the same whatever is wrong (PK-08, S35, A40)', async () => {
      const [suspended, deleted] = await Promise.all([newOrganization(), newOrganization()]);
      const gone = await Promise.all([
        spoiled(organization, 'UPDATE oauth_clients SET is_active = false WHERE client_id = $1'),
        spoiled(organization, 'UPDATE oauth_clients SET deleted_at = now() WHERE client_id = $1'),
        spoiled(
          organization,
          `UPDATE oauth_clients SET ip_allowlist = '{192.0.2.1}' WHERE client_id = $1`,
        ),
        spoiled(suspended, `UPDATE organizations SET suspended_at = now() WHERE ${ofTheClient}`),
        spoiled(deleted, `UPDATE organizations SET deleted_at = now() WHERE ${ofTheClient}`),
      ]);
      const wrongKey = { id: client.id, pair: other.pair };
      const stranger = { id: 'x'.repeat(40), pair: other.pair };
      const secretClient = { id: withSecret.id, pair: other.pair };
      for (const endpoint of ALL_ENDPOINTS) {
        const used = await assertionOf(client);
        expect(await outcomeOf(show(used, { endpoint }))).toBe('200');
        const refused = [
          ...(await Promise.all(gone.map((each) => assertionOf(each)))),
          await assertionOf(wrongKey),
          await assertionOf(secretClient),
          await assertionOf(client, { header: { kid: 'unknown' } }),
          await assertionOf(client, { claims: { exp: 1 } }),
          await assertionOf(client, { claims: { sub: 7 } }),
          used,
          'no.jwt.atall',
          'x'.repeat(9000),
        ];
        const expected = seen(await show(await assertionOf(stranger), { endpoint }));
        expect(expected).toMatchObject({
          status: 401,
          text: '{"error":"invalid_client","error_description":"invalid credentials"}',
          headers: {
            'www-authenticate': 'Basic realm="keycap", charset="UTF-8"',
            'cache-control': 'no-store',
            pragma: 'no-cache',
          },
        });
        for (const each of refused) expect(seen(await show(each, { endpoint }))).toEqual(expected);
      }
      expect(seen(await show(await assertionOf(stranger)))).toEqual(
        seen(await requestToken({ authorization: basic('nobody', 'nothing') })),
      );
    });

    it('CA-15 too often is 429, for known and unknown clients alike', async () => {
      const from = newAddress();
      const limited = [];
      for (const id of [client.id, 'y'.repeat(40)]) {
        const forger = { id, pair: other.pair };
        for (let index = 0; index < FAILURES_A_MINUTE; index++) {
          expect(await outcomeOf(show(await assertionOf(forger), { from }))).toBe(INVALID_CLIENT);
        }
        const answer = await show(await assertionOf(forger), { from });
        expect(answer.status).toBe(429);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        limited.push({ ...seen(answer), headers: null });
        expect(await outcomeOf(show(await assertionOf(forger)))).toBe(INVALID_CLIENT);
      }
      expect(limited[0]).toEqual(limited[1]);

      // A good one works, there too, and what failed before it is forgotten.
      const wrong = await assertionOf({ id: client.id, pair: other.pair });
      expect(await outcomeOf(show(await assertionOf(client), { from }))).toBe('200');
      expect(await outcomeOf(show(wrong, { from }))).toBe(INVALID_CLIENT);
    });

    it('CA-15 counts no success', async () => {
      const from = newAddress();
      for (let index = 0; index < FAILURES_A_MINUTE + 5; index++) {
        expect(await outcomeOf(show(await assertionOf(client), { from }))).toBe('200');
      }
    });

    it('tells its organization why, and the caller nothing (PK-08)', async () => {
      const mine = await newOrganization();
      const [signing, secret] = [await newSigningClient(mine), await mine.client()];
      const used = await assertionOf(signing);
      await show(used);
      const changed = (claims: object, header: object = {}): Promise<string> =>
        assertionOf(signing, { claims: claims as never, header: header as never });
      const attempts: readonly (readonly [string, string | Promise<string>, string?])[] = [
        ['the assertion was used before', used],
        ['alg is not accepted', assertionOf({ ...signing, pair: await newSigningPair('RS256') })],
        ['kid is no text', changed({}, { kid: 7 })],
        ['typ is that of another kind of token', changed({}, { typ: 'at+jwt' })],
        ['the header has jwk', changed({}, { jwk: signing.pair.publicJwk })],
        ['no key of the client made the signature', assertionOf({ ...signing, pair: other.pair })],
        ['iss and sub are not the client', changed({ iss: other.id })],
        ['aud is not the issuer alone', changed({ aud: `${issuer}/o/token/` })],
        ['exp is missing', changed({ exp: undefined })],
        ['the assertion has expired', changed({ exp: 1 })],
        ['exp is too far ahead', changed({ exp: seconds() + 3600 })],
        ['the assertion is not valid yet', changed({ nbf: seconds() + 61 })],
        ['the assertion was issued in the future', changed({ iat: seconds() + 61 })],
        ['jti is missing', changed({ jti: undefined })],
        ['client_id is not who signed', assertionOf(signing), `&client_id=${other.id}`],
      ];
      const before = seen(await show('no.jwt.atall'));
      for (const [, made, more = ''] of attempts) {
        expect(seen(await show(await made, { more }))).toEqual(before);
      }
      await show(await assertionOf({ id: secret.id, pair: other.pair }));
      await requestToken({ authorization: basic(signing.id, secret.secret) });
      await ask('PATCH', `${mine.path}/oauth-clients/${signing.id}`, {
        as: mine.owner.session,
        body: { is_active: false },
      });
      await show(await assertionOf(signing));

      const expected = [
        ...attempts.map(([reason]) => [signing.id, reason]),
        [secret.id, 'the client has a secret and does not sign'],
        [signing.id, 'the client signs and has no secret'],
        [signing.id, 'the client is disabled'],
      ];
      await until('all refusals are in the audit log', async () => {
        return (await refusalsOf(mine)).length >= expected.length;
      });
      const events = await refusalsOf(mine);
      // They are written beside the answer, so not quite in its order.
      const order = (list: unknown[][]): unknown[][] => list.toSorted();
      expect(order(events.map(({ target_id, metadata }) => [target_id, metadata.reason]))).toEqual(
        order(expected),
      );
      expect(new Set(events.map(({ metadata }) => metadata.count))).toEqual(new Set([1]));
      expect(new Set(events.map(({ actor_id, target_id }) => actor_id === target_id))).toEqual(
        new Set([true]),
      );
    });
  });

  describe('at a server of its own', () => {
    let own: OwnServer;

    beforeAll(async () => {
      const counting = resolve(import.meta.dirname, 'support/count-signatures.mjs');
      own = await startOwnServer({
        env: { KEYCAP_RS256: '1', NODE_OPTIONS: `--import=${counting}` },
      });
    });

    afterAll(() => own.server.stop());

    const registered = async (pair: SigningPair): Promise<SigningClient> => {
      const { body } = await own.call<{ oauth_client: OAuthClientBody }>(
        'POST',
        `${own.path}/oauth-clients`,
        {
          body: {
            name: 'Signing',
            token_endpoint_auth_method: 'private_key_jwt',
            jwks: { keys: [pair.publicJwk] },
          },
        },
      );
      return { id: body.oauth_client.client_id, pair };
    };
    const signed = (
      by: SigningClient,
      { header, claims }: AssertionChanges = {},
    ): Promise<string> => assertionOf(by, { header, claims: { aud: own.url, ...claims } });
    /** The status of an attempt, and how many signatures were checked for it. */
    const workOf = async (assertion: string, more = ''): Promise<[number, number]> => {
      const id = randomText();
      const before = own.server.log().length;
      const { status } = await call('POST', '/o/token/', {
        url: own.url,
        headers: { 'x-request-id': id },
        form: assertionForm(assertion, ENDPOINTS.token.form + more),
      });
      // The line of the request comes after all that was done for it.
      await until('the request is in the log', () => own.server.log().includes(id));
      const log = own.server.log().slice(before);
      return [status, log.split('a signature was checked').length - 1];
    };

    it('PK-06 takes RS256 where it is configured, and nothing else that is not listed (MD-07)', async () => {
      const metadata = await ask<ServerMetadataBody>(
        'GET',
        '/.well-known/oauth-authorization-server',
        { url: own.url },
      );
      expect(metadata.token_endpoint_auth_signing_alg_values_supported).toEqual([
        ...ALGORITHMS,
        'RS256',
      ]);
      const statusBy = async (algorithm: string): Promise<number> => {
        const signing = await registered(await newSigningPair(algorithm));
        return (await workOf(await signed(signing)))[0];
      };
      expect(await statusBy('RS256')).toBe(200);
      expect(await statusBy('ES256')).toBe(200);
      expect(await statusBy('RS384')).toBe(401);
      expect(await statusBy('RS512')).toBe(401);
      // A key that says what it is for is for nothing else.
      const pair = await newSigningPair('RS256');
      const limited = { ...pair, publicJwk: { ...pair.publicJwk, alg: 'PS256' } };
      expect((await workOf(await signed(await registered(limited))))[0]).toBe(401);
    });

    it('CA-16 checks as many signatures for a client that is not there', async () => {
      const signing = await registered(await newSigningPair());
      const wrong = await newSigningPair();
      const secret = await own.call<{ oauth_client: OAuthClientBody }>(
        'POST',
        `${own.path}/oauth-clients`,
        { body: { name: 'Secret' } },
      );
      const used = await signed(signing);
      expect(await workOf(used)).toEqual([200, 1]);
      const refused = {
        'used before': used,
        'of nobody': await signed({ id: 'x'.repeat(40), pair: wrong }),
        'of a client with a secret': await signed({
          id: secret.body.oauth_client.client_id,
          pair: wrong,
        }),
        'by a wrong key': await signed({
          ...signing,
          pair: { ...wrong, publicJwk: signing.pair.publicJwk },
        }),
        'by an unknown key': await signed({ ...signing, pair: wrong }),
        'by an algorithm that is not accepted': await signed({
          ...signing,
          pair: await newSigningPair('RS384'),
        }),
        'for another issuer': await signed(signing, {
          claims: { aud: 'https://other.example.com' },
        }),
        'of another type': await signed(signing, { header: { typ: 'at+jwt' } }),
        'without any sense': 'no.jwt.atall',
      };
      const work: Record<string, [number, number]> = {};
      for (const [what, assertion] of Object.entries(refused)) work[what] = await workOf(assertion);
      expect(work).toEqual(
        Object.fromEntries(Object.keys(refused).map((what) => [what, [401, 1]])),
      );
      expect(await workOf(await signed(signing), `&client_id=${'y'.repeat(40)}`)).toEqual([401, 1]);
      await own.call('PATCH', `${own.path}/oauth-clients/${signing.id}`, {
        body: { is_active: false },
      });
      expect(await workOf(await signed(signing))).toEqual([401, 1]);
    });
  });

  it('gets tokens for a resource as any other client', async () => {
    const signing = await newSigningClient(organization);
    await ask('PATCH', `${organization.path}/oauth-clients/${signing.id}`, {
      as: organization.owner.session,
      body: { resources: [REPORTS.resource], scopes: [REPORTS.scope] },
    });
    const more = `&resource=${encodeURIComponent(REPORTS.resource)}&scope=${REPORTS.scope}`;
    const answer = await show(await assertionOf(signing), { more });
    expect([answer.status, answer.body.scope]).toEqual([200, REPORTS.scope]);
  });
});
