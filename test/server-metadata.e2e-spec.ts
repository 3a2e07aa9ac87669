import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  ClientSecretBasic,
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
import { bearerChallenge } from './support/challenges.js';
import { forResource, tokenOf } from './support/issued-tokens.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement } from './support/oauth-clients.js';
import { exchangeOne, request } from './support/raw-http.js';
import {
  metadataOf,
  pathIn,
  RESOURCE_DOCUMENT,
  SERVER_ALIASES,
  SERVER_DOCUMENT,
} from './support/server-metadata.js';
import { testVariable } from './support/servers.js';
import { ASSERTION_ALGORITHMS } from './support/signing-clients.js';
import { requestToken } from './support/token-endpoint.js';

const DOCUMENTS = [SERVER_DOCUMENT, ...SERVER_ALIASES, RESOURCE_DOCUMENT];
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

describe('the metadata of the server', () => {
  it('MD-03 MD-04 MD-05 MD-06 MD-07 CA-21 RV-11 S45 are these, and no others', async () => {
    const { status, headers, body } = await call<ServerMetadataBody>('GET', SERVER_DOCUMENT);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      issuer,
      token_endpoint: `${issuer}/o/token/`,
      token_endpoint_auth_methods_supported: METHODS,
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      grant_types_supported: ['client_credentials'],
      scopes_supported: SCOPES,
      jwks_uri: `${issuer}/o/.well-known/jwks.json`,
      revocation_endpoint: `${issuer}/o/revoke_token/`,
      revocation_endpoint_auth_methods_supported: METHODS,
      revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      introspection_endpoint: `${issuer}/o/introspect/`,
      introspection_endpoint_auth_methods_supported: [...METHODS, 'Bearer'],
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      service_documentation: `${issuer}/docs`,
    });
  });

  it('MD-02 lie between host and path, and the same bytes where others look for them', async () => {
    const [first, ...others] = await Promise.all(
      [SERVER_DOCUMENT, ...SERVER_ALIASES]
        .flatMap((path) => [path, `${path}/`])
        .map((path) => call('GET', path)),
    );
    expect(JSON.parse(first!.text)).toMatchObject({ issuer });
    for (const { status, text, headers } of others) {
      expect([status, text]).toEqual([200, first!.text]);
      expect(headers.get('content-type')).toBe(first!.headers.get('content-type'));
    }
  });

  it('MD-03 name the issuer of tokens, byte for byte, whatever the request says of the host', async () => {
    const { text } = await call('GET', SERVER_DOCUMENT);
    const forged = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /evil',
      'Forwarded: host=evil.example;proto=https',
    ];
    for (const [path, expected] of [
      [SERVER_DOCUMENT, text],
      [`http://evil.example${SERVER_DOCUMENT}`, text],
      [RESOURCE_DOCUMENT, (await call('GET', RESOURCE_DOCUMENT)).text],
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
    const { status, headers, body } = await call<ProtectedResourceBody>('GET', RESOURCE_DOCUMENT);
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
    expect(address).toBe(`${resource.resource}${RESOURCE_DOCUMENT}`);
    const [server = ''] = resource.authorization_servers;
    const metadata = await ask<ServerMetadataBody>('GET', pathIn(`${server}${SERVER_DOCUMENT}`));
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
