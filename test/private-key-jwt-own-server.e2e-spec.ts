import { resolve } from 'node:path';
import type { OAuthClientBody } from '../src/oauth/clients/oauth-clients.dto.js';
import type { ServerMetadataBody } from '../src/oauth/metadata/metadata.dto.js';
import { ask, call, randomText } from './support/keycap.js';
import {
  type AssertionChanges,
  assertionForm,
  newSigningPair,
  type SigningPair,
} from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  ASSERTION_ALGORITHMS,
  assertionOf,
  ENDPOINTS,
  type SigningClient,
} from './support/signing-clients.js';
import { until } from './support/until.js';

describe('private_key_jwt', () => {
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
        ...ASSERTION_ALGORITHMS,
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
});
