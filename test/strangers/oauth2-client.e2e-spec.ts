import { OAuth2Client, OAuth2Fetch, OAuth2HttpError } from '@badgateway/oauth2-client';
import { newAddress } from '../support/keycap.js';
import { REPORTS } from '../support/oauth-endpoints.js';
import { GRANTED, registerClients, type RegisteredClients } from '../support/registered-clients.js';
import { testVariable } from '../support/servers.js';

const SERVER = testVariable('KEYCAP_TEST_URL');

type Settings = ConstructorParameters<typeof OAuth2Client>[0];

describe('@badgateway/oauth2-client', () => {
  let clients: RegisteredClients;

  beforeAll(async () => {
    clients = await registerClients();
  });

  const clientWith = (settings: Partial<Settings> = {}): OAuth2Client => {
    const { id, secret } = clients.opaque;
    return new OAuth2Client({ server: SERVER, clientId: id, clientSecret: secret, ...settings });
  };
  /** The library's fetch, from one address, which tells each request before it is sent. */
  const fetchFrom =
    (address: string, tell: (headers: Headers) => void = () => undefined): typeof fetch =>
    (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-forwarded-for', address);
      tell(headers);
      return fetch(input, { ...init, headers });
    };
  const refused = (status: number, code: string): object => ({
    constructor: OAuth2HttpError,
    httpCode: status,
    oauth2Code: code,
  });

  it('MD-03 finds the endpoints and the method, CA-01 and gets a token', async () => {
    const client = clientWith();
    const { accessToken, expiresAt, refreshToken, scope } = await client.clientCredentials();
    expect(client.settings).toMatchObject({
      tokenEndpoint: `${SERVER}/o/token/`,
      introspectionEndpoint: `${SERVER}/o/introspect/`,
      revocationEndpoint: `${SERVER}/o/revoke_token/`,
      authenticationMethod: 'client_secret_basic',
    });
    expect(accessToken).toMatch(/^[0-9A-Za-z]+$/);
    expect(expiresAt).toBeGreaterThan(Date.now());
    expect([refreshToken, scope]).toEqual([null, GRANTED.split(' ')]);
  });

  it('CA-03 sends the same bytes whether it encodes or not, CA-02 and both work', async () => {
    const sent: (string | null)[] = [];
    const tell = (headers: Headers): void => {
      sent.push(headers.get('authorization'));
    };
    for (const method of ['client_secret_basic', 'client_secret_basic_interop'] as const) {
      const client = clientWith({
        tokenEndpoint: '/o/token/',
        authenticationMethod: method,
        fetch: fetchFrom(newAddress(), tell),
      });
      await client.clientCredentials();
    }
    const credential = `Basic ${clients.opaque.basicCredential}`;
    expect(sent).toEqual([credential, credential]);
  });

  it('CA-04 sends the secret in the body, TOK-02 to a path without slash too', async () => {
    const client = clientWith({
      tokenEndpoint: '/o/token',
      authenticationMethod: 'client_secret_post',
    });
    expect((await client.clientCredentials()).scope).toEqual(GRANTED.split(' '));
  });

  it('CC-08 asks for a scope, AU-04 and for a resource', async () => {
    const client = clientWith();
    const { scope } = await client.clientCredentials({ scope: ['organizations:read'] });
    expect(scope).toEqual(['organizations:read']);
    const token = await client.clientCredentials({ resource: REPORTS.resource });
    expect(token.scope).toEqual([REPORTS.scope]);
    expect(await client.introspect(token)).toMatchObject({ aud: REPORTS.resource });
  });

  it('CA-07 sees invalid_client, CC-08 invalid_scope and AU-02 invalid_target', async () => {
    for (const authenticationMethod of ['client_secret_basic', 'client_secret_post'] as const) {
      const wrong = clientWith({ clientSecret: 'wrong', authenticationMethod });
      await expect(wrong.clientCredentials()).rejects.toMatchObject({
        ...refused(401, 'invalid_client'),
        message: 'OAuth2 error invalid_client. invalid credentials',
      });
    }
    const client = clientWith();
    const beyond = client.clientCredentials({ scope: ['members:write'] });
    await expect(beyond).rejects.toMatchObject(refused(400, 'invalid_scope'));
    const elsewhere = client.clientCredentials({ resource: 'https://elsewhere.example.com' });
    await expect(elsewhere).rejects.toMatchObject(refused(400, 'invalid_target'));
    const person = client.password({ username: 'ada', password: 'secret' });
    await expect(person).rejects.toMatchObject(refused(400, 'unsupported_grant_type'));
  });

  it('IN-08 introspects, RV-03 revokes, IN-05 and the token is no more', async () => {
    const client = clientWith();
    const token = await client.clientCredentials();
    expect(await client.introspect(token)).toMatchObject({ active: true, scope: GRANTED });
    // RV-06: the hint of the second is wrong.
    await client.revoke(token);
    await client.revoke({ ...token, refreshToken: token.accessToken }, 'refresh_token');
    expect(await client.introspect(token)).toEqual({ active: false });
  });

  it('BR-02 gets a new token where the API says that the old one is dead', async () => {
    const client = clientWith();
    const dead = await client.clientCredentials();
    await client.revoke(dead);
    const api = new OAuth2Fetch({
      client,
      scheduleRefresh: false,
      getStoredToken: () => dead,
      getNewToken: () => client.clientCredentials(),
    });
    const response = await api.fetch(SERVER + clients.organization.path);
    expect(response.status).toBe(200);
  });

  it('CA-15 stays served where each attempt begins with a wrong one, as some probe', async () => {
    const fetchHere = fetchFrom(newAddress());
    // As by default KEYCAP_LIMIT_CLIENT_SECRETS_PER_CLIENT, and a few more.
    for (let attempt = 0; attempt < 35; attempt++) {
      const probe = clientWith({
        clientSecret: encodeURIComponent(`${clients.opaque.secret}=`),
        authenticationMethod: 'client_secret_basic',
        fetch: fetchHere,
      });
      await expect(probe.clientCredentials()).rejects.toMatchObject(refused(401, 'invalid_client'));
      const next = clientWith({ authenticationMethod: 'client_secret_post', fetch: fetchHere });
      expect((await next.clientCredentials()).accessToken).toBeTruthy();
    }
  });
});
