import { SignJWT } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  clientCredentialsGrantRequest,
  discoveryRequest,
  introspectionRequest,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  processIntrospectionResponse,
  processRevocationResponse,
  revocationRequest,
} from 'oauth4webapi';
import type {
  ProtectedResourceBody,
  ServerMetadataBody,
} from '../src/oauth/metadata/metadata.dto.js';
import { readConfig } from '../src/config.js';
import { bearerChallenge } from './support/challenges.js';
import { askForToken, forResource, tokenOf } from './support/issued-tokens.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  FILES,
  newSigningPair,
  REPORTS,
  type SigningPair,
} from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { exchangeOne, request } from './support/raw-http.js';
import { testVariable } from './support/servers.js';
import { errorOf, requestToken, type TokenAnswer } from './support/token-endpoint.js';

const SERVER = '/.well-known/oauth-authorization-server';
const ALIASES = [`${SERVER}/o`, '/o/.well-known/oauth-authorization-server'];
const RESOURCE = '/.well-known/oauth-protected-resource';
const DOCUMENTS = [SERVER, ...ALIASES, RESOURCE];

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512'];
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const SCOPES = [
  ...['organizations:read', 'organizations:write', 'members:read', 'members:write'],
  ...['invitations:read', 'invitations:write', 'projects:read', 'projects:write'],
  ...['api_keys:read', 'api_keys:write', 'oauth_clients:read', 'oauth_clients:write'],
  ...['audit:read', 'introspection'],
  ...['credentials:read', 'backups:read', 'backups:write', 'jobs:read', 'schema:read'],
  ...['reports:read', 'files:read', 'files:write'],
  ...['read', 'write', '*'],
];

let organization: TestOrganization;
let clients: ClientManagement;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  issuer = testVariable('KEYCAP_TEST_URL');
});

const metadataOf = (url = issuer): Promise<ServerMetadataBody> => ask('GET', SERVER, { url });

/** Where a document says something is, as a path of the server that is tested. */
const pathIn = (address: string, base = issuer): string => {
  expect(address.startsWith(`${base}/`)).toBe(true);
  return address.slice(base.length);
};

describe('the metadata of the server', () => {
  it('MD-03 MD-04 MD-05 MD-06 MD-07 CA-21 RV-11 S45 are these, and no others', async () => {
    const { status, headers, body } = await call<ServerMetadataBody>('GET', SERVER);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      issuer,
      token_endpoint: `${issuer}/o/token/`,
      token_endpoint_auth_methods_supported: METHODS,
      token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      grant_types_supported: ['client_credentials'],
      scopes_supported: SCOPES,
      jwks_uri: `${issuer}/o/.well-known/jwks.json`,
      revocation_endpoint: `${issuer}/o/revoke_token/`,
      revocation_endpoint_auth_methods_supported: METHODS,
      revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      introspection_endpoint: `${issuer}/o/introspect/`,
      introspection_endpoint_auth_methods_supported: [...METHODS, 'Bearer'],
      introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      service_documentation: `${issuer}/docs`,
    });
  });

  it('MD-02 lie between host and path, and the same bytes where others look for them', async () => {
    const [first, ...others] = await Promise.all(
      [SERVER, ...ALIASES].flatMap((path) => [path, `${path}/`]).map((path) => call('GET', path)),
    );
    expect(JSON.parse(first!.text)).toMatchObject({ issuer });
    for (const { status, text, headers } of others) {
      expect([status, text]).toEqual([200, first!.text]);
      expect(headers.get('content-type')).toBe(first!.headers.get('content-type'));
    }
  });

  it('MD-03 name the issuer of tokens, byte for byte, whatever the request says of the host', async () => {
    const { text } = await call('GET', SERVER);
    const forged = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /evil',
      'Forwarded: host=evil.example;proto=https',
    ];
    for (const [path, expected] of [
      [SERVER, text],
      [`http://evil.example${SERVER}`, text],
      [RESOURCE, (await call('GET', RESOURCE)).text],
    ] as const) {
      const bytes = request('GET', path, forged).replace('keycap.test', 'evil.example');
      expect((await exchangeOne(bytes)).body).toBe(expected);
    }
    const client = await clients.create({ token_format: 'jwt' });
    const [, payload = ''] = (await tokenOf(client)).split('.');
    const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string };
    expect(iss).toBe((JSON.parse(text) as ServerMetadataBody).issuer);
  });

  it('A44 MD-04 have no empty list, no null, no algorithm `none`, and no member of another kind', async () => {
    const body = (await metadataOf()) as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(body)) {
      const isList = name.endsWith('_supported');
      expect([name, Array.isArray(value)]).toEqual([name, isList]);
      if (isList) {
        const list = value as string[];
        expect([name, list.length > 0, new Set(list).size]).toEqual([name, true, list.length]);
        expect(list).not.toContain('none');
      } else
        expect(new URL(value as string).href.replace(/\/$/, '')).toBe(
          (value as string).replace(/\/$/, ''),
        );
    }
  });

  it('are what strangers find their way by', async () => {
    const { client_id, secret } = await clients.create().then((issued) => ({
      client_id: issued.oauth_client.client_id,
      secret: issued.client_secret,
    }));
    const insecure = { [allowInsecureRequests]: true };
    const url = new URL(issuer);
    const found = await discoveryRequest(url, { algorithm: 'oauth2', ...insecure });
    const server = await processDiscoveryResponse(url, found);
    const client = { client_id };
    const proof = ClientSecretBasic(secret);
    const issued = await clientCredentialsGrantRequest(server, client, proof, {}, insecure);
    const { access_token } = await processClientCredentialsResponse(server, client, issued);

    const isActive = async (): Promise<boolean> => {
      const answer = await introspectionRequest(server, client, proof, access_token, insecure);
      return (await processIntrospectionResponse(server, client, answer)).active;
    };
    expect(await isActive()).toBe(true);
    const answer = await revocationRequest(server, client, proof, access_token, insecure);
    await processRevocationResponse(answer);
    expect(await isActive()).toBe(false);
  });
});

describe('each document', () => {
  it.each(DOCUMENTS)('MD-11 may be read by pages of any origin, and be kept: %s', async (path) => {
    const plain = await call('GET', path);
    const page = await call('GET', path, {
      headers: { origin: 'https://app.example.com', cookie: 'a=b' },
    });
    for (const { status, headers } of [plain, page]) {
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('cache-control')).toBe('public, max-age=300');
      expect(headers.get('vary')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
    }
    expect(page.text).toBe(plain.text);
  });

  it.each(DOCUMENTS)('MD-03 is read by GET and HEAD alone: %s', async (path) => {
    const [whole, head] = await Promise.all([call('GET', path), call('HEAD', path)]);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'cache-control']) {
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await exchangeOne(request(method, path));
      expect([method, status, headers.allow]).toEqual([method, 405, 'GET, HEAD']);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it.each(DOCUMENTS)('asks nobody who he is, however wrong what he shows: %s', async (path) => {
    const { text } = await call('GET', path);
    for (const as of ['x', 'Basic x', organization.owner.session]) {
      const answer = await call('GET', path, { as });
      expect([answer.status, answer.text]).toEqual([200, text]);
    }
  });

  it.each([
    '/.well-known/openid-configuration',
    '/o/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/x',
    '/.well-known/oauth-protected-resource/o',
    '/.well-known/oauth-protected-resource/v1',
    '/.well-known/jwks.json',
    '/.well-known/',
  ])('is at no other place: %s', async (path) => {
    expect((await call('GET', path)).status).toBe(404);
  });
});

describe('the metadata of the API', () => {
  it('PR-01 are these, and `resource` in them is where they are found, byte for byte', async () => {
    const { status, headers, body } = await call<ProtectedResourceBody>('GET', RESOURCE);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      resource: issuer,
      authorization_servers: [issuer],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'Keycap',
      resource_documentation: `${issuer}/docs`,
    });
  });

  it('PR-01 BR-09 lead from a refusal to a token that opens the same door', async () => {
    const refused = await call('GET', organization.path);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect([refused.status, challenge]).toEqual([401, bearerChallenge(false)]);
    const [, address = ''] = /resource_metadata="([^"]*)"/.exec(challenge) ?? [];
    const resource = await ask<ProtectedResourceBody>('GET', pathIn(address));
    // RFC 9728 §3.3: the well-known path was put between host and path of this very identifier.
    expect(address).toBe(`${resource.resource}${RESOURCE}`);
    const [server = ''] = resource.authorization_servers;
    const metadata = await ask<ServerMetadataBody>('GET', pathIn(`${server}${SERVER}`));
    expect(metadata.issuer).toBe(server);

    const client = await clients.create({ scopes: ['organizations:read'] });
    const { body } = await requestToken({
      path: pathIn(metadata.token_endpoint),
      authorization: `Basic ${client.basic_credential}`,
      body: `grant_type=client_credentials&${forResource(resource.resource)}`,
    });
    expect((await call('GET', organization.path, { as: body.access_token })).status).toBe(200);
  });
});

describe('MD-09 S45: what is advertised', () => {
  let secretClient: IssuedSecret;
  let signingClient: IssuedSecret;
  const pairs = new Map<string, SigningPair>();

  beforeAll(async () => {
    secretClient = await clients.create({
      scopes: ['*'],
      resources: [REPORTS.resource, FILES.resource],
    });
    for (const algorithm of ALGORITHMS) pairs.set(algorithm, await newSigningPair(algorithm));
    signingClient = await clients.create({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [...pairs.values()].map(({ publicJwk }) => publicJwk) },
    });
  });

  /** What each endpoint is asked beside who asks. */
  const ENDPOINTS = [
    ['token', 'grant_type=client_credentials'],
    ['revocation', 'token=x'],
    ['introspection', 'token=x'],
  ] as const;

  type Endpoint = (typeof ENDPOINTS)[number][0];

  async function ways(endpoint: Endpoint): Promise<{ path: string; methods: string[] }> {
    const metadata = await metadataOf();
    return {
      path: pathIn(metadata[`${endpoint}_endpoint`]),
      methods: metadata[`${endpoint}_endpoint_auth_methods_supported`],
    };
  }

  const signed = async (algorithm: string, question: string): Promise<{ body: string }> => {
    const { client_id } = signingClient.oauth_client;
    const assertion = await clientAssertion(client_id, pairs.get(algorithm)!);
    return { body: assertionForm(assertion, question) };
  };

  type Asking = (question: string) => Promise<Parameters<typeof requestToken>[0]>;
  const idOf = ({ oauth_client }: IssuedSecret): string => oauth_client.client_id;

  /** A request by each method that there is a name for. */
  const ASKING: Readonly<Record<string, Asking>> = {
    client_secret_basic: async (body) =>
      Promise.resolve({ body, authorization: `Basic ${secretClient.basic_credential}` }),
    client_secret_post: async (question) => {
      const { client_secret } = secretClient;
      const body = `${question}&client_id=${idOf(secretClient)}&client_secret=${client_secret}`;
      return Promise.resolve({ body });
    },
    private_key_jwt: (question) => signed('ES256', question),
    Bearer: async (body) => {
      const token = await tokenOf(secretClient, 'scope=introspection');
      return { body, authorization: `Bearer ${token}` };
    },
    none: async (question) =>
      Promise.resolve({ body: `${question}&client_id=${idOf(secretClient)}` }),
    client_secret_jwt: async (question) => {
      const assertion = await new SignJWT({ jti: 'a' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(idOf(secretClient))
        .setSubject(idOf(secretClient))
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(Buffer.from(secretClient.client_secret));
      return { body: assertionForm(assertion, question) };
    },
    tls_client_auth: async (question) =>
      Promise.resolve({
        body: `${question}&client_id=${idOf(secretClient)}`,
        headers: { 'x-client-cert': 'x', 'x-ssl-client-verify': 'SUCCESS' },
      }),
    DPoP: async (body) => {
      const token = await tokenOf(secretClient, 'scope=introspection');
      return { body, authorization: `DPoP ${token}`, headers: { dpop: token } };
    },
  };

  it.each(ENDPOINTS)(
    'CA-21 RV-11 authenticates clients at the %s endpoint, and nothing else does',
    async (endpoint, question) => {
      const { path, methods } = await ways(endpoint);
      for (const [method, asking] of Object.entries(ASKING)) {
        const answer = await requestToken({ path, ...(await asking(question)) });
        const isGood = methods.includes(method);
        expect([method, answer.status]).toEqual([method, isGood ? 200 : 401]);
        if (!isGood) expect([method, answer.body.error]).toEqual([method, 'invalid_client']);
      }
      expect(Object.keys(ASKING)).toEqual(expect.arrayContaining(methods));
    },
  );

  it.each(ENDPOINTS)(
    'MD-07 are the algorithms that sign at the %s endpoint',
    async (endpoint, question) => {
      const metadata = await metadataOf();
      const advertised = metadata[`${endpoint}_endpoint_auth_signing_alg_values_supported`];
      const { path } = await ways(endpoint);
      for (const algorithm of advertised) {
        const answer = await requestToken({ path, ...(await signed(algorithm, question)) });
        expect([algorithm, answer.status]).toEqual([algorithm, 200]);
      }
    },
  );

  it('MD-05 BCP-02 are the grants that there are: none for passwords, codes or anything else', async () => {
    const { grant_types_supported: grants } = await metadataOf();
    const others = [
      ...['password', 'authorization_code', 'implicit', 'refresh_token', 'none', ''],
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:saml2-bearer',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:openid:params:grant-type:ciba',
    ];
    const more = 'username=ada&password=secret&code=x&refresh_token=x&assertion=x';
    for (const grant of [...grants, ...others]) {
      const answer = await requestToken({
        authorization: `Basic ${secretClient.basic_credential}`,
        body: `grant_type=${encodeURIComponent(grant)}&${more}`,
      });
      const refusal = grant === '' ? '400 invalid_request' : '400 unsupported_grant_type';
      const expected = grants.includes(grant) ? '200 no error' : refusal;
      expect([grant, errorOf(answer)]).toEqual([grant, expected]);
    }
  });

  it('BCP-01 are the scopes that can be had, each by itself, where it means something', async () => {
    const { scopes_supported: scopes } = await metadataOf();
    const resourceOf = (scope: string): string | undefined =>
      [REPORTS, FILES].find((each) => each.scope.split(' ').includes(scope))?.resource;
    for (const scope of scopes) {
      const resource = resourceOf(scope);
      const at = resource === undefined ? '' : `&${forResource(resource)}`;
      const { status, body } = await askForToken(secretClient, `scope=${scope}${at}`);
      expect([scope, status, body.scope]).toEqual([scope, 200, scope]);
    }
    for (const scope of ['openid', 'offline_access', 'admin', 'Read', 'members', 'members:']) {
      const answer = await askForToken(secretClient, `scope=${scope}`);
      expect([scope, errorOf(answer)]).toEqual([scope, '400 invalid_scope']);
    }
  });

  it('are the addresses that answer, and pages to read', async () => {
    const { jwks_uri, service_documentation } = await metadataOf();
    const { keys } = await ask<{ keys: object[] }>('GET', pathIn(jwks_uri));
    expect(keys.length).toBeGreaterThan(0);
    const page = await call('GET', pathIn(service_documentation!));
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/html/),
    ]);
  });

  it.each([
    ...['authorize', 'authorization', 'userinfo', 'register', 'device_authorization', 'par'],
    ...['logout', 'end_session', 'clients'],
  ])('is everything: there is no %s endpoint', async (name) => {
    for (const path of [`/o/${name}`, `/o/${name}/`, `/oauth/${name}`, `/${name}`]) {
      const answers = await Promise.all([
        call('GET', path),
        call('POST', path, { form: { client_id: 'x' } }),
      ]);
      expect([path, ...answers.map(({ status }) => status)]).toEqual([path, 404, 404]);
    }
  });

  it('BR-05 is the header alone as the place of a token', async () => {
    const { bearer_methods_supported: places } = await ask<ProtectedResourceBody>('GET', RESOURCE);
    expect(places).toEqual(['header']);
    const token = await tokenOf(secretClient);
    expect((await call('GET', organization.path, { as: token })).status).toBe(200);
    const query = await call('GET', `${organization.path}?access_token=${token}`);
    expect(query.status).toBe(401);
  });
});

describe('challenges', () => {
  let narrow: string;

  beforeAll(async () => {
    narrow = await tokenOf(await clients.create({ scopes: ['organizations:read'] }));
  });

  /** The parameters of a challenge by the grammar of RFC 9110 §11.2, each with its value. */
  function parametersOf(challenge: string): (readonly [string, string])[] {
    expect(challenge).toMatch(/^Bearer /);
    return challenge
      .slice('Bearer '.length)
      .split(', ')
      .map((parameter) => {
        const [, name, value] = /^([a-z_]+)="([^"\\]*)"$/.exec(parameter) ?? [];
        return [name ?? parameter, value ?? 'no quoted string\n'] as const;
      });
  }

  it('BR-06 have each parameter once, quoted, in characters that the standard allows', async () => {
    const showings = [undefined, 'x', 'a"b\\', 'x'.repeat(3000), narrow];
    const paths = [
      organization.path,
      `${organization.path}/members`,
      '/v1/me',
      '/v1/api-keys/verify',
      `/api/v3/public/organizations/${organization.id}/members/`,
    ];
    const seen = new Set<string>();
    for (const path of paths) {
      for (const as of showings) {
        const method = path.endsWith('verify') ? 'POST' : 'GET';
        const body = method === 'POST' ? { api_key: 'x' } : undefined;
        const { status, headers } = await call(method, path, { as, body });
        const challenge = headers.get('www-authenticate');
        expect([path, as, challenge === null]).toEqual([path, as, ![401, 403].includes(status)]);
        if (challenge === null) continue;
        const parameters = parametersOf(challenge);
        const names = parameters.map(([name]) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const [name, value] of parameters) {
          expect([name, value]).toEqual([name, expect.stringMatching(/^[!#-[\]-~ ]*$/)]);
        }
        seen.add(`${String(status)} ${names.join(' ')}`);
      }
    }
    expect([...seen].toSorted()).toEqual([
      '401 realm error resource_metadata',
      '401 realm resource_metadata',
      '403 realm error scope',
    ]);
  });

  it('BR-08 come, like everything that a token is shown for, with answers that nobody keeps', async () => {
    const requests = [
      call('GET', organization.path, { as: narrow }),
      call('GET', '/v1/me', { as: narrow }),
      call('GET', `${organization.path}/members`, { as: narrow }),
      call('GET', `${organization.path}/nothing`, { as: narrow }),
      call('GET', organization.path, { as: 'x' }),
      call('GET', `/api/v3/public/organizations/${organization.id}/`, { as: narrow }),
      call('POST', '/o/introspect/', { as: narrow, form: { token: narrow } }),
      call('POST', '/v1/api-keys/verify', { as: narrow, body: { api_key: 'x' } }),
    ];
    for (const { headers } of await Promise.all(requests)) {
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('BR-04 are none where a token is shown twice, or beside another credential: that is 400', async () => {
    const token = `Authorization: Bearer ${narrow}`;
    const others = [
      [token, token],
      [token, 'Authorization: Bearer x'],
      [token, `Authorization: Basic ${Buffer.from('a:b').toString('base64')}`],
      [token, `X-API-Key: ${narrow}`],
    ];
    for (const headers of others) {
      const answer = await exchangeOne(request('GET', organization.path, headers));
      expect([headers[1], answer.status]).toEqual([headers[1], 400]);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'ambiguous_credentials' });
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
  });
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
    const { body, text } = await own.call<ServerMetadataBody>('GET', SERVER);
    expect(body.issuer).toBe(PUBLIC_URL);
    const addresses = text.match(/https?:\/\/[^"]*/g) ?? [];
    expect(addresses).toHaveLength(5);
    for (const address of addresses) expect(address).toMatch(/^https:\/\/auth\.example\.com(\/|$)/);
    for (const path of ALIASES) expect((await own.call('GET', path)).text).toBe(text);

    const resource = await own.call<ProtectedResourceBody>('GET', RESOURCE);
    expect(resource.body).toMatchObject({
      resource: PUBLIC_URL,
      authorization_servers: [PUBLIC_URL],
    });
    const { headers } = await call('GET', own.path, { url: own.url });
    expect(headers.get('www-authenticate')).toBe(bearerChallenge(false, PUBLIC_URL));
  });

  it('MD-04 names no page where it has none', async () => {
    const { body } = await own.call<ServerMetadataBody>('GET', SERVER);
    expect(Object.keys(body)).not.toContain('service_documentation');
    const resource = await own.call<ProtectedResourceBody>('GET', RESOURCE);
    expect(Object.keys(resource.body)).not.toContain('resource_documentation');
    expect((await own.call('GET', '/docs')).status).toBe(404);
  });

  it('MD-07 advertises and takes RS256 where that is configured', async () => {
    const { body } = await own.call<ServerMetadataBody>('GET', SERVER);
    for (const endpoint of ['token', 'revocation', 'introspection'] as const) {
      const name = `${endpoint}_endpoint_auth_signing_alg_values_supported` as const;
      expect(body[name]).toEqual([...ALGORITHMS, 'RS256']);
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
