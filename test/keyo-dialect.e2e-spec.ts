import type { KeyoMemberPage } from '../src/organizations/keyo/keyo.dto.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  type Person,
  type TestOrganization,
} from './support/keycap.js';
import { exchangeOne, request } from './support/raw-http.js';
import { testVariable } from './support/servers.js';

/** Keyo's API as Django REST Framework would answer it. */
let org: TestOrganization;
let member: Person;
let as: string;
let members: string;

beforeAll(async () => {
  org = await newOrganization();
  member = await org.member('member');
  as = await org.token();
  members = `/api/v3/public/organizations/${org.id}/members/`;
});

const page = (query: string) => ask<KeyoMemberPage>('GET', `${members}${query}`, { as });

/** PATCH of the member with a body as it stands. */
const patchText = async (text: string, type = 'application/json') => {
  const answer = await exchangeOne(
    request(
      'PATCH',
      `${members}${member.id}/`,
      [`Authorization: Bearer ${as}`, `Content-Type: ${type}`],
      text,
    ),
  );
  return [answer.status, JSON.parse(answer.body)] as [number, object];
};

describe('OPTIONS', () => {
  // Django REST Framework describes a view by OPTIONS; Keyo's contract names no such operation.
  it.each<[path: (organization: string) => string, allow: string]>([
    [() => '', 'GET, HEAD'],
    [(organization) => organization, 'GET, HEAD'],
    [(organization) => `${organization}members/`, 'GET, HEAD'],
    [(organization) => `${organization}members/${member.id}/`, 'DELETE, GET, HEAD, PATCH, PUT'],
  ])('is a method like any other that a path does not take (%#)', async (path, allow) => {
    for (const credential of [`Authorization: Bearer ${as}`, 'X-Nothing: at all']) {
      const address = `/api/v3/public/organizations/${path(`${org.id}/`)}`;
      const answer = await exchangeOne(request('OPTIONS', address, [credential]));
      expect([answer.status, answer.headers.allow, JSON.parse(answer.body)]).toEqual([
        405,
        allow,
        { detail: 'Method "OPTIONS" not allowed.' },
      ]);
    }
  });

  it('is unknown where the path is', async () => {
    const answer = await exchangeOne(request('OPTIONS', '/api/v3/public/nowhere/', []));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([404, { detail: 'Not found.' }]);
  });
});

describe('choices', () => {
  it.each<[unknown, string]>([
    ['boss', '"boss" is not a valid choice.'],
    ['', '"" is not a valid choice.'],
    ['say "hi"', '"say "hi"" is not a valid choice.'],
    ['Admin', '"Admin" is not a valid choice.'],
    [5, '"5" is not a valid choice.'],
    [true, '"True" is not a valid choice.'],
    [['admin'], '"[\'admin\']" is not a valid choice.'],
    [{ a: [null, 1.5, "it's"] }, '"{\'a\': [None, 1.5, "it\'s"]}" is not a valid choice.'],
    [null, 'This field may not be null.'],
  ])('refuses %j as Python would spell it', async (role, sentence) => {
    const path = `${members}${member.id}/`;
    const patched = await call<object>('PATCH', path, { as, body: { role } });
    expect([patched.status, patched.body]).toEqual([400, { role: [sentence] }]);
    const put = await call<object>('PUT', path, { as, body: { role, status: 'gone' } });
    const status = ['"gone" is not a valid choice.'];
    expect([put.status, put.body]).toEqual([400, { role: [sentence], status }]);
  });
});

describe('bodies', () => {
  it.each<[string, object]>([
    ['{"role":', { detail: 'JSON parse error - the request body is not valid JSON' }],
    ['[]', dictionary('list')],
    ['"admin"', dictionary('str')],
    ['5', dictionary('int')],
    ['1.5', dictionary('float')],
    ['true', dictionary('bool')],
    ['null', { non_field_errors: ['No data provided'] }],
  ])('%s is refused with 400', async (text, body) => {
    expect(await patchText(text)).toEqual([400, body]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'of the type %s are refused with 415',
    async (type) => {
      const detail = `Unsupported media type "${type}" in request.`;
      expect(await patchText('role=admin', type)).toEqual([415, { detail }]);
    },
  );
});

function dictionary(type: string): object {
  return { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] };
}

describe('negotiation', () => {
  const status = async (accept: string) =>
    (await call('GET', members, { as, headers: { accept } })).status;

  it.each([
    'application/json; version=v2',
    'application/json;version=v2;q=0.9',
    '*/*',
    'application/*',
    'text/html, application/json;q=0.1',
    'APPLICATION/JSON',
    '',
  ])('takes Accept: %s', async (accept) => {
    expect(await status(accept)).toBe(200);
  });

  it.each(['text/html', 'application/xml', 'application/jsonx', 'text/*', 'application/json+x'])(
    'refuses Accept: %s with 406, before it asks who calls',
    async (accept) => {
      for (const options of [{ as }, {}]) {
        const answer = await call<object>('GET', members, { ...options, headers: { accept } });
        const detail = 'Could not satisfy the request Accept header.';
        expect([answer.status, answer.body]).toEqual([406, { detail }]);
      }
    },
  );

  it('is of no concern to /v1 and to the documentation', async () => {
    const headers = { accept: 'text/html' };
    expect((await call('GET', org.path, { as, headers })).status).toBe(200);
    expect((await call('GET', '/api/v3/public/docs/', { headers })).status).toBe(200);
  });
});

describe('methods', () => {
  const PATHS = (): [string, string, readonly ('POST' | 'PUT' | 'PATCH' | 'DELETE')[]][] => [
    ['/api/v3/public/organizations/', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE']],
    [members.replace('members/', ''), 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE']],
    [members, 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE']],
    [`${members}${member.id}/`, 'DELETE, GET, HEAD, PATCH, PUT', ['POST']],
  ];

  it('that a path does not take are 405 with those that it does', async () => {
    for (const [path, allow, methods] of PATHS()) {
      for (const method of methods) {
        const { status, body, headers } = await call<object>(method, path, { as, body: {} });
        const detail = `Method "${method}" not allowed.`;
        expect([path, status, body]).toEqual([path, 405, { detail }]);
        expect(headers.get('allow')).toBe(allow);
      }
    }
  });

  it('HEAD answers as GET, without a body', async () => {
    for (const path of [members, `${members}${member.id}/`]) {
      const [get, head] = [await call('GET', path, { as }), await call('HEAD', path, { as })];
      expect([head.status, head.text]).toEqual([200, '']);
      const length = String(Buffer.byteLength(get.text));
      expect(head.headers.get('content-length')).toBe(length);
    }
  });
});

describe('pages', () => {
  it.each([
    'limit=abc',
    'limit=-5',
    'limit=0',
    'limit=%20',
    'limit=1.5',
    'limit=1e1',
    'limit=0x1',
    'limit=1__0',
    'limit=',
    'limit[]=1',
    'limit=2&limit=x',
  ])('fall back in silence for ?%s', async (query) => {
    const { count, results, next } = await page(`?${query}`);
    expect([count, results.length, next]).toEqual([2, 2, null]);
  });

  it.each(['limit=1', 'limit=+1', 'limit=%2B1', 'limit=%201%20', 'limit=0_1', 'limit=x&limit=1'])(
    'are as Python reads ?%s',
    async (query) => {
      expect((await page(`?${query}`)).results).toHaveLength(1);
    },
  );

  it('are cut to the largest size, also in their links', async () => {
    for (const huge of ['501', '99999999999', '9'.repeat(400)]) {
      const { results, previous } = await page(`?limit=${huge}&offset=1`);
      const base = testVariable('KEYCAP_TEST_URL') + members;
      expect([results.length, previous]).toEqual([1, `${base}?limit=500`]);
    }
    const { count, results, next } = await page(`?offset=${'9'.repeat(400)}`);
    expect([count, results, next]).toEqual([2, [], null]);
  });

  it('keep every other parameter, also empty and repeated ones', async () => {
    const { next } = await page('?limit=1&b=2&a=&b=1&z=%C3%A9%20%26');
    const base = testVariable('KEYCAP_TEST_URL') + members;
    expect(next).toBe(`${base}?a=&b=2&b=1&limit=1&offset=1&z=%C3%A9+%26`);
  });

  it('list members by creation, oldest first', async () => {
    const { results } = await page('');
    expect(results.map(({ user_id }) => user_id)).toEqual([org.owner.id, member.id]);
    const created = results.map(({ created_at }) => created_at);
    expect(created).toEqual(created.toSorted());
  });
});

it('a machine makes nobody an owner', async () => {
  const path = `${members}${member.id}/`;
  const answers = [
    await call<object>('PATCH', path, { as, body: { role: 'owner' } }),
    await call<object>('PUT', path, { as, body: { role: 'owner', status: 'active' } }),
  ];
  for (const { status, body } of answers) {
    expect([status, body]).toEqual([403, { detail: 'only an owner can make someone an owner.' }]);
  }
});

it("another's organization is as absent as none, and a suspended one takes no credential", async () => {
  const other = await newOrganization();
  const token = await other.token();
  const path = `/api/v3/public/organizations/${other.id}/`;
  expect((await call('GET', path, { as: token })).status).toBe(200);
  for (const foreign of [path, '/api/v3/public/organizations/org_x/']) {
    const { status, body } = await call<object>('GET', foreign, { as });
    expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
  }
  await inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [other.slug]);
  const { status, body } = await call<object>('GET', path, { as: token });
  expect([status, body]).toEqual([401, { detail: 'Invalid token.' }]);
});
