import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { allowInsecureRequests, validateJwtAccessToken } from 'oauth4webapi';
import { withinOne } from './support/calendar.js';
import { bearerChallenge } from './support/challenges.js';
import { isGoodIn } from './support/good-tokens.js';
import { askForToken, forResource, tokenOf } from './support/issued-tokens.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  INACTIVE,
  introspect,
  newSigningPair,
  REPORTS,
  revoke,
} from './support/oauth-endpoints.js';
import { startOwnServer } from './support/own-server.js';
import { testVariable } from './support/servers.js';
import { clientOf, storedTokensOf } from './support/token-clients.js';
import { errorOf, requestToken } from './support/token-endpoint.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const JWKS = '/o/.well-known/jwks.json';

let organization: TestOrganization;
let clients: ClientManagement;
let client: IssuedSecret;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  client = await clientOf(organization, 'jwt');
  issuer = testVariable('KEYCAP_TEST_URL');
});

const read = (as: string): ReturnType<typeof call> => call('GET', organization.path, { as });

describe('a JWT access token', () => {
  it('S40 is answered as every token: four members, in their order, kept by no cache', async () => {
    const { status, headers, text, body } = await askForToken(client);
    expect([status, text]).toEqual([
      200,
      `{"access_token":"${body.access_token}","expires_in":36000,"token_type":"Bearer","scope":"read write"}`,
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(body.access_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  });

  it('AU-06 says in its header how it is signed, and nothing else', async () => {
    const { keys } = await ask<JSONWebKeySet>('GET', JWKS);
    const header = decodeProtectedHeader(await tokenOf(client));
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(keys.map(({ kid }) => kid)).toContain(header.kid);
  });

  it('AU-06 is signed by RS256 where that is configured', async () => {
    const own = await startOwnServer({ env: { KEYCAP_SIGNING_ALG: 'RS256' } });
    const { server, path } = own;
    try {
      const made = await own.call<IssuedSecret>('POST', `${path}/oauth-clients`, {
        body: { name: 'Test', token_format: 'jwt' },
      });
      const issued = await own.call<{ access_token: string }>('POST', '/o/token/', {
        as: `Basic ${made.body.basic_credential}`,
        form: { grant_type: 'client_credentials' },
      });
      const token = issued.body.access_token;
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
      expect((await own.call('GET', path, { as: token })).status).toBe(200);
      const keys = createLocalJWKSet((await own.call<JSONWebKeySet>('GET', JWKS)).body);
      await jwtVerify(token, keys, { issuer: server.url, algorithms: ['RS256'] });
    } finally {
      await server.stop();
    }
  });

  it('AU-07 AU-09 says who issued it to whom, for what and how long, and what it descends from', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { iat, exp, ...claims } = decodeJwt(await tokenOf(client));
    const clientId = client.oauth_client.client_id;
    expect(claims).toEqual({
      iss: issuer,
      aud: issuer,
      sub: clientId,
      client_id: clientId,
      scope: 'read write',
      jti: expect.stringMatching(UUID),
      keycap_organization_id: organization.id,
      keycap_generation: [1, 1, 1],
      keycap_secret_id: client.secret.id,
    });
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    expect(exp).toBe(iat! + 36_000);
  });

  it('AU-07 AU-09 of a client of a project says which', async () => {
    const project_id = await organization.project();
    const token = await tokenOf(await clientOf(organization, 'jwt', { project_id }));
    expect(decodeJwt(token)).toMatchObject({
      keycap_project_id: project_id,
      scope: 'projects:read',
    });
    const me = await call('GET', '/v1/me', { as: token });
    expect(me.body).toMatchObject({ principal: { project_id, scopes: ['projects:read'] } });
  });

  it('AU-07 of a client that signs descends from no secret', async () => {
    const pair = await newSigningPair();
    const its = await clientOf(organization, 'jwt', {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [pair.publicJwk] },
    });
    const assertion = await clientAssertion(its.oauth_client.client_id, pair);
    const { body } = await requestToken({ body: assertionForm(assertion) });
    const { keycap_secret_id, keycap_generation } = decodeJwt(body.access_token);
    expect([keycap_secret_id, keycap_generation]).toEqual([undefined, [1, 1, 0]]);
    expect(await isGoodIn(organization, body.access_token)).toBe(true);
  });

  it('is verified by strangers from the published keys alone', async () => {
    const token = await tokenOf(client);
    const keys = createLocalJWKSet(await ask<JSONWebKeySet>('GET', JWKS));
    const expected = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['ES256'] };
    await expect(jwtVerify(token, keys, expected)).resolves.toMatchObject({
      payload: { client_id: client.oauth_client.client_id },
    });

    const server = { issuer, jwks_uri: `${issuer}${JWKS}` };
    const request = new Request(`${issuer}/reports`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const claims = await validateJwtAccessToken(server, request, issuer, {
      [allowInsecureRequests]: true,
    });
    expect(claims).toMatchObject({ sub: client.oauth_client.client_id, scope: 'read write' });
  });

  it('is described by introspection as it describes itself', async () => {
    const token = await tokenOf(client);
    const { iss, aud, sub, client_id, scope, jti, iat, exp } = decodeJwt(token);
    const { status, body } = await introspect(`Basic ${client.basic_credential}`, token);
    expect([status, body]).toEqual([
      200,
      {
        active: true,
        ...{ scope, client_id, token_type: 'Bearer', exp, iat, nbf: iat, sub, aud, iss, jti },
        keycap_kind: 'access_token',
        keycap_organization_id: organization.id,
        keycap_cache_seconds: 5,
      },
    ]);
  });

  it('opens the API like an opaque one', async () => {
    const token = await tokenOf(client);
    const me = await call('GET', '/v1/me', { as: token });
    expect([me.status, me.body]).toMatchObject([
      200,
      {
        organization: { id: organization.id },
        principal: {
          auth_source: 'oauth_client',
          user_id: null,
          organization_id: organization.id,
          organization_role: null,
          project_id: null,
        },
      },
    ]);
    const keyo = `/api/v3/public/organizations/${organization.id}/members/`;
    expect((await call('GET', keyo, { as: token })).status).toBe(200);
    const stranger = await newOrganization();
    expect((await call('GET', stranger.path, { as: token })).status).toBe(404);
  });

  it('S42 is no person, whatever it may do, and its subject is the id of none', async () => {
    const token = await tokenOf(await clientOf(organization, 'jwt', { scopes: ['*'] }));
    for (const path of ['/v1/users/me', '/v1/sessions', '/v1/organizations']) {
      expect([path, (await call('GET', path, { as: token })).status]).toEqual([path, 403]);
    }
    const { sub } = decodeJwt(token);
    expect(sub).toMatch(/^[0-9A-Za-z]{40}$/);
    const member = await call('GET', `${organization.path}/members/${sub!}`, { as: token });
    expect(member.status).toBe(404);
  });

  it('A22 S39 gets no scope that the client was never given', async () => {
    const its = await clientOf(organization, 'jwt', { scopes: ['members:read'] });
    for (const scope of ['read', 'members:write', 'members:read%20projects:read', '*', 'x']) {
      const answer = await askForToken(its, `scope=${scope}`);
      expect([scope, errorOf(answer)]).toEqual([scope, '400 invalid_scope']);
    }
    const token = await tokenOf(its);
    expect(decodeJwt(token).scope).toBe('members:read');
    expect((await read(token)).status).toBe(403);
  });

  it('lives as long as its client says, and later ones as it says by then', async () => {
    const its = await clientOf(organization, 'jwt', { token_ttl_seconds: 60 });
    const { body } = await askForToken(its);
    const lifeOf = (token: string): number => decodeJwt(token).exp! - decodeJwt(token).iat!;
    expect([body.expires_in, lifeOf(body.access_token)]).toEqual([60, 60]);
    await clients.change(its, { token_ttl_seconds: 86_400 });
    expect(lifeOf(await tokenOf(its))).toBe(86_400);
    expect(await isGoodIn(organization, body.access_token)).toBe(true);
  });

  it('is one of so many in an hour as its client may have', () =>
    withinOne('hour', async () => {
      const its = await clientOf(organization, 'jwt', { max_tokens_per_hour: 3 });
      const answers = await Promise.all(Array.from({ length: 8 }, () => askForToken(its)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([
        ...[200, 200, 200],
        ...[429, 429, 429, 429, 429],
      ]);
      const tokens = answers.flatMap(({ status, body }) =>
        status === 200 ? [body.access_token] : [],
      );
      expect(await Promise.all(tokens.map((token) => isGoodIn(organization, token)))).toEqual([
        true,
        true,
        true,
      ]);
      await clients.change(its, { max_tokens_per_hour: null });
      expect((await askForToken(its)).status).toBe(200);
    }));

  it('is not to be had again, so no client can ask for that', async () => {
    const [one, other] = [await tokenOf(client), await tokenOf(client)];
    expect(decodeJwt(one).jti).not.toBe(decodeJwt(other).jti);
    const answer = await call('PATCH', clients.pathOf(client), {
      as: organization.owner.session,
      body: { reuse_tokens: true },
    });
    expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([400, ['reuse_tokens']]);
  });

  it('is good beside opaque ones when its client changes the format', async () => {
    const its = await clientOf(organization, 'jwt');
    const first = await tokenOf(its);
    await clients.change(its, { token_format: 'opaque' });
    const second = await tokenOf(its);
    await clients.change(its, { token_format: 'jwt' });
    const third = await tokenOf(its);
    expect([first, second, third].map((token) => token.split('.').length)).toEqual([3, 1, 3]);
    for (const token of [first, second, third])
      expect(await isGoodIn(organization, token)).toBe(true);

    const body = { tokens: [third, 'x', second, first] };
    const answer = await call<{ results: { active: boolean; jti?: string }[] }>(
      'POST',
      '/o/introspect-batch/',
      { as: `Basic ${its.basic_credential}`, body },
    );
    const { results } = answer.body;
    expect(results.map(({ active }) => active)).toEqual([true, false, true, true]);
    expect(results.map(({ jti }) => jti).filter((jti) => UUID.test(jti ?? ''))).toEqual(
      [third, first].map((token) => decodeJwt(token).jti),
    );
  });
});

describe('a JWT for a resource', () => {
  it('BR-11 opens nothing at Keycap, and is seen by the right resource server alone', async () => {
    const its = await clientOf(organization, 'jwt', {
      scopes: ['read', 'reports:read'],
      resources: [REPORTS.resource],
    });
    const token = await tokenOf(its, forResource(REPORTS.resource));
    expect(decodeJwt(token)).toMatchObject({ iss: issuer, aud: REPORTS.resource });
    const { status, headers } = await read(token);
    expect([status, headers.get('www-authenticate')]).toEqual([401, bearerChallenge(true)]);
    const seen = await introspect(
      `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`,
      token,
    );
    expect(seen.body).toMatchObject({ active: true, aud: REPORTS.resource });
    const stranger = await introspect(`Basic ${client.basic_credential}`, token);
    expect(stranger.text).toBe(INACTIVE);
    expect(await storedTokensOf(its)).toEqual([]);
  });

  it('can be revoked like any other', async () => {
    const its = await clientOf(organization, 'jwt', {
      scopes: ['reports:read'],
      resources: [REPORTS.resource],
    });
    const token = await tokenOf(its, forResource(REPORTS.resource));
    const as = `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`;
    expect((await introspect(as, token)).body.active).toBe(true);
    await revoke(`Basic ${its.basic_credential}`, token);
    expect((await introspect(as, token)).text).toBe(INACTIVE);
  });
});
