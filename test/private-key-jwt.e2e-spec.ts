import {
  ask,
  call,
  inDatabase,
  randomText,
  type TestClient,
  type TestOrganization,
} from './support/keycap.js';
import { ASSERTION_TYPE, assertionForm, REPORTS } from './support/oauth-endpoints.js';
import { seconds } from './support/session-issuer.js';
import {
  ALL_ENDPOINTS,
  assertionOf,
  eachOf,
  type Endpoint,
  ENDPOINTS,
  everywhere,
  INVALID_CLIENT,
  newSigningClient,
  newSigningParties,
  outcomeOf,
  show,
  type SigningClient,
} from './support/signing-clients.js';
import {
  basic,
  type OAuthErrorBody,
  requestToken,
  type TokenAnswer,
} from './support/token-endpoint.js';

const INVALID_REQUEST = '400 invalid_request';

describe('private_key_jwt', () => {
  let organization: TestOrganization;
  let client: SigningClient;
  let other: SigningClient;
  let withSecret: TestClient;

  beforeAll(async () => {
    ({ organization, client, other, withSecret } = await newSigningParties());
  });

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
      expect(await beside(client.id)).toEqual(eachOf('200'));
      expect(await beside('')).toEqual(eachOf('200'));
      expect(await beside(other.id)).toEqual(eachOf(INVALID_CLIENT));
      expect(await beside(withSecret.id)).toEqual(eachOf(INVALID_CLIENT));
      expect(await beside('nobody')).toEqual(eachOf(INVALID_CLIENT));
      expect(await beside(`${client.id}%20`)).toEqual(eachOf(INVALID_CLIENT));
      expect(await beside(client.id.toLowerCase())).toEqual(eachOf(INVALID_CLIENT));
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
