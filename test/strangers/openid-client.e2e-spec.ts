import * as client from 'openid-client';
import { type TestClient } from '../support/keycap.js';
import { REPORTS } from '../support/oauth-endpoints.js';
import { GRANTED, registerClients, type RegisteredClients } from '../support/registered-clients.js';
import { testVariable } from '../support/servers.js';

const ISSUER = new URL(testVariable('KEYCAP_TEST_URL'));

describe('openid-client', () => {
  let clients: RegisteredClients;
  let opaque: client.Configuration;

  beforeAll(async () => {
    clients = await registerClients();
    opaque = await discover(clients.opaque);
  });

  /** The tests' server speaks http; by itself the library sends the secret in the body. */
  const discover = (
    { id, secret }: Pick<TestClient, 'id'> & Partial<TestClient>,
    method?: client.ClientAuth,
  ): Promise<client.Configuration> =>
    client.discovery(ISSUER, id, secret, method, {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
  const read = (configuration: client.Configuration, token: string): Promise<Response> => {
    const url = new URL(clients.organization.path, ISSUER);
    return client.fetchProtectedResource(configuration, token, url, 'GET');
  };

  it('MD-03 finds the server by its issuer (MD-05)', () => {
    const found = opaque.serverMetadata();
    expect(found).toMatchObject({
      issuer: ISSUER.origin,
      grant_types_supported: ['client_credentials'],
    });
    expect(found.supportsPKCE()).toBe(false);
  });

  it('CA-01 CA-04 CA-21 gets a token by each method that both sides have (CA-02)', async () => {
    const { pair, id } = clients.signing;
    const key = { key: pair.privateKey, kid: pair.publicJwk.kid! };
    const configurations = await Promise.all([
      discover(clients.opaque),
      discover(clients.opaque, client.ClientSecretBasic()),
      discover(clients.opaque, client.ClientSecretPost()),
      discover({ id }, client.PrivateKeyJwt(key)),
    ]);
    for (const configuration of configurations) {
      const answer = await client.clientCredentialsGrant(configuration);
      expect(answer).toMatchObject({ scope: GRANTED, token_type: 'bearer', expires_in: 36_000 });
      expect(answer.expiresIn()).toBeGreaterThan(35_000);
      expect((await read(configuration, answer.access_token)).status).toBe(200);
    }
  });

  it('CA-07 knows who it is not, by the challenge (CA-09)', async () => {
    const { id } = clients.opaque;
    for (const method of [client.ClientSecretBasic('wrong'), client.ClientSecretPost('wrong')]) {
      const configuration = await discover({ id }, method);
      await expect(client.clientCredentialsGrant(configuration)).rejects.toMatchObject({
        constructor: client.WWWAuthenticateChallengeError,
        status: 401,
        cause: [{ scheme: 'basic', parameters: { realm: 'keycap', charset: 'UTF-8' } }],
      });
    }
  });

  it.each([
    ['CC-08 a scope beyond the client', { scope: 'members:write' }, 'invalid_scope'],
    ['CC-07 a malformed scope', { scope: 'read  write' }, 'invalid_scope'],
    ['AU-01 a resource that is no address', { resource: 'reports' }, 'invalid_target'],
    ['AU-02 an unknown resource', { resource: 'https://elsewhere.example.com' }, 'invalid_target'],
  ])('%s is an error that it understands (CC-13)', async (_, parameters, error) => {
    const answer = client.clientCredentialsGrant(opaque, parameters);
    await expect(answer).rejects.toMatchObject({
      constructor: client.ResponseBodyError,
      status: 400,
      error,
      error_description: expect.any(String),
    });
  });

  it('TOK-16 sees that a grant is not offered', async () => {
    const type = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const subject = { subject_token: 'x', subject_token_type: 'x' };
    await expect(client.genericGrantRequest(opaque, type, subject)).rejects.toMatchObject({
      constructor: client.ResponseBodyError,
      error: 'unsupported_grant_type',
    });
  });

  it('AU-03 asks for two resources and is told that tokens are for one', async () => {
    const [resource, other] = [REPORTS.resource, ISSUER.origin];
    const asked = (resources: string[]): URLSearchParams =>
      new URLSearchParams(resources.map((each): [string, string] => ['resource', each]));
    const { scope } = await client.clientCredentialsGrant(opaque, asked([resource, resource]));
    expect(scope).toBe(REPORTS.scope);
    const both = client.clientCredentialsGrant(opaque, asked([resource, other]));
    await expect(both).rejects.toMatchObject({ error: 'invalid_target' });
  });

  it('IN-08 introspects, RV-03 revokes, IN-05 and the token is no more', async () => {
    const { access_token } = await client.clientCredentialsGrant(opaque);
    expect(await client.tokenIntrospection(opaque, access_token)).toMatchObject({
      active: true,
      scope: GRANTED,
      client_id: clients.opaque.id,
      iss: ISSUER.origin,
    });
    await client.tokenRevocation(opaque, access_token, { token_type_hint: 'refresh_token' });
    expect(await client.tokenIntrospection(opaque, access_token)).toEqual({ active: false });
    await expect(read(opaque, access_token)).rejects.toMatchObject({
      constructor: client.WWWAuthenticateChallengeError,
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    });
    // RV-04: once more makes no difference.
    await client.tokenRevocation(opaque, access_token);
  });
});
