import type {
  ProtectedResourceBody,
  ServerMetadataBody,
} from '../src/oauth/metadata/metadata.dto.js';
import { readConfig } from '../src/config.js';
import { bearerChallenge } from './support/challenges.js';
import { call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { assertionForm, clientAssertion, newSigningPair } from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { RESOURCE_DOCUMENT, SERVER_ALIASES, SERVER_DOCUMENT } from './support/server-metadata.js';
import { ASSERTION_ALGORITHMS } from './support/signing-clients.js';
import { errorOf, requestToken, type TokenAnswer } from './support/token-endpoint.js';

let organization: TestOrganization;
let clients: ClientManagement;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
});

describe('a server behind https', () => {
  const PUBLIC_URL = 'https://auth.example.com';
  let own: OwnServer;

  beforeAll(async () => {
    own = await startOwnServer({
      env: {
        KEYCAP_PUBLIC_URL: `${PUBLIC_URL}/`,
        KEYCAP_RS256: '1',
        KEYCAP_SWAGGER_UI: '0',
        KEYCAP_TRUSTED_PROXIES: '',
      },
    });
  });
  afterAll(() => own.server.stop());

  it('MD-01 MD-03 TOK-18 names its public address, without a slash, wherever it names one', async () => {
    const { body, text } = await own.call<ServerMetadataBody>('GET', SERVER_DOCUMENT);
    expect(body.issuer).toBe(PUBLIC_URL);
    const addresses = text.match(/https?:\/\/[^"]*/g) ?? [];
    expect(addresses).toHaveLength(5);
    for (const address of addresses) expect(address).toMatch(/^https:\/\/auth\.example\.com(\/|$)/);
    for (const path of SERVER_ALIASES) expect((await own.call('GET', path)).text).toBe(text);

    const resource = await own.call<ProtectedResourceBody>('GET', RESOURCE_DOCUMENT);
    expect(resource.body).toMatchObject({
      resource: PUBLIC_URL,
      authorization_servers: [PUBLIC_URL],
    });
    const { headers } = await call('GET', own.path, { url: own.url });
    expect(headers.get('www-authenticate')).toBe(bearerChallenge(false, PUBLIC_URL));
  });

  it('MD-04 names no page where it has none', async () => {
    const { body } = await own.call<ServerMetadataBody>('GET', SERVER_DOCUMENT);
    expect(Object.keys(body)).not.toContain('service_documentation');
    const resource = await own.call<ProtectedResourceBody>('GET', RESOURCE_DOCUMENT);
    expect(Object.keys(resource.body)).not.toContain('resource_documentation');
    expect((await own.call('GET', '/docs')).status).toBe(404);
  });

  it('MD-07 advertises and takes RS256 where that is configured', async () => {
    const { body } = await own.call<ServerMetadataBody>('GET', SERVER_DOCUMENT);
    for (const endpoint of ['token', 'revocation', 'introspection'] as const) {
      const name = `${endpoint}_endpoint_auth_signing_alg_values_supported` as const;
      expect(body[name]).toEqual([...ASSERTION_ALGORITHMS, 'RS256']);
    }
    const pair = await newSigningPair('RS256');
    const made = await own.call<IssuedSecret>('POST', `${own.path}/oauth-clients`, {
      body: {
        name: 'Test',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [pair.publicJwk] },
      },
    });
    const { client_id } = made.body.oauth_client;
    const ask256 = async (aud: string): Promise<number> => {
      const assertion = await clientAssertion(client_id, pair, { claims: { aud } });
      const form = assertionForm(assertion);
      return (await call('POST', '/o/token/', { url: own.url, form })).status;
    };
    expect([await ask256(PUBLIC_URL), await ask256(own.url)]).toEqual([200, 401]);
  });

  it('MD-07 refuses RS256 where it is not', async () => {
    const pair = await newSigningPair('RS256');
    const client = await clients.create({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [pair.publicJwk] },
    });
    const assertion = await clientAssertion(client.oauth_client.client_id, pair);
    const answer: TokenAnswer<{ error?: string }> = await requestToken({
      body: assertionForm(assertion),
    });
    expect(errorOf(answer)).toBe('401 invalid_client');
  });

  it('TOK-19 believes of nobody that he is elsewhere, unless a proxy says so that it knows', async () => {
    const made = await own.call<IssuedSecret>('POST', `${own.path}/oauth-clients`, {
      body: { name: 'Test', ip_allowlist: ['203.0.113.7'] },
    });
    const as = `Basic ${made.body.basic_credential}`;
    const form = { grant_type: 'client_credentials' };
    const forged: Record<string, string>[] = [
      { 'x-forwarded-for': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { 'x-real-ip': '203.0.113.7' },
      { 'x-client-ip': '203.0.113.7', 'true-client-ip': '203.0.113.7' },
      { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' },
    ];
    for (const headers of forged) {
      const { status } = await own.call('POST', '/o/token/', { as, form, headers });
      expect([headers, status]).toEqual([headers, 401]);
    }
    // The shared server knows 127.0.0.1 for a proxy.
    const client = await clients.create({ ip_allowlist: ['203.0.113.7'] });
    const authorization = `Basic ${client.basic_credential}`;
    const statuses = await Promise.all(
      ['203.0.113.7', '203.0.113.8'].map((from) => requestToken({ authorization, from })),
    );
    expect(statuses.map(({ status }) => status)).toEqual([200, 401]);
  });
});

describe('TOK-18 MD-01: a public address', () => {
  const DECLARED = { KEYCAP_BEHIND_TLS_PROXY: '1' };

  it.each([
    { KEYCAP_PUBLIC_URL: 'https://auth.example.com' },
    { KEYCAP_PUBLIC_URL: 'https://auth.example.com:8443' },
    { KEYCAP_PUBLIC_URL: 'https://auth.example.com', HOST: '0.0.0.0' },
    { KEYCAP_PUBLIC_URL: 'https://auth.example.com', HOST: '0.0.0.0', ...DECLARED },
    { KEYCAP_PUBLIC_URL: 'http://127.0.0.1:8080' },
    { KEYCAP_PUBLIC_URL: 'http://[::1]:8080' },
    { KEYCAP_PUBLIC_URL: 'http://keycap.localhost' },
    { HOST: '0.0.0.0', ...DECLARED },
    {},
  ])('is one of https, or of this machine: %j', (env) => {
    expect(() => readConfig(env)).not.toThrow();
  });

  it.each([
    { KEYCAP_PUBLIC_URL: 'http://auth.example.com' },
    { KEYCAP_PUBLIC_URL: 'http://auth.example.com', HOST: '0.0.0.0' },
    { KEYCAP_PUBLIC_URL: 'http://localhost.example.com' },
    { KEYCAP_PUBLIC_URL: 'http://127.0.0.1.example.com' },
    { HOST: '0.0.0.0' },
    { HOST: '::' },
    { HOST: '192.0.2.7' },
    // Who ends TLS for it is reached by https.
    { KEYCAP_PUBLIC_URL: 'http://auth.example.com', ...DECLARED },
    { HOST: '192.0.2.7', ...DECLARED },
  ])('is nothing else: %j', (env) => {
    expect(() => readConfig(env)).toThrow(
      /^(KEYCAP_PUBLIC_URL|HOST) is ".+", where plain http is not allowed: set KEYCAP_PUBLIC_URL to an https address.*\.$/,
    );
  });

  it.each([
    'https://auth.example.com/o',
    'https://auth.example.com?a=1',
    'https://auth.example.com#a',
    'https://auth.example.com/?',
    'https://auth.example.com/#',
    'https://user@auth.example.com',
    'auth.example.com',
    'javascript:alert(1)',
  ])('A44 has neither path, query, fragment nor user: %s', (KEYCAP_PUBLIC_URL) => {
    expect(() => readConfig({ KEYCAP_PUBLIC_URL })).toThrow(
      /^KEYCAP_PUBLIC_URL is ".+" but must be an http or https URL of host and port alone, such as \S+\.$/,
    );
  });
});

describe('A44: an address that a client gives', () => {
  it.each([
    'javascript:alert(1)',
    'data:application/json,{"keys":[]}',
    'file:///etc/passwd',
    'ftp://client.example.com/jwks.json',
    '//client.example.com/jwks.json',
  ])('is none of https: %s', async (jwks_uri) => {
    const answer = await call('POST', clients.path, {
      as: organization.owner.session,
      body: { name: 'Test', token_endpoint_auth_method: 'private_key_jwt', jwks_uri },
    });
    expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([400, ['jwks_uri']]);
  });
});
