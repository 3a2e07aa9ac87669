import type { ServerMetadataBody } from '../src/oauth/metadata/metadata.dto.js';
import { ask, type TestOrganization } from './support/keycap.js';
import { newSigningPair } from './support/oauth-endpoints.js';
import { testVariable } from './support/servers.js';
import {
  ASSERTION_ALGORITHMS,
  assertionOf,
  eachOf,
  everywhere,
  INVALID_CLIENT,
  newSigningClient,
  newSigningParties,
  outcomeOf,
  show,
  type SigningClient,
} from './support/signing-clients.js';

const issuer = testVariable('KEYCAP_TEST_URL');

describe('private_key_jwt', () => {
  let organization: TestOrganization;
  let client: SigningClient;

  beforeAll(async () => {
    ({ organization, client } = await newSigningParties());
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
      ]).toEqual([ASSERTION_ALGORITHMS, ASSERTION_ALGORITHMS, ASSERTION_ALGORITHMS]);
    });

    it.each(ASSERTION_ALGORITHMS)('PK-06, CA-21 may be made by %s', async (algorithm) => {
      const signing = await newSigningClient(organization, await newSigningPair(algorithm));
      expect(await everywhere(() => assertionOf(signing))).toEqual(eachOf('200'));
    });

    it.each(['RS256', 'RS384', 'RS512'])('PK-06 may not be made by %s (S41)', async (algorithm) => {
      const signing = await newSigningClient(organization, await newSigningPair(algorithm));
      expect(await everywhere(() => assertionOf(signing))).toEqual(eachOf(INVALID_CLIENT));
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

  describe('the header', () => {
    it.each([undefined, 'client-authentication+jwt', 'JWT', 'application/JWT'])(
      'PK-07 may have the typ %j (S37)',
      async (typ) => {
        expect(await everywhere(() => assertionOf(client, { header: { typ } }))).toEqual(
          eachOf('200'),
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
      expect(await everywhere(make)).toEqual(eachOf(INVALID_CLIENT));
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
        expect([header, await everywhere(make)]).toEqual([header, eachOf(INVALID_CLIENT)]);
      }
    });

    it('PK-06 may have members that mean nothing', async () => {
      const header = { cty: 'json', nonce: 'x', 'https://example.com/more': { a: 1 } };
      expect(await outcomeOf(show(await assertionOf(client, { header })))).toBe('200');
    });
  });
});
