import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import {
  call,
  type ErrorBody,
  newOrganization,
  type Person,
  type TestOrganization,
} from './support/keycap.js';
import { exchangeOne, request } from './support/raw-http.js';
import { testVariable } from './support/servers.js';

let organization: TestOrganization;
let person: Person;

beforeAll(async () => {
  organization = await newOrganization();
  person = organization.owner;
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
