import {
  ask,
  inDatabase,
  newAddress,
  newOrganization,
  type TestClient,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, refusalOf } from './support/oauth-clients.js';
import { newSigningPair } from './support/oauth-endpoints.js';
import { testVariable } from './support/servers.js';
import { seconds } from './support/session-issuer.js';
import {
  ALL_ENDPOINTS,
  assertionOf,
  eachOf,
  ENDPOINTS,
  everywhere,
  INVALID_CLIENT,
  newSigningClient,
  newSigningParties,
  outcomeOf,
  refusalsOf,
  show,
  type SigningClient,
} from './support/signing-clients.js';
import { basic, requestToken, seen } from './support/token-endpoint.js';
import { until } from './support/until.js';

const issuer = testVariable('KEYCAP_TEST_URL');

/** By KEYCAP_LIMIT_CLIENT_SECRET_FAILURES_PER_CLIENT_PER_MINUTE. */
const FAILURES_A_MINUTE = 30;

describe('private_key_jwt', () => {
  let organization: TestOrganization;
  let client: SigningClient;
  let other: SigningClient;
  let withSecret: TestClient;

  beforeAll(async () => {
    ({ organization, client, other, withSecret } = await newSigningParties());
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
      expect(await everywhere(make)).toEqual(eachOf(INVALID_CLIENT));
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
});
