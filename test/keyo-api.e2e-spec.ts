import type { KeyoMemberPage } from '../src/organizations/keyo/keyo.dto.js';
import type { MemberBody } from '../src/organizations/members/members.dto.js';
import { bearerChallenge } from './support/challenges.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { exchangeOne, request } from './support/raw-http.js';
import { testVariable } from './support/servers.js';

interface Detail {
  readonly detail: string;
}

const pathOf = (org: TestOrganization): string => `/api/v3/public/organizations/${org.id}`;

/** Keyo's documented way: the dashboard's credential, a token, and with it the organization. */
it("reads, changes and deletes a membership with Keyo's documented requests", async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const { basicCredential } = await org.client();

  const token = await call<{ access_token: string }>('POST', '/o/token/', {
    as: `Basic ${basicCredential}`,
    headers: { 'cache-control': 'no-cache' },
    form: 'grant_type=client_credentials',
  });
  expect(Object.entries(token.body)).toEqual([
    ['access_token', expect.stringMatching(/^[0-9A-Za-z]{30,}$/)],
    ['expires_in', 36000],
    ['token_type', 'Bearer'],
    ['scope', 'read write'],
  ]);
  const as = token.body.access_token;
  const accept = { accept: 'application/json; version=v2' };

  const organization = await call<{ id: string }>('GET', `${pathOf(org)}/`, {
    as,
    headers: accept,
  });
  expect([organization.status, organization.body.id]).toEqual([200, org.id]);

  const list = await ask<KeyoMemberPage>('GET', `${pathOf(org)}/members/`, { as });
  expect(list).toEqual({
    count: 2,
    next: null,
    previous: null,
    results: [
      expect.objectContaining({ user_id: org.owner.id, role: 'owner' }),
      expect.objectContaining({ user_id: member.id, role: 'member' }),
    ],
  });

  const path = `${pathOf(org)}/members/${member.id}/`;
  const read = await ask<MemberBody>('GET', path, { as });
  expect(read).toEqual(list.results[1]);

  const patched = await ask<MemberBody>('PATCH', path, { as, body: { role: 'admin' } });
  expect(patched).toEqual({ ...read, role: 'admin', updated_at: patched.updated_at });
  const put = await ask<MemberBody>('PUT', path, { as, body: { ...read, status: 'paused' } });
  expect(put).toEqual({ ...read, status: 'paused', updated_at: put.updated_at });

  const deleted = await call('DELETE', path, { as });
  expect([deleted.status, deleted.text]).toEqual([204, '']);
  const gone = await call<Detail>('GET', path, { as });
  expect([gone.status, gone.body]).toEqual([404, { detail: 'Not found.' }]);
});

it('serves both slash forms without a redirect', async () => {
  const org = await newOrganization();
  const as = await org.token();
  for (const path of [`${pathOf(org)}/members`, `${pathOf(org)}/members/`]) {
    expect((await call('GET', path, { as })).status).toBe(200);
  }
});

it("lists the credential's organization", async () => {
  const org = await newOrganization();
  const list = await ask('GET', '/api/v3/public/organizations/', { as: await org.token() });
  expect(list).toEqual({
    count: 1,
    next: null,
    previous: null,
    results: [expect.objectContaining({ id: org.id, slug: org.slug })],
  });
});

describe('pages', () => {
  let org: TestOrganization;
  let as: string;
  const page = (query: string) =>
    ask<KeyoMemberPage>('GET', `${pathOf(org)}/members/?${query}`, { as });

  beforeAll(async () => {
    org = await newOrganization();
    as = await org.token();
    for (let n = 0; n < 4; n++) await org.member('member');
  });

  it('links the pages around, with the other parameters kept', async () => {
    const base = `${testVariable('KEYCAP_TEST_URL')}${pathOf(org)}/members/`;
    const [first, middle, last] = [
      await page('limit=2&x=1'),
      await page('limit=2&offset=2&x=1'),
      await page('limit=2&offset=4&x=1'),
    ];
    const shown = [first, middle, last].map((each) => [
      each.count,
      each.results.length,
      each.next,
      each.previous,
    ]);
    expect(shown).toEqual([
      [5, 2, `${base}?limit=2&offset=2&x=1`, null],
      [5, 2, `${base}?limit=2&offset=4&x=1`, `${base}?limit=2&x=1`],
      [5, 1, null, `${base}?limit=2&offset=2&x=1`],
    ]);
    const ids = [first, middle, last].flatMap(({ results }) => results.map(({ id }) => id));
    expect(new Set(ids).size).toBe(5);
  });

  it.each(['limit=x', 'limit=-1', 'limit=0', 'limit=', 'offset=x', 'offset=-1', 'limit=1e1'])(
    'falls back in silence for ?%s',
    async (query) => {
      const { count, results } = await page(query);
      expect([count, results.length]).toEqual([5, 5]);
    },
  );

  it('links to the public address, however the request names its target', async () => {
    const origin = testVariable('KEYCAP_TEST_URL');
    const authorization = `Authorization: Bearer ${await org.token(['read'])}`;
    const targets = ['http://evil.example', 'https://evil.example:8443', 'http://u:p@evil.example'];
    for (const target of targets) {
      const members = `${pathOf(org)}/members/`;
      const page = await exchangeOne(
        request('GET', `${target}${members}?offset=1&limit=1&q=x`, [authorization]),
      );
      expect([target, page.status]).toEqual([target, 200]);
      expect(JSON.parse(page.body)).toMatchObject({
        next: `${origin}${members}?limit=1&offset=2&q=x`,
        previous: `${origin}${members}?limit=1&q=x`,
      });
      const organizations = await exchangeOne(
        request('GET', `${target}/api/v3/public/organizations/?offset=1`, [authorization]),
      );
      expect(JSON.parse(organizations.body)).toEqual({
        count: 1,
        next: null,
        previous: `${origin}/api/v3/public/organizations/?limit=100`,
        results: [],
      });
    }
  });

  it('is empty beyond the end', async () => {
    const { results, next } = await page('offset=99');
    expect([results, next]).toEqual([[], null]);
  });
});

it('enforces read and write, and write does not imply read', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const [reader, writer] = await Promise.all([org.token(['read']), org.token(['write'])]);
  const path = `${pathOf(org)}/members/${member.id}/`;
  const statuses = async (as: string) => [
    (await call('GET', path, { as })).status,
    (await call('PATCH', path, { as, body: { role: 'admin' } })).status,
    (await call('PUT', path, { as, body: { role: 'admin', status: 'active' } })).status,
  ];
  expect(await statuses(reader)).toEqual([200, 403, 403]);
  expect(await statuses(writer)).toEqual([403, 200, 200]);
  const refused = await call<Detail>('DELETE', path, { as: reader });
  expect([refused.status, refused.body]).toEqual([
    403,
    { detail: 'You do not have permission to perform this action.' },
  ]);
});

it('also takes an API key', async () => {
  const org = await newOrganization();
  const { plaintext } = await org.apiKey({ scopes: ['read'] });
  expect((await call('GET', `${pathOf(org)}/members/`, { as: plaintext })).status).toBe(200);
  const byHeader = await call('GET', `${pathOf(org)}/members/`, {
    headers: { 'x-api-key': plaintext },
  });
  expect(byHeader.status).toBe(200);
});

it('a machine never touches an owner', async () => {
  const org = await newOrganization();
  const as = await org.token();
  const path = `${pathOf(org)}/members/${org.owner.id}/`;
  const answers = [
    await call<Detail>('PATCH', path, { as, body: { role: 'member' } }),
    await call<Detail>('PUT', path, { as, body: { role: 'owner', status: 'paused' } }),
    await call<Detail>('DELETE', path, { as }),
  ];
  for (const { status, body } of answers) {
    expect([status, body]).toEqual([
      403,
      { detail: 'only an owner can change or remove an owner.' },
    ]);
  }
});

it('words field errors as Django REST Framework does', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const as = await org.token();
  const path = `${pathOf(org)}/members/${member.id}/`;
  const cases: ['PATCH' | 'PUT', object, object][] = [
    ['PATCH', { role: 'king' }, { role: ['"king" is not a valid choice.'] }],
    ['PATCH', { status: null }, { status: ['This field may not be null.'] }],
    ['PUT', { role: 'admin' }, { status: ['This field is required.'] }],
    ['PUT', {}, { role: ['This field is required.'], status: ['This field is required.'] }],
  ];
  for (const [method, body, fields] of cases) {
    const answer = await call<object>(method, path, { as, body });
    expect([answer.status, answer.body]).toEqual([400, fields]);
  }
  const unchanged = await ask<MemberBody>('PATCH', path, {
    as,
    body: { id: 'mem_x', user: { email: 'x' }, created_at: 'never', nonsense: 1 },
  });
  expect([unchanged.role, unchanged.user.email]).toEqual(['member', member.email]);
});

it('answers in its dialect whatever is wrong', async () => {
  const org = await newOrganization();
  const as = await org.token();
  const path = `${pathOf(org)}/members/`;
  const none = await call<Detail>('GET', path);
  expect([none.status, none.body, none.headers.get('www-authenticate')]).toEqual([
    401,
    { detail: 'Authentication credentials were not provided.' },
    bearerChallenge(false),
  ]);
  const bad = await call<Detail>('GET', path, { as: 'x'.repeat(40) });
  expect([bad.status, bad.body, bad.headers.get('www-authenticate')]).toEqual([
    401,
    { detail: 'Invalid token.' },
    bearerChallenge(true),
  ]);
  const method = await call<Detail>('POST', path, { as, body: {} });
  expect([method.status, method.body, method.headers.get('allow')]).toEqual([
    405,
    { detail: 'Method "POST" not allowed.' },
    'GET, HEAD',
  ]);
  const type = await call<Detail>('PATCH', `${path}${org.owner.id}/`, {
    as,
    headers: { 'content-type': 'text/plain' },
    form: 'role=admin',
  });
  expect([type.status, type.body]).toEqual([
    415,
    { detail: 'Unsupported media type "text/plain" in request.' },
  ]);
  const route = await call<Detail>('GET', '/api/v3/public/nothing/', { as });
  expect([route.status, route.body]).toEqual([404, { detail: 'Not found.' }]);
});

it("does not show another organization's members", async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const as = await other.token();
  for (const path of [pathOf(org), `${pathOf(org)}/members/`, '/api/v3/public/organizations/x/']) {
    const { status, body } = await call<Detail>('GET', path, { as });
    expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
  }
  const stranger = `${pathOf(other)}/members/${org.owner.id}/`;
  expect((await call('GET', stranger, { as })).status).toBe(404);
});

it('is for machines: a session is refused with 403', async () => {
  const org = await newOrganization();
  const { status } = await call('GET', `${pathOf(org)}/members/`, { as: org.owner.session });
  expect(status).toBe(403);
});
