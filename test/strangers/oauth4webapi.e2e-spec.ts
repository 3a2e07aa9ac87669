import * as oauth from 'oauth4webapi';
import { type TestClient } from '../support/keycap.js';
import { REPORTS } from '../support/oauth-endpoints.js';
import { GRANTED, registerClients, type RegisteredClients } from '../support/registered-clients.js';
import { testVariable } from '../support/servers.js';

const ISSUER = new URL(testVariable('KEYCAP_TEST_URL'));
/** The tests' server speaks http. */
const OPTIONS = { [oauth.allowInsecureRequests]: true };

/** What the library throws for an OAuth error that comes with a challenge, as a 401 does. */
const challenged = (scheme: string, parameters: object): object => ({
  constructor: oauth.WWWAuthenticateChallengeError,
  status: 401,
  cause: [{ scheme, parameters }],
});

describe('oauth4webapi', () => {
  let clients: RegisteredClients;
  let as: oauth.AuthorizationServer;

  beforeAll(async () => {
    clients = await registerClients();
    as = await discover(ISSUER);
  });

  const discover = async (issuer: URL): Promise<oauth.AuthorizationServer> => {
    const response = await oauth.discoveryRequest(issuer, { ...OPTIONS, algorithm: 'oauth2' });
    return oauth.processDiscoveryResponse(issuer, response);
  };
  const clientOf = ({ id }: { id: string }): oauth.Client => ({ client_id: id });

  const grant = async (
    client: oauth.Client,
    method: oauth.ClientAuth,
    parameters: Record<string, string> = {},
  ): Promise<oauth.TokenEndpointResponse> => {
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      method,
      parameters,
      OPTIONS,
    );
    return oauth.processClientCredentialsResponse(as, client, response);
  };
  const grantTo = (
    client: TestClient,
    parameters?: Record<string, string>,
  ): Promise<oauth.TokenEndpointResponse> =>
    grant(clientOf(client), oauth.ClientSecretBasic(client.secret), parameters);

  const introspect = async (
    client: TestClient,
    token: string,
  ): Promise<oauth.IntrospectionResponse> => {
    const method = oauth.ClientSecretBasic(client.secret);
    const asked = clientOf(client);
    const response = await oauth.introspectionRequest(as, asked, method, token, OPTIONS);
    return oauth.processIntrospectionResponse(as, asked, response);
  };
  const verify = (token: string, audience: string): Promise<oauth.JWTAccessTokenClaims> => {
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request('https://api.example.com/', { headers });
    return oauth.validateJwtAccessToken(as, request, audience, OPTIONS);
  };
  const read = (token: string): Promise<Response> => {
    const url = new URL(clients.organization.path, ISSUER);
    return oauth.protectedResourceRequest(token, 'GET', url, undefined, null, OPTIONS);
  };

  it('MD-03 finds the endpoints by the issuer alone (MD-02)', () => {
    expect(as).toMatchObject({
      issuer: ISSUER.origin,
      token_endpoint: `${ISSUER.origin}/o/token/`,
      introspection_endpoint: `${ISSUER.origin}/o/introspect/`,
      revocation_endpoint: `${ISSUER.origin}/o/revoke_token/`,
      jwks_uri: `${ISSUER.origin}/o/.well-known/jwks.json`,
    });
  });

  it('CA-01 CA-04 CA-21 gets a token by each method that both sides have (CA-02)', async () => {
    const { opaque, signing } = clients;
    const { pair } = signing;
    const key = { key: pair.privateKey, kid: pair.publicJwk.kid! };
    const answers = await Promise.all([
      grant(clientOf(opaque), oauth.ClientSecretBasic(opaque.secret)),
      grant(clientOf(opaque), oauth.ClientSecretPost(opaque.secret)),
      grant(clientOf(signing), oauth.PrivateKeyJwt(key)),
      // Without `kid`: the one key that is registered is meant.
      grant(clientOf(signing), oauth.PrivateKeyJwt(pair.privateKey)),
    ]);
    for (const answer of answers) {
      expect(answer).toEqual({
        access_token: expect.any(String),
        expires_in: 36_000,
        token_type: 'bearer',
        scope: GRANTED,
      });
      expect((await read(answer.access_token)).status).toBe(200);
    }
  });

  it('CA-07 knows who it is not, by the challenge (CA-09)', async () => {
    const { opaque, signing } = clients;
    const basic = challenged('basic', { realm: 'keycap', charset: 'UTF-8' });
    const { id } = opaque;
    const attempts: [{ id: string }, oauth.ClientAuth][] = [
      [{ id }, oauth.ClientSecretBasic('wrong')],
      [{ id }, oauth.ClientSecretPost('wrong')],
      [{ id }, oauth.ClientSecretJwt(opaque.secret)],
      [{ id }, oauth.None()],
      [signing, oauth.ClientSecretBasic(opaque.secret)],
    ];
    for (const [client, method] of attempts) {
      const error = await grant(clientOf(client), method).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject(basic);
      const { response } = error as oauth.WWWAuthenticateChallengeError;
      expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    }
  });

  it('CC-08 narrows its scope, and sees where it asks for too much (CC-13)', async () => {
    const { opaque } = clients;
    const narrow = await grantTo(opaque, { scope: 'organizations:read' });
    expect(narrow.scope).toBe('organizations:read');
    await expect(grantTo(opaque, { scope: 'members:write' })).rejects.toMatchObject({
      constructor: oauth.ResponseBodyError,
      status: 400,
      error: 'invalid_scope',
      error_description: 'the requested scope is malformed or exceeds what the client may have',
    });
  });

  it('AU-04 gets a token for a resource, AU-02 for none but its own', async () => {
    const { opaque } = clients;
    const { access_token, scope } = await grantTo(opaque, { resource: REPORTS.resource });
    expect(scope).toBe(REPORTS.scope);
    expect(await introspect(opaque, access_token)).toMatchObject({ aud: REPORTS.resource });
    const elsewhere = grantTo(opaque, { resource: 'https://elsewhere.example.com' });
    await expect(elsewhere).rejects.toMatchObject({
      constructor: oauth.ResponseBodyError,
      error: 'invalid_target',
    });
  });

  it('IN-08 reads what a token is good for, RV-03 ends it, IN-05 and sees nothing more', async () => {
    const { opaque } = clients;
    const { access_token } = await grantTo(opaque);
    const issuedAt = expect.any(Number) as unknown;
    expect(await introspect(opaque, access_token)).toEqual({
      active: true,
      scope: GRANTED,
      client_id: opaque.id,
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: issuedAt,
      nbf: issuedAt,
      sub: opaque.id,
      aud: ISSUER.origin,
      iss: ISSUER.origin,
      jti: expect.any(String),
      keycap_kind: 'access_token',
      keycap_organization_id: clients.organization.id,
      keycap_cache_seconds: 5,
    });

    const method = oauth.ClientSecretPost(opaque.secret);
    const asked = clientOf(opaque);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, asked, method, access_token, OPTIONS),
    );
    expect(await introspect(opaque, access_token)).toEqual({ active: false });
  });

  it('AU-06 verifies a JWT by the published keys, for its audience alone (AU-07, MD-10)', async () => {
    const { jwt } = clients;
    const { access_token: forIssuer } = await grantTo(jwt);
    expect(await verify(forIssuer, ISSUER.origin)).toMatchObject({
      iss: ISSUER.origin,
      aud: ISSUER.origin,
      sub: jwt.id,
      client_id: jwt.id,
      scope: GRANTED,
    });
    const { access_token: forReports } = await grantTo(jwt, { resource: REPORTS.resource });
    expect(await verify(forReports, REPORTS.resource)).toMatchObject({ scope: REPORTS.scope });
    await expect(verify(forReports, ISSUER.origin)).rejects.toMatchObject({
      constructor: oauth.OperationProcessingError,
      code: oauth.JWT_CLAIM_COMPARISON,
    });
    await expect(verify(`${forIssuer.slice(0, -8)}AAAAAAAA`, ISSUER.origin)).rejects.toThrow(
      'JWT signature verification failed',
    );
  });

  it('PR-01 finds from the API to its tokens: challenge, resource, server (BR-02, BR-09)', async () => {
    const error = await read('unknown').catch((thrown: unknown) => thrown);
    const metadata = `${ISSUER.origin}/.well-known/oauth-protected-resource`;
    expect(error).toMatchObject(
      challenged('bearer', {
        realm: 'keycap',
        error: 'invalid_token',
        resource_metadata: metadata,
      }),
    );
    const response = await oauth.resourceDiscoveryRequest(ISSUER, OPTIONS);
    expect(response.url).toBe(metadata);
    const resource = await oauth.processResourceDiscoveryResponse(ISSUER, response);
    const [issuer = ''] = resource.authorization_servers ?? [];
    expect(await discover(new URL(issuer))).toEqual(as);

    const { opaque } = clients;
    const { access_token } = await grantTo(opaque, { resource: resource.resource });
    expect((await read(access_token)).status).toBe(200);
  });
});
