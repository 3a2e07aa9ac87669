import { SignJWT } from 'jose';
import type { ProtectedResourceBody } from '../src/oauth/metadata/metadata.dto.js';
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
import { metadataOf, pathIn, RESOURCE_DOCUMENT } from './support/server-metadata.js';
import { testVariable } from './support/servers.js';
import { ASSERTION_ALGORITHMS } from './support/signing-clients.js';
import { errorOf, requestToken } from './support/token-endpoint.js';

let organization: TestOrganization;
let clients: ClientManagement;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  issuer = testVariable('KEYCAP_TEST_URL');
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
    for (const algorithm of ASSERTION_ALGORITHMS)
      pairs.set(algorithm, await newSigningPair(algorithm));
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
    const { bearer_methods_supported: places } = await ask<ProtectedResourceBody>(
      'GET',
      RESOURCE_DOCUMENT,
    );
    expect(places).toEqual(['header']);
    const token = await tokenOf(secretClient);
    expect((await call('GET', organization.path, { as: token })).status).toBe(200);
    const query = await call('GET', `${organization.path}?access_token=${token}`);
    expect(query.status).toBe(401);
  });
});
