import { METHODS } from 'node:http';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { ask, call, newOrganization, newPerson } from './support/keycap.js';
import type { ErrorBody, Person, TestOrganization } from './support/keycap.js';
import { answersIn, exchange, exchangeOne, openConnection, request } from './support/raw-http.js';
import { testVariable } from './support/servers.js';

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

describe('S50: framing', () => {
  const post = (...lines: string[]): string =>
    ['POST /v1/sessions HTTP/1.1', 'Content-Type: application/json', ...lines].join('\r\n');
  const HOST = 'Host: keycap.test';

  it.each([
    [
      'Content-Length and Transfer-Encoding',
      post(HOST, 'Content-Length: 2', 'Transfer-Encoding: chunked', '', '0', '', ''),
    ],
    [
      'two different Content-Length',
      post(HOST, 'Content-Length: 2', 'Content-Length: 3', '', '{}'),
    ],
    ['two equal Content-Length', post(HOST, 'Content-Length: 2', 'Content-Length: 2', '', '{}')],
    ['a negative Content-Length', post(HOST, 'Content-Length: -1', '', '')],
    ['a Content-Length with a plus', post(HOST, 'Content-Length: +2', '', '{}')],
    [
      'a chunk size that is none',
      post(HOST, 'Transfer-Encoding: chunked', '', 'xyz', '{}', '0', '', ''),
    ],
    [
      'a chunk longer than its size',
      post(HOST, 'Transfer-Encoding: chunked', '', '1', '{}', '0', '', ''),
    ],
    ['an unknown transfer coding', post(HOST, 'Transfer-Encoding: xchunked', '', '0', '', '')],
    ['chunked that is not last', post(HOST, 'Transfer-Encoding: chunked, gzip', '', '0', '', '')],
    ['bare LF line ends', post(HOST, 'Content-Length: 2', '', '{}').replaceAll('\r\n', '\n')],
    ['a folded header', post(HOST, 'X-A: b', ' c', 'Content-Length: 2', '', '{}')],
    ['a space before the colon', post('Host : keycap.test', 'Content-Length: 2', '', '{}')],
    ['NUL in a header', post(HOST, 'X-A: b\0c', 'Content-Length: 2', '', '{}')],
    ['two Host headers', post(HOST, 'Host: evil.test', 'Content-Length: 2', '', '{}')],
    ['two equal Host headers', post(HOST, HOST, 'Content-Length: 2', '', '{}')],
    ['no Host header', post('Content-Length: 2', '', '{}')],
    [
      'two Content-Type headers',
      post(HOST, 'Content-Type: text/plain', 'Content-Length: 2', '', '{}'),
    ],
    [
      'two Authorization headers',
      post(
        HOST,
        'Authorization: Bearer a',
        'Authorization: Bearer b',
        'Content-Length: 2',
        '',
        '{}',
      ),
    ],
    [
      'two X-API-Key headers',
      post(HOST, 'X-API-Key: a', 'X-API-Key: b', 'Content-Length: 2', '', '{}'),
    ],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('400 for %s', async (_name, bytes) => {
    const { socket, closed } = await openConnection();
    socket.end(bytes, 'latin1');
    const [answer, ...more] = answersIn(await closed);
    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatch(
      /^\{"error":"[^"]+","code":"[a-z_]+","request_id":"[\w-]{1,64}"\}$/,
    );
    expect(answer?.headers['x-request-id']).toBe(
      (JSON.parse(answer?.body ?? '') as ErrorBody).request_id,
    );
    // Nothing of what followed counts as a further request.
    expect(more).toEqual([]);
  });

  it("does not answer what can't be read into the midst of an earlier answer", async () => {
    const { socket, closed } = await openConnection();
    socket.write('GET /health/ready HTTP/1.1\r\nHost: k\r\n\r\nnonsense\r\n\r\n');
    const answers = answersIn(await closed);
    expect(answers.map(({ status }) => status)).not.toContain(400);
  });

  it('ignores an expectation that it does not know, and honours 100-continue', async () => {
    const get = await exchangeOne(request('GET', '/health/live', ['Expect: a-miracle']));
    expect(get.status).toBe(200);
    const body = JSON.stringify({ email: 'nobody@keycap.test', password: 'x' });
    const headers = ['Content-Type: application/json', 'Expect: 100-continue'];
    const answers = await exchange(request('POST', '/v1/sessions', headers, body));
    expect(answers.map(({ status }) => status)).toEqual([401]);
  });

  it('sees a repeated header, however many others stand before it', async () => {
    const others = Array.from({ length: 1100 }, () => 'a:');
    for (const header of [
      'Host: evil.test',
      'Authorization: Bearer a\r\nAuthorization: Bearer b',
    ]) {
      const { status } = await exchangeOne(request('GET', '/health/live', [...others, header]));
      expect(status).toBe(400);
    }
  });

  it('answers HTTP/1.0, which has no Host', async () => {
    expect((await exchangeOne('GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
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

describe('bodies', () => {
  const signIn = (
    text: string,
    type = 'application/json',
  ): Promise<{ status: number; body: string }> =>
    exchangeOne(request('POST', '/v1/sessions', [`Content-Type: ${type}`], text));

  it('A62: refuses keys that reach prototypes', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'valueOf', 'toString']) {
      const { status, body } = await signIn(
        `{"email":"a@b.c","password":"x","${key}":{"admin":1}}`,
      );
      expect([status, (JSON.parse(body) as ErrorBody).error]).toEqual([
        400,
        'the request body has a forbidden key',
      ]);
      const query = await call('GET', `/v1/organizations?${key}=1`, { as: person.session });
      expect([query.status, query.body.code]).toEqual([400, 'validation_error']);
    }
  });

  it('refuses fields that are named as the methods of what reads them', async () => {
    const as = person.session;
    const body = { api_key: 'none', toSubject: 1 };
    const answer = await call('POST', `${organization.path}/api-keys/explain`, { as, body });
    expect([answer.status, answer.body.fields]).toEqual([
      400,
      { toSubject: ['property toSubject should not exist'] },
    ]);
  });

  it('S51, A57: refuses JSON nested 20,000 deep, and lives', async () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { status, body } = await signIn(deep);
    expect([status, (JSON.parse(body) as ErrorBody).error]).toEqual([
      400,
      'the request body is nested too deeply',
    ]);
    expect((await call('GET', '/health/live')).status).toBe(200);
  });

  it('refuses fields that it does not know under /v1, naming them', async () => {
    const made = await call('POST', '/v1/organizations', {
      as: person.session,
      body: { name: 'x', is_admin: true },
    });
    expect(made.status).toBe(400);
    expect(made.body).toEqual({
      error: 'the request is not valid',
      code: 'validation_error',
      request_id: made.headers.get('x-request-id'),
      fields: { is_admin: ['property is_admin should not exist'] },
    });
  });

  it('refuses query parameters and bodies of routes that take none', async () => {
    for (const path of ['/v1/users/me?x=1', `${organization.path}?include=x`]) {
      const { status, body } = await call('GET', path, { as: person.session });
      expect([status, body.code, Object.keys(body.fields ?? {})]).toEqual([
        400,
        'validation_error',
        [path.includes('include') ? 'include' : 'x'],
      ]);
    }
    const key = await organization.apiKey();
    const revoke = { as: person.session, body: { reason: 'none' } };
    const { status, body } = await call(
      'DELETE',
      `${organization.path}/api-keys/${key.id}`,
      revoke,
    );
    expect([status, body.fields]).toEqual([400, { reason: ['property reason should not exist'] }]);
    // Whoever may not call at all learns nothing of it.
    expect((await call('GET', '/v1/users/me?x=1')).status).toBe(401);
  });

  it('ignores what it does not know under /api/v3 and /o', async () => {
    const token = await organization.token(['read', 'write']);
    const list = await call('GET', '/api/v3/public/organizations/?page_token=x', { as: token });
    expect(list.status).toBe(200);
    const { basicCredential } = await organization.client();
    const form = { grant_type: 'client_credentials', extra: 'x' };
    const issued = await call('POST', '/o/token/?x=1', { as: `Basic ${basicCredential}`, form });
    expect(issued.status).toBe(200);
  });

  it('names at most 50 of the fields that it refuses', async () => {
    const body = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`f${String(index)}`, 1]),
    );
    const answer = await call('POST', '/v1/organizations', { as: person.session, body });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.fields ?? {})).toHaveLength(50);
  });

  it('A60, A61: an object or a list is no scalar, in body and query', async () => {
    for (const value of [{ $ne: 'x' }, ['x'], [], {}, 1, true, null]) {
      const { status } = await signIn(JSON.stringify({ email: value, password: value }));
      expect({ value, status }).toEqual({ value, status: 400 });
      const update = { as: person.session, body: { name: value } };
      const patched = await call('PATCH', organization.path, update);
      expect({ value, status: patched.status }).toEqual({ value, status: 400 });
    }
    for (const query of [
      'limit=1&limit=2',
      'limit[]=1',
      'limit[a]=1',
      'cursor=a&cursor=b',
      'q=a&q=b',
    ]) {
      const { status, body } = await call('GET', `${organization.path}/members?${query}`, {
        as: person.session,
      });
      expect({ query, status, code: body.code }).toEqual({
        query,
        status: 400,
        code: 'validation_error',
      });
    }
  });

  it('A83: takes 2^13 colliding integer keys and 10,000 a[]= for what they are', async () => {
    const colliding = Array.from({ length: 2 ** 13 }, (_, index) => `"${String(index * 4096)}":0`);
    expect((await signIn(`{${colliding.join(',')}}`.slice(0, 100_000))).status).toBe(400);
    const { basicCredential } = await organization.client();
    const form = await call('POST', '/o/token/', {
      as: `Basic ${basicCredential}`,
      form: `grant_type=client_credentials&${'a[]=1&'.repeat(10_000)}`.slice(0, 60_000),
    });
    expect(form.status).toBe(400);
    expect((await call('GET', '/health/live')).status).toBe(200);
  });

  it('A83: has no route that reads multipart', async () => {
    const type = 'multipart/form-data; boundary=x';
    const part = '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\r\n--x--\r\n';
    expect((await signIn(part, type)).status).toBe(415);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense', ''])(
    '415 for a body of type %j',
    async (type) => {
      const { status, body } = await signIn('{"email":"a@b.c","password":"x"}', type);
      expect([status, (JSON.parse(body) as ErrorBody).code]).toEqual([
        415,
        'unsupported_media_type',
      ]);
    },
  );

  it('415 for a compressed body, which is not unpacked', async () => {
    const headers = ['Content-Type: application/json', 'Content-Encoding: gzip'];
    expect((await exchangeOne(request('POST', '/v1/sessions', headers, '{}'))).status).toBe(415);
  });

  it('takes an absent and an empty body as {}', async () => {
    for (const headers of [[], ['Content-Type: application/json'], ['Content-Type: text/plain']]) {
      const { status, body } = await exchangeOne(
        request('POST', '/v1/sessions', [...headers, 'Content-Length: 0']),
      );
      expect([status, (JSON.parse(body) as ErrorBody).code]).toEqual([400, 'validation_error']);
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

describe('A62b: a condition without a value', () => {
  it.each([undefined, null])(
    'is an error of the database layer, not every row: %s',
    async (none) => {
      // What a defect would pass in spite of the types.
      const id = none as unknown as string;
      const options = dataSourceOptions(testVariable('KEYCAP_TEST_DATABASE_URL'));
      const dataSource = await new DataSource(options).initialize();
      const users = dataSource.getRepository<{ id: string; name: string }>('User');
      const results = await Promise.allSettled([
        users.findOne({ where: { id } }),
        users.find({ where: { id, name: 'x' } }),
        users.update({ id }, { name: 'x' }),
        users.delete({ id }),
      ]);
      await dataSource.destroy();
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 'rejected'));
    },
  );
});
