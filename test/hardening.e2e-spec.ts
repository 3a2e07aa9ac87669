import { METHODS } from 'node:http';
import {
  ask,
  call,
  newOrganization,
  newPerson,
  type Person,
  type TestOrganization,
} from './support/keycap.js';
import { answersIn, exchangeOne, openConnection, request } from './support/raw-http.js';

/** Signs of the inside: stacks, SQL, parsers, files, the framework. */
const INTERNALS = [
  /\bat .+:\d+|stack|\.[jt]s\b|node_modules/i,
  /\bselect\b.+\bfrom\b|insert into|typeorm|QueryFailed|postgres|syntax/i,
  /Unexpected (?:token|end|non)|JSON at position/i,
  /fastify|nest|FST_|undefined/i,
];

const DIALECTS = [
  {
    name: 'Keycap',
    path: '/v1/no-such-route',
    body: /^\{"error":"[^"]+","code":"[a-z_]+","request_id":"[\w-]+"/,
  },
  {
    name: 'OAuth',
    path: '/o/no-such-route',
    body: /^\{"error":"[a-z_]+","error_description":"[^"]+"\}$/,
  },
  { name: 'DRF', path: '/api/v3/no-such-route', body: /^\{"detail":"[^"]+"\}$/ },
  {
    name: 'no',
    path: '/no-such-route',
    body: /^\{"error":"[^"]+","code":"[a-z_]+","request_id":"[\w-]+"/,
  },
] as const;

let organization: TestOrganization;
let person: Person;

beforeAll(async () => {
  organization = await newOrganization();
  person = organization.owner;
});

describe('S47: methods', () => {
  const routes = [
    { path: '/v1/me', allow: 'GET, HEAD' },
    { path: '/v1/organizations', allow: 'GET, HEAD, POST' },
    { path: '/v1/organizations/org_x/api-keys', allow: 'GET, HEAD, POST' },
    { path: '/v1/setup', allow: 'POST' },
    { path: '/v1/sessions/current', allow: 'DELETE' },
    { path: '/o/token/', allow: 'POST' },
    {
      path: '/api/v3/public/organizations/org_x/members/usr_x/',
      allow: 'DELETE, GET, HEAD, PATCH, PUT',
    },
    { path: '/health/live', allow: 'GET, HEAD' },
  ];

  it.each(routes)('405 with Allow for every other method on $path', async ({ path, allow }) => {
    const others = METHODS.filter((method) => !allow.split(', ').includes(method));
    expect(others).toEqual(expect.arrayContaining(['TRACE', 'CONNECT', 'OPTIONS', 'PURGE']));
    const answers = await Promise.all(
      others.map((method) =>
        // A bad credential would be 401 if anyone looked at it.
        exchangeOne(request(method, path, ['Authorization: Bearer nonsense'])),
      ),
    );
    expect(answers.map(({ status, headers }) => [status, headers.allow])).toEqual(
      others.map(() => [405, allow]),
    );
  });

  it('405 in the dialect of the path', async () => {
    expect((await call('POST', '/v1/me')).body).toEqual({
      error: 'method not allowed',
      code: 'method_not_allowed',
      request_id: expect.any(String) as unknown,
    });
    expect((await call<unknown>('DELETE', '/o/token/')).body).toEqual({
      error: 'invalid_request',
      error_description: 'method not allowed',
    });
    expect((await call<unknown>('POST', '/api/v3/public/organizations/')).body).toEqual({
      detail: 'Method "POST" not allowed.',
    });
  });

  it('405 before the body is read, and the connection stays usable', async () => {
    const { socket, closed } = await openConnection();
    const body = 'x'.repeat(1000);
    socket.write(
      `PUT /v1/me HTTP/1.1\r\nHost: k\r\nContent-Length: 1000\r\n\r\n${body}` +
        request('GET', '/health/live'),
    );
    expect(answersIn(await closed).map(({ status }) => status)).toEqual([405, 200]);
  });

  it('A54: HEAD is guarded like GET, and answers as GET without the body', async () => {
    for (const path of ['/v1/me', organization.path, `${organization.path}/members`]) {
      expect((await call('HEAD', path)).status).toBe(401);
      expect((await call('HEAD', path, { as: (await newPerson()).session })).status).toBe(
        path === '/v1/me' ? 200 : 404,
      );
      const get = await call('GET', path, { as: person.session });
      const head = await call('HEAD', path, { as: person.session });
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    }
  });
});

describe('S48, A52, A53, A55: spelling a path otherwise', () => {
  const variantsOf = (path: string): string[] => {
    const [, first = '', second = '', ...rest] = path.split('/');
    const tail = rest.map((part) => `/${part}`).join('');
    const encoded = [...second].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
    const from = (...segments: string[]): string[] => segments.map((each) => `/${each}`);
    return [
      path,
      `${path}/`,
      `${path}//`,
      `${path}/.`,
      `${path}/..`,
      `${path}/%2e`,
      `${path}%2f`,
      `${path}%20`,
      `${path}%09`,
      `${path};`,
      `${path};x=1`,
      `${path}?`,
      `${path}?x`,
      `${path}/?access_token=x`,
      `${path}#x`,
      `${path}.json`,
      `${path}\\`,
      `${path}%5c`,
      `${path}/%2e%2e/${second}`,
      `/${path}`,
      `//${path.slice(1)}`,
      `/.${path}`,
      `/..${path}`,
      `/%2e%2e${path}`,
      `/x/..${path}`,
      `/x/%2e%2e${path}`,
      ...from(
        `${first}//${second}${tail}`,
        `${first}/./${second}${tail}`,
        `${first}/%2e/${second}${tail}`,
        `${first};x/${second}${tail}`,
        `${first}/${second};x${tail}`,
        `${first}%2f${second}${tail}`,
        `${first}%252f${second}${tail}`,
        `${first}/${encoded}${tail}`,
        `${first}/%25${second}${tail}`,
        `${first}\\${second}${tail}`,
        `${first.toUpperCase()}/${second}${tail}`,
        `${first}/${second.toUpperCase()}${tail}`,
        `${first}/${second.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`)}${tail}`,
        `${first}/${second}${tail}/../..${path}`,
        `health/..${path}`,
        `health/live/..%2f..${path}`,
        `docs/..${path}`,
      ),
      `http://keycap.test${path}`,
      `http://x@keycap.test${path}/`,
    ];
  };

  it('never gets past the guard', async () => {
    const paths = [
      '/v1/me',
      organization.path,
      `${organization.path}/api-keys`,
      `${organization.path}/oauth-clients`,
      '/v1/users/me',
      '/api/v3/public/organizations/',
      `/api/v3/public/organizations/${organization.id}/members/`,
    ];
    for (const variant of paths.flatMap(variantsOf)) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await exchangeOne(request(method, variant));
        expect({
          method,
          variant,
          status: [400, 401, 404].includes(status) ? 'refused' : status,
        }).toEqual({ method, variant, status: 'refused' });
      }
    }
  });

  it('serves both slash forms, and redirects neither', async () => {
    for (const path of [
      '/v1/me',
      '/v1/me/',
      '/api/v3/public/organizations',
      '/api/v3/public/organizations/',
    ]) {
      expect((await exchangeOne(request('GET', path))).status).toBe(401);
    }
    const { status } = await call('GET', '/v1/me/', { as: person.session });
    expect(status).toBe(200);
  });
});

describe('S52: errors tell nothing of the inside', () => {
  it.each(DIALECTS)('404 in $name dialect, without the path', async ({ path, body }) => {
    const answer = await call('GET', `${path}?secret=canary`);
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(body);
    expect(answer.text).not.toMatch(/no-such-route|canary/);
  });

  it.each(DIALECTS)('400 for an escape that is none, in $name dialect', async ({ path, body }) => {
    const answer = await exchangeOne(request('GET', `${path}/%zz`));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(body);
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
  });

  it.each(['{"a":', '{"email":"canary"', 'canary', '{"a":1}}', '\u0000', '{"a":\u0007}'])(
    'malformed JSON is a fixed sentence: %j',
    async (text) => {
      const headers = ['Content-Type: application/json'];
      const { status, body } = await exchangeOne(request('POST', '/v1/sessions', headers, text));
      expect(status).toBe(400);
      expect(JSON.parse(body)).toEqual({
        error: 'the request body is not valid JSON',
        code: 'malformed_json',
        request_id: expect.any(String) as unknown,
      });
    },
  );

  it('whatever is sent', async () => {
    const hostile = [
      "' OR 1=1 --",
      '"; DROP TABLE users; --',
      '%00',
      '../../etc/passwd',
      '${7*7}',
      '<script>alert(1)</script>',
      '\u202e',
      'x'.repeat(1000),
      '-1',
      '1e999',
      'org_00000000000000000000000000',
    ];
    const paths = hostile.flatMap((text) => {
      const part = encodeURIComponent(text);
      return [
        `/v1/organizations/${part}`,
        `${organization.path}/members/${part}`,
        `${organization.path}/api-keys/${part}`,
        `${organization.path}/api-keys?cursor=${part}`,
        `${organization.path}/api-keys?limit=${part}`,
        `${organization.path}/audit-events?action=${part}`,
        `/api/v3/public/organizations/${part}/members/?limit=${part}`,
      ];
    });
    for (const path of paths) {
      const answer = await call('GET', path, { as: person.session });
      expect({ path, status: answer.status < 500 }).toEqual({ path, status: true });
      for (const sign of INTERNALS) expect(answer.text).not.toMatch(sign);
    }
  });
});

describe('X-Request-Id', () => {
  const ask404 = (header: string): Promise<{ headers: Readonly<Record<string, string>> }> =>
    exchangeOne(request('GET', '/nothing', [header]));

  it.each(['a', 'Aa0_-'.repeat(12), 'x'.repeat(64)])(
    'is echoed where it is harmless: %s',
    async (id) => {
      expect((await ask404(`X-Request-Id: ${id}`)).headers['x-request-id']).toBe(id);
    },
  );

  it.each(['x'.repeat(65), 'a b', 'a;b', '<b>', 'ä', '', 'a\tb', '../x'])(
    'is one of ours instead of %j',
    async (id) => {
      const answer = await ask404(`X-Request-Id: ${id}`);
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );

  it('is one of ours where two were sent', async () => {
    const answer = await ask404('X-Request-Id: a\r\nX-Request-Id: b');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [200, request('GET', '/health/live')],
    [400, request('GET', '/v1/%zz')],
    [401, request('GET', '/v1/me')],
    [404, request('GET', '/x')],
    [405, request('TRACE', '/v1/me')],
    [405, request('CONNECT', '/v1/me')],
    [413, request('POST', '/v1/sessions', ['Content-Type: application/json'], 'x'.repeat(102_401))],
    [414, request('GET', `/${'x'.repeat(3000)}`)],
    [414, request('GET', `/${'x'.repeat(9000)}`)],
    [431, request('GET', '/v1/me', [`X-A: ${'x'.repeat(9000)}`])],
  ])('is on a %i', async (status, bytes) => {
    const answer = await exchangeOne(bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe("A63, A64: no session of passport's own", () => {
  it('sets no cookie, whatever is called', async () => {
    for (const path of ['/v1/me', '/v1/organizations', '/health/live']) {
      const { headers } = await call('GET', path, { as: person.session });
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  it('does not adopt an id that the client chose', async () => {
    const headers = { cookie: 'connect.sid=s%3Achosen; sessionId=chosen' };
    const { status } = await call('GET', '/v1/me', { headers });
    expect(status).toBe(401);
    const signedIn = await ask<{ session_token: string }>('POST', '/v1/sessions', {
      body: { email: person.email, password: person.password },
      headers,
      expect: 201,
    });
    expect(signedIn.session_token).toMatch(/^kcs_[0-9A-Za-z]{43}$/);
  });
});
