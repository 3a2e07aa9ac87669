import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import type { Answer, Method, TestOrganization } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';
import { configuredToken, operatorToken } from './support/operator.js';
import { declaredRoutes } from './support/routes.js';
import type { TestServer } from './support/servers.js';
import { startServer, testVariable } from './support/servers.js';
import { statusesByShape } from './support/unknown-paths.js';

/** Everything at `/v1/admin`; operators alone may call it. */
const ROUTES = `
GET    /v1/admin/audit-events
GET    /v1/admin/audit-events/verify
POST   /v1/admin/credentials/lookup
GET    /v1/admin/organizations
POST   /v1/admin/organizations
DELETE /v1/admin/organizations/:organizationID
GET    /v1/admin/organizations/:organizationID
PATCH  /v1/admin/organizations/:organizationID
POST   /v1/admin/organizations/:organizationID/owner-invitations
DELETE /v1/admin/organizations/:organizationID/owner-invitations/:invitationID
POST   /v1/admin/organizations/:organizationID/restore
POST   /v1/admin/organizations/:organizationID/resume
POST   /v1/admin/organizations/:organizationID/suspend
GET    /v1/admin/outbox
POST   /v1/admin/outbox/:mailID/retry
GET    /v1/admin/stats
GET    /v1/admin/users
DELETE /v1/admin/users/:userID
GET    /v1/admin/users/:userID
POST   /v1/admin/users/:userID/disable
POST   /v1/admin/users/:userID/enable
POST   /v1/admin/users/:userID/end-sessions
POST   /v1/admin/users/:userID/send-password-reset
`
  .trim()
  .split('\n')
  .map((line) => line.replace(/ +/, ' '));

/** The application with an operator, in this process and not listening. */
function applicationWithOperator(): Promise<NestFastifyApplication> {
  const databaseUrl = testVariable('KEYCAP_TEST_DATABASE_URL');
  const secret = testVariable('KEYCAP_TEST_SECRET');
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    KEYCAP_SECRET: secret,
    KEYCAP_LOG_LEVEL: 'error',
    KEYCAP_OPERATOR_TOKENS: configuredToken('kco', 'here')[1],
  });
  const publicUrl = 'http://127.0.0.1:3000';
  return createApp({ config, databaseUrl, secret, formerSecrets: [], publicUrl, version: '0' });
}

let all: { route: string; isOperators: boolean; isOperatorsAlone: boolean; isPublic: boolean }[];

beforeAll(async () => {
  const app = await applicationWithOperator();
  all = declaredRoutes(app).map(({ route, rule = {} }) => ({
    route,
    isOperators: rule.operator === true,
    isOperatorsAlone: JSON.stringify(rule) === '{"operator":true}',
    isPublic: rule.public === true,
  }));
  await app.close();
});

it('gives operators everything at /v1/admin and the metrics, and nobody else any of it', () => {
  const atAdmin = all.filter(({ route }) => route.includes(' /v1/admin'));
  expect(atAdmin.map(({ route }) => route).toSorted()).toEqual(ROUTES.toSorted());
  expect(atAdmin.filter(({ isOperatorsAlone }) => !isOperatorsAlone)).toEqual([]);
  const elsewhere = all.filter(({ route }) => !route.includes(' /v1/admin'));
  const forThem = elsewhere.filter(({ isOperators }) => isOperators);
  expect(forThem).toEqual([
    { route: 'GET /metrics', isOperators: true, isOperatorsAlone: true, isPublic: false },
  ]);
});

const ABSENT: Readonly<Record<string, string>> = {
  clientID: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt',
  file: 'openapi.json',
  invitationID: 'inv_01kaw2hxk5f0c9xd2zp7r3m8qe',
  keyID: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe',
  mailID: 'msg_01kaw2hxk5f0c9xd2zp7r3m8qe',
  projectID: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
  ref: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
  secretID: 'sec_01kaw2hxk5f0c9xd2zp7r3m8qe',
  sessionID: 'ses_01kaw2hxk5f0c9xd2zp7r3m8qe',
};

/** Calls a route on this organization and its owner, with whatever body it takes. */
function knock(
  route: string,
  { id, owner }: TestOrganization,
  as: string | undefined,
): Promise<Answer<unknown>> {
  const [method = '', path = ''] = route.split(' ');
  const real: Readonly<Record<string, string>> = {
    orgID: id,
    organizationID: id,
    userID: owner.id,
  };
  const address = path.replace(/:(\w+)/g, (_, name: string) => real[name] ?? ABSENT[name] ?? 'x');
  const isForm = /\/(?:token|revoke_token|introspect)$/.test(path);
  const body = path.endsWith('/suspend') ? { reason: 'because' } : {};
  const takesJson = !isForm && ['POST', 'PATCH', 'PUT'].includes(method);
  return call(method as Method, address, {
    ...(as !== undefined && { as }),
    ...(isForm && { form: '' }),
    ...(takesJson && { body }),
  });
}

it('A33: opens no route at /v1/admin to any other kind of credential', async () => {
  const organization = await newOrganization();
  const confined = { project_id: await organization.project(), scopes: ['projects:read'] };
  const { basicCredential } = await organization.client({ scopes: ['*'] });
  const credentials: Readonly<Record<string, [string | undefined, number]>> = {
    nobody: [undefined, 401],
    'an owner': [organization.owner.session, 403],
    'an admin': [(await organization.member('admin')).session, 403],
    'a member': [(await organization.member('member')).session, 403],
    'a key': [(await organization.apiKey()).plaintext, 403],
    "a project's key": [(await organization.apiKey(confined)).plaintext, 403],
    'a token': [await organization.token(['*']), 403],
    'a client': [`Basic ${basicCredential}`, 401],
    'a resource server': [testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'), 403],
    "another deployment's operator": [configuredToken('kco', 'x')[0], 401],
    'a text that is no operator token': [`${operatorToken()}x`, 401],
  };
  const surprises: unknown[] = [];
  for (const route of ROUTES) {
    for (const [name, [as, expected]] of Object.entries(credentials)) {
      const { status, text } = await knock(route, organization, as);
      if (status !== expected) surprises.push([name, route, status, text]);
    }
  }
  expect(surprises).toEqual([]);
  // Nobody was let in: the organization and its owner are as they were.
  const { status } = await call('GET', organization.path, { as: organization.owner.session });
  expect(status).toBe(200);
});

it('A80: takes an operator at no other route, whatever it is for', async () => {
  const organization = await newOrganization();
  const elsewhere = all.filter(({ isOperators, isPublic }) => !isOperators && !isPublic);
  expect(elsewhere.length).toBeGreaterThan(40);
  const surprises: unknown[] = [];
  for (const { route } of elsewhere) {
    const { status, text } = await knock(route, organization, operatorToken());
    if (status !== 401 && status !== 403) surprises.push([route, status, text]);
  }
  expect(surprises).toEqual([]);
});

it('A42: takes an operator token in Authorization alone', async () => {
  const path = '/v1/admin/stats';
  const answers = await Promise.all([
    call('GET', path, { headers: { 'x-api-key': operatorToken() } }),
    call('GET', `${path}?access_token=${operatorToken()}`),
    call('GET', path, { headers: { authorization: `Basic ${btoa(`${operatorToken()}:`)}` } }),
    call('GET', path, { as: operatorToken().replace('kco_', 'kcr_') }),
    call('GET', path, { as: operatorToken().replace('kco_', 'kcs_') }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
});

describe('without an operator token', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('A18: nothing tells /v1/admin from any other unknown path', async () => {
    const { url } = server;
    const unknown = await statusesByShape(url, '/v1/nobody', ROUTES);
    expect(await statusesByShape(url, '/v1/admin', ROUTES)).toEqual(unknown);
    expect(new Set(unknown.map(({ status }) => status))).toEqual(new Set([404]));
    const { text } = await call('GET', '/openapi.json', { url });
    expect(text).not.toContain('/v1/admin');
  });
});

describe('with a port of its own', () => {
  const [token, entry] = configuredToken('kco', 'rita');
  let server: TestServer;
  let adminUrl: string;

  beforeAll(async () => {
    server = await startServer({
      env: { KEYCAP_OPERATOR_TOKENS: entry, KEYCAP_ADMIN_PORT: '0' },
    });
    adminUrl = /Admin API +(http:\/\/127\.0\.0\.1:\d+)\/v1\/admin/.exec(server.log())![1]!;
  });
  afterAll(() => server.stop());

  it('S26: serves operators there, and asks them who they are', async () => {
    const url = adminUrl;
    expect(adminUrl).not.toBe(server.url);
    const { status, body } = await call('GET', '/v1/admin/stats', { url, as: token });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ organizations: expect.any(Object) }),
    ]);
    expect((await call('GET', '/v1/admin/stats', { url })).status).toBe(401);
    expect((await call('GET', '/health/live', { url })).status).toBe(200);
  });

  it('S26: knows nothing of /v1/admin on the port of the API', async () => {
    const { url } = server;
    const unknown = await statusesByShape(url, '/v1/nobody', ROUTES);
    expect(await statusesByShape(url, '/v1/admin', ROUTES, token)).toEqual(unknown);
    expect(new Set(unknown.map(({ status }) => status))).toEqual(new Set([404]));
    const { text } = await call('GET', '/openapi.json', { url });
    expect(text).not.toContain('/v1/admin');
  });

  it.each([
    '/v1/%61dmin/stats',
    '/v1/%61dmin/stats?x=%zz',
    '/v1/admin/stats/',
    '/v1/admin/stats?x=1',
    '//v1/admin/stats',
  ])('S26: nor of %s, however it is asked for', async (path) => {
    const { url } = server;
    for (const method of ['GET', 'POST', 'DELETE', 'HEAD'] as const) {
      expect((await call(method, path, { url, as: token })).status).toBe(404);
    }
  });

  it('S26: knows nothing of the API on the port of the operators', async () => {
    const paths = ['/v1/me', '/v1/organizations', '/o/token/', '/openapi.json', '/docs', '/'];
    for (const path of [...paths, '/v1/sessions', '/v1/administration', '/api/v3/public/docs/']) {
      for (const method of ['GET', 'POST', 'PATCH'] as const) {
        const { status, headers } = await call(method, path, { url: adminUrl, as: token });
        expect([path, status, headers.get('allow')]).toEqual([path, 404, null]);
      }
    }
  });

  it('ends both ports when it stops', async () => {
    const ended = await startServer({
      env: { KEYCAP_OPERATOR_TOKENS: entry, KEYCAP_ADMIN_PORT: '0' },
    });
    const [, url = ''] = /Admin API +(http:\/\/127\.0\.0\.1:\d+)/.exec(ended.log())!;
    expect((await call('GET', '/v1/admin/stats', { url, as: token })).status).toBe(200);
    expect(await ended.stop()).toBe(0);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });
});
