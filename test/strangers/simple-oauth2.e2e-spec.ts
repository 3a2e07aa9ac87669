import { ClientCredentials, type ModuleOptions } from 'simple-oauth2';
import { introspect, asClient, INACTIVE, REPORTS } from '../support/oauth-endpoints.js';
import { GRANTED, registerClients, type RegisteredClients } from '../support/registered-clients.js';
import { testVariable } from '../support/servers.js';

const AUTH = {
  tokenHost: testVariable('KEYCAP_TEST_URL'),
  tokenPath: '/o/token/',
  revokePath: '/o/revoke_token/',
};

describe('simple-oauth2', () => {
  let clients: RegisteredClients;

  beforeAll(async () => {
    clients = await registerClients();
  });

  const clientWith = (
    options: ModuleOptions['options'] = {},
    secret = clients.opaque.secret,
  ): ClientCredentials =>
    new ClientCredentials({ client: { id: clients.opaque.id, secret }, auth: AUTH, options });
  /** The library's errors are Boom's, with the answer's body. */
  const refused = (statusCode: number, error: string): object => ({
    isBoom: true,
    output: { statusCode },
    data: { payload: { error, error_description: expect.any(String) } },
  });

  it.each([
    ['CA-01 by header', {}],
    ['CA-02 by header, encoded', { credentialsEncodingMode: 'strict' }],
    ['CA-03 by header, as it is', { credentialsEncodingMode: 'loose' }],
    ['CA-04 by body', { authorizationMethod: 'body' }],
  ] as const)('%s gets a token', async (_, options) => {
    const accessToken = await clientWith(options).getToken({});
    expect(accessToken.token).toEqual({
      access_token: expect.any(String),
      expires_in: 36_000,
      expires_at: expect.any(Date),
      token_type: 'Bearer',
      scope: GRANTED,
    });
    expect(accessToken.expired()).toBe(false);
  });

  it('CC-08 asks for scopes as a list, AU-04 and for a resource', async () => {
    const client = clientWith();
    const scopes = ['organizations:read', 'introspection'];
    expect((await client.getToken({ scope: scopes })).token.scope).toBe(GRANTED);
    const { token } = await client.getToken({ resource: REPORTS.resource });
    expect(token.scope).toBe(REPORTS.scope);
  });

  it('CA-07 sees invalid_client, CC-08 invalid_scope and TOK-04 invalid_request', async () => {
    for (const authorizationMethod of ['header', 'body'] as const) {
      const wrong = clientWith({ authorizationMethod }, 'wrong').getToken({});
      await expect(wrong).rejects.toMatchObject(refused(401, 'invalid_client'));
    }
    const beyond = clientWith().getToken({ scope: 'members:write' });
    await expect(beyond).rejects.toMatchObject(refused(400, 'invalid_scope'));
    const json = clientWith({ bodyFormat: 'json' }).getToken({});
    await expect(json).rejects.toMatchObject(refused(400, 'invalid_request'));
  });

  it('RV-03 revokes', async () => {
    const accessToken = await clientWith().getToken({});
    // By itself the library wants JSON of every answer, where RFC 7009 §2.2 has no body.
    await accessToken.revoke('access_token', { json: true });
    const { access_token } = accessToken.token as { access_token: string };
    expect((await introspect(asClient(clients.opaque), access_token)).text).toBe(INACTIVE);
  });
});
