import { createKey, inOneHour, type KeyBody, refusalOf, uuidOfKey } from './support/api-keys.js';
import { TIME } from './support/calendar.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';

interface Listed {
  readonly api_keys: readonly KeyBody[];
  readonly next_cursor: string | null;
}

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

describe('listing API keys', () => {
  it('shows them all, newest first, revoked ones included, without a secret', async () => {
    const own = await newOrganization();
    const first = await createKey(own);
    const second = await createKey(own);
    await ask('DELETE', `${own.path}/api-keys/${first.api_key.id}`, { as: own.owner.session });
    const { status, body, text } = await call<Listed>('GET', `${own.path}/api-keys`, {
      as: own.owner.session,
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        api_keys: [second.api_key, { ...first.api_key, is_active: false, revoked_at: TIME }],
        next_cursor: null,
      },
    });
    expect(text).not.toContain(first.plaintext_api_key.slice(14));
  });

  it('is empty, not null, where there is none', async () => {
    const own = await newOrganization();
    const { body } = await call('GET', `${own.path}/api-keys`, { as: own.owner.session });
    expect(body).toEqual({ api_keys: [], next_cursor: null });
  });

  it('works for admins, a key in either header and a token; members see what they made', async () => {
    const own = await newOrganization();
    const admin = await own.member('admin');
    const member = await own.member('member');
    const reader = await own.apiKey({ scopes: ['api_keys:read'] });
    const token = await own.token(['api_keys:read']);
    const { api_key: theirs } = await createKey(own, {}, admin.session);
    const path = `${own.path}/api-keys`;
    const answers = await Promise.all([
      call<Listed>('GET', path, { as: own.owner.session }),
      call<Listed>('GET', path, { as: admin.session }),
      call<Listed>('GET', path, { as: reader.plaintext }),
      call<Listed>('GET', path, { headers: { 'x-api-key': reader.plaintext } }),
      call<Listed>('GET', path, { as: token }),
      call<Listed>('GET', path, { as: member.session }),
    ]);
    const ids = answers.map(({ body }) => body.api_keys.map(({ id }) => id));
    const all = [theirs.id, reader.id];
    expect(ids).toEqual([all, all, all, all, all, []]);

    await ask('PATCH', `${own.path}/members/${admin.id}`, {
      as: own.owner.session,
      body: { role: 'member' },
    });
    const demoted = await ask<Listed>('GET', path, { as: admin.session });
    expect(demoted.api_keys.map(({ id }) => id)).toEqual([theirs.id]);
  });

  it('is hidden from strangers and from credentials without the scope', async () => {
    const stranger = await newOrganization();
    const writer = await organization.apiKey({ scopes: ['api_keys:write', 'read'] });
    const path = `${organization.path}/api-keys`;
    const refusals = await Promise.all(
      [
        stranger.owner.session,
        (await stranger.apiKey()).plaintext,
        writer.plaintext,
        await organization.token(['read', 'write']),
      ].map(async (as) => refusalOf(await call('GET', path, { as }))),
    );
    expect(refusals).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
      [403, 'insufficient_scope'],
      [403, 'insufficient_scope'],
    ]);
  });

  it('A9: cuts into pages that never show a key of another organization', async () => {
    const [one, two] = [await newOrganization(), await newOrganization()];
    const made: string[] = [];
    for (let round = 0; round < 5; round++) {
      made.unshift((await createKey(one)).api_key.id);
      await createKey(two);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Listed = await ask<Listed>('GET', `${one.path}/api-keys?limit=2${query}`, {
        as: one.owner.session,
      });
      expect(page.api_keys.length).toBeLessThanOrEqual(2);
      seen.push(...page.api_keys.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(made);
  });

  it('A1: takes no cursor that it did not give for this very list', async () => {
    const [one, two] = [await newOrganization(), await newOrganization()];
    for (const own of [one, one, two, two]) await createKey(own);
    const firstPage = (own: TestOrganization, cursor = '') =>
      call<Listed>('GET', `${own.path}/api-keys?limit=1${cursor}`, { as: own.owner.session });
    const given = (await firstPage(one)).body.next_cursor ?? '';
    expect((await firstPage(one, `&cursor=${given}`)).status).toBe(200);
    const mutations = Array.from(given, (character, index) => {
      const other = character === 'A' ? 'B' : 'A';
      return given.slice(0, index) + other + given.slice(index + 1);
    });
    for (const cursor of [...mutations, '', 'x', given.slice(1)]) {
      const refused = await firstPage(one, `&cursor=${cursor}`);
      expect([cursor, ...refusalOf(refused)]).toEqual([cursor, 400, 'validation_error']);
    }
    expect(refusalOf(await firstPage(two, `&cursor=${given}`))).toEqual([400, 'validation_error']);
  });

  it('filters by project, by state and by text', async () => {
    const own = await newOrganization();
    const as = own.owner.session;
    const project = await own.project();
    const empty = await own.project('Other');
    const inProject = await createKey(own, { name: 'Nightly', project_id: project });
    const onDevice = await createKey(own, { name: '100%_sure', device_name: 'MacBook Ada' });
    const expired = await createKey(own, { name: 'Old', expires_at: inOneHour() });
    await inDatabase(`UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1`, [
      uuidOfKey(expired.api_key.id),
    ]);
    const disabled = await createKey(own, { name: 'Disabled' });
    await inDatabase('UPDATE api_keys SET disabled_at = now() WHERE id = $1', [
      uuidOfKey(disabled.api_key.id),
    ]);
    const revoked = await createKey(own, { name: 'Revoked' });
    await ask('DELETE', `${own.path}/api-keys/${revoked.api_key.id}`, { as });
    const names = async (query: string) => {
      const { api_keys } = await ask<Listed>('GET', `${own.path}/api-keys?${query}`, { as });
      return api_keys.map(({ name, is_active }) => (is_active ? name : `(${name})`));
    };
    const prefix = onDevice.api_key.key_prefix;
    expect({
      all: await names(''),
      project: await names(`project_id=${project}`),
      empty: await names(`project_id=${empty}`),
      active: await names('is_active=true'),
      inactive: await names('is_active=false'),
      name: await names('q=NIGHT'),
      device: await names('q=macbook'),
      prefix: await names(`q=${prefix}`),
      literally: await names(`q=${encodeURIComponent('0%_s')}`),
      backslash: await names(`q=${encodeURIComponent('\\')}`),
      wildcard: await names(`q=${encodeURIComponent('N%y')}`),
      together: await names(`project_id=${project}&is_active=true&q=nightly`),
      nothing: await names(`project_id=${project}&is_active=false`),
    }).toEqual({
      all: ['(Revoked)', '(Disabled)', '(Old)', '100%_sure', 'Nightly'],
      project: [inProject.api_key.name],
      empty: [],
      active: ['100%_sure', 'Nightly'],
      inactive: ['(Revoked)', '(Disabled)', '(Old)'],
      name: ['Nightly'],
      device: ['100%_sure'],
      prefix: ['100%_sure'],
      literally: ['100%_sure'],
      backslash: [],
      wildcard: [],
      together: ['Nightly'],
      nothing: [],
    });
  });

  it.each([
    ['limit=0', 400, 'validation_error'],
    ['limit=1001', 400, 'validation_error'],
    ['limit=-1', 400, 'validation_error'],
    ['limit=ten', 400, 'validation_error'],
    ['limit=1&limit=2', 400, 'validation_error'],
    ['is_active=maybe', 400, 'validation_error'],
    ['is_active=', 400, 'validation_error'],
    [`q=${'long'.repeat(26)}`, 400, 'validation_error'],
    ['q=a&q=b', 400, 'validation_error'],
    ['q=%00', 400, 'bad_request'],
    ['unknown=1', 400, 'validation_error'],
    ['project_id=prj_1', 404, 'project_not_found'],
    ['project_id=', 404, 'project_not_found'],
  ])('refuses ?%s', async (query, status, code) => {
    const answer = await call('GET', `${organization.path}/api-keys?${query}`, {
      as: organization.owner.session,
    });
    expect(refusalOf(answer)).toEqual([status, code]);
  });

  it('finds no keys of a project of another organization', async () => {
    const elsewhere = await (await newOrganization()).project();
    const path = `${organization.path}/api-keys?project_id=${elsewhere}`;
    const answer = await call('GET', path, { as: organization.owner.session });
    expect(refusalOf(answer)).toEqual([404, 'project_not_found']);
  });

  it('takes a thousand rows a page', async () => {
    const as = organization.owner.session;
    const { status } = await call('GET', `${organization.path}/api-keys/?limit=1000`, { as });
    expect(status).toBe(200);
  });
});
