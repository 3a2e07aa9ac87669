import type { ApiKeyBody } from '../src/api-keys/api-keys.dto.js';
import { decodeId, encodeId, newId } from '../src/access/ids.js';
import type { Answer, ErrorBody, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';

/** The wire shape without its class. */
type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

interface Issued {
  readonly api_key: KeyBody;
  readonly plaintext_api_key: string;
}

interface Listed {
  readonly api_keys: readonly KeyBody[];
  readonly next_cursor: string | null;
}

interface Events {
  readonly audit_events: readonly { action: string; target_id: string; metadata: object }[];
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const REQUEST_ID = expect.stringMatching(/^[\w-]{1,64}$/) as string;
const HOUR_MS = 3_600_000;

/** The seed's members, then ours, in the contract's order. */
const MEMBERS = [
  'created_at',
  'created_by_user_id',
  'device_name',
  'expires_at',
  'id',
  'is_active',
  'key_prefix',
  'last_used_at',
  'name',
  'organization_id',
  'project_id',
  'revoked_at',
  'scopes',
  'source',
  'environment',
  'ip_allowlist',
  'rate_limit',
  'metadata',
  'rotated_from_id',
  'replaced_by_id',
];

const uuidOf = (keyId: string): string => decodeId('apiKey', keyId) ?? '';
const inOneHour = (): string => new Date(Date.now() + HOUR_MS).toISOString();

/** Status and code of a refusal, whose `error` is a sentence as in every `/v1` body. */
function refusalOf({ status, body }: Answer<unknown>): [number, string] {
  const { error, code, request_id } = body as ErrorBody;
  expect([typeof error, typeof request_id]).toEqual(['string', 'string']);
  return [status, code];
}

function create(organization: TestOrganization, as: string, more: object = {}) {
  const body = { name: 'CI', scopes: ['credentials:read'], ...more };
  return call<Issued>('POST', `${organization.path}/api-keys`, { as, body });
}

async function created(
  organization: TestOrganization,
  more: object = {},
  as = organization.owner.session,
): Promise<Issued> {
  const body = { name: 'CI', scopes: ['credentials:read'], ...more };
  return ask<Issued>('POST', `${organization.path}/api-keys`, { as, body, expect: 201 });
}

async function eventsOf(organization: TestOrganization, action: string): Promise<Events> {
  const as = organization.owner.session;
  return ask<Events>('GET', `${organization.path}/audit-events?action=${action}`, { as });
}

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

describe('creating an API key', () => {
  it("answers CapyDB's documented request with the key, once, and its 14 members first", async () => {
    const { status, headers, body } = await create(organization, organization.owner.session, {
      name: 'Production backups',
      scopes: ['credentials:read', 'backups:read'],
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(body)).toEqual(['api_key', 'plaintext_api_key']);
    expect(Object.keys(body.api_key)).toEqual(MEMBERS);
    expect(body).toEqual({
      api_key: {
        created_at: TIME,
        created_by_user_id: organization.owner.id,
        device_name: null,
        expires_at: null,
        id: expect.stringMatching(/^key_[0-9a-z]{26}$/) as string,
        is_active: true,
        key_prefix: body.plaintext_api_key.slice(0, 14),
        last_used_at: null,
        name: 'Production backups',
        organization_id: organization.id,
        project_id: null,
        revoked_at: null,
        scopes: ['credentials:read', 'backups:read'],
        source: 'api',
        environment: 'live',
        ip_allowlist: null,
        rate_limit: null,
        metadata: {},
        rotated_from_id: null,
        replaced_by_id: null,
      },
      plaintext_api_key: expect.stringMatching(/^capy_live_[0-9A-Za-z]{38}$/) as string,
    });
  });

  it('keeps everything that it was asked for', async () => {
    const project = await organization.project();
    const asked = {
      name: 'Ünïcode 🗝',
      scopes: ['backups:read'],
      project_id: project,
      expires_at: '2131-02-03T04:05:06+02:00',
      device_name: "Ada's laptop",
      environment: 'test',
      ip_allowlist: ['203.0.113.0/24', '2001:db8::/32', '192.0.2.7'],
      metadata: { team: { name: 'data', size: 3 }, tags: ['a', null] },
    };
    const { api_key, plaintext_api_key } = await created(organization, asked);
    expect(api_key).toMatchObject({ ...asked, expires_at: '2131-02-03T02:05:06.000Z' });
    expect(plaintext_api_key).toMatch(/^capy_test_/);
    const path = `${organization.path}/api-keys/${api_key.id}`;
    const as = organization.owner.session;
    expect(await ask<unknown>('GET', path, { as })).toEqual({ api_key });
  });

  it('takes null for whatever may be left out', async () => {
    const { api_key } = await created(organization, {
      project_id: null,
      expires_at: null,
      device_name: null,
      environment: null,
      ip_allowlist: null,
      rate_limit: null,
      metadata: null,
    });
    expect(api_key).toMatchObject({
      project_id: null,
      expires_at: null,
      device_name: null,
      environment: 'live',
      ip_allowlist: null,
      rate_limit: null,
      metadata: {},
    });
  });

  it('works with a session, a key in either header, and an access token', async () => {
    const admin = await organization.member('admin');
    const maker = await organization.apiKey({ scopes: ['api_keys:write', 'backups:read'] });
    const token = await organization.token(['api_keys:write', 'backups:read']);
    const path = `${organization.path}/api-keys`;
    const body = { name: 'Made', scopes: ['backups:read'] };
    const answers = await Promise.all([
      call<Issued>('POST', path, { as: admin.session, body }),
      call<Issued>('POST', path, { as: maker.plaintext, body }),
      call<Issued>('POST', path, { headers: { 'x-api-key': maker.plaintext }, body }),
      call<Issued>('POST', path, { as: token, body }),
    ]);
    expect(answers.map((each) => [each.status, each.body.api_key.created_by_user_id])).toEqual([
      [201, admin.id],
      [201, null],
      [201, null],
      [201, null],
    ]);
  });

  it('is for admins and credentials with api_keys:write alone', async () => {
    const member = await organization.member('member');
    const stranger = await newOrganization();
    const reader = await organization.apiKey({ scopes: ['api_keys:read', 'credentials:read'] });
    const foreign = await stranger.apiKey();
    const confined = await organization.apiKey({
      scopes: ['credentials:read'],
      project_id: await organization.project(),
    });
    const { basicCredential } = await organization.client();
    const refusals = await Promise.all(
      [
        member.session,
        stranger.owner.session,
        (await newPerson()).session,
        reader.plaintext,
        foreign.plaintext,
        confined.plaintext,
        `Basic ${basicCredential}`,
      ].map(async (as) => refusalOf(await create(organization, as))),
    );
    expect(refusals).toEqual([
      [403, 'insufficient_role'],
      [404, 'not_found'],
      [404, 'not_found'],
      [403, 'insufficient_scope'],
      [404, 'not_found'],
      [403, 'insufficient_scope'],
      [401, 'unauthorized'],
    ]);
    const bare = await call('POST', `${organization.path}/api-keys`, { body: { name: 'CI' } });
    expect(refusalOf(bare)).toEqual([401, 'unauthorized']);
  });

  it.each<[string, unknown]>([
    ['name', undefined],
    ['name', null],
    ['name', ''],
    ['name', '   '],
    ['name', 'x'.repeat(101)],
    ['name', 'bell\u0007'],
    ['name', 7],
    ['scopes', undefined],
    ['scopes', null],
    ['scopes', []],
    ['scopes', 'credentials:read'],
    ['scopes', ['credentials:read', 'credentials:read']],
    ['scopes', [7]],
    ['scopes', Array.from({ length: 101 }, (_, index) => `scope:${index}`)],
    ['project_id', 7],
    ['expires_at', 'tomorrow'],
    ['expires_at', '2131-02-30T00:00:00Z'],
    ['expires_at', '2131-02-03'],
    ['expires_at', 4_102_444_800],
    ['device_name', ''],
    ['device_name', 'x'.repeat(101)],
    ['environment', 'staging'],
    ['ip_allowlist', []],
    ['ip_allowlist', '10.0.0.0/8'],
    ['ip_allowlist', ['10.0.0.0/33']],
    ['ip_allowlist', ['example.com']],
    ['ip_allowlist', ['10.0.0.0/8', '10.0.0.0/8']],
    ['ip_allowlist', [null]],
    ['ip_allowlist', Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`)],
    ['rate_limit', 100],
    ['rate_limit', []],
    ['rate_limit.limit', { window_seconds: 60 }],
    ['rate_limit.limit', { limit: 0, window_seconds: 60 }],
    ['rate_limit.limit', { limit: 1.5, window_seconds: 60 }],
    ['rate_limit.window_seconds', { limit: 1 }],
    ['rate_limit.window_seconds', { limit: 1, window_seconds: 86_401 }],
    ['rate_limit.burst', { limit: 1, window_seconds: 60, burst: 2 }],
    ['metadata', 'text'],
    ['metadata', ['list']],
    ['metadata', Object.fromEntries(Array.from({ length: 51 }, (_, key) => [key, 1]))],
    ['metadata', { long: 'x'.repeat(16 * 1024) }],
  ])('refuses a wrong %s, case %#', async (field, value) => {
    const [name = ''] = field.split('.');
    const { status, body } = await create(organization, organization.owner.session, {
      [name]: value,
    });
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: 'the request is not valid',
        code: 'validation_error',
        request_id: REQUEST_ID,
        fields: { [field]: expect.any(Array) as string[] },
      },
    });
  });

  it.each([
    ['NUL', { name: 'a\0b' }],
    ['half a surrogate pair', { metadata: { text: '\ud83d' } }],
    ['NUL in a key', { metadata: { 'a\0b': 1 } }],
  ])('refuses text that the database cannot store: %s', async (_, more) => {
    const answer = await create(organization, organization.owner.session, more);
    expect(refusalOf(answer)).toEqual([400, 'malformed_json']);
  });

  it.each([
    ['invalid_scope', 400, { scopes: ['credentials:read', 'nope:read'] }, 'scopes'],
    ['expires_in_past', 400, { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
  ])('refuses with %s', async (code, status, more, field) => {
    const answer = await create(organization, organization.owner.session, more);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status,
      body: {
        error: expect.any(String) as string,
        code,
        request_id: REQUEST_ID,
        fields: { [field]: [expect.any(String) as string] },
      },
    });
  });

  it.each([
    'organizations:write',
    'members:read',
    'members:write',
    'invitations:read',
    'invitations:write',
    'api_keys:read',
    'api_keys:write',
    'oauth_clients:read',
    'oauth_clients:write',
    'audit:read',
    'introspection',
    'read',
    'write',
    '*',
  ])('refuses the scope %s for a key of a project', async (scope) => {
    const project_id = await organization.project();
    const answer = await create(organization, organization.owner.session, {
      project_id,
      scopes: ['projects:read', scope],
    });
    expect(refusalOf(answer)).toEqual([400, 'scope_not_allowed_for_project_key']);
  });

  it('finds no project of another organization, none that is absent, none that is no id', async () => {
    const stranger = await newOrganization();
    const elsewhere = await stranger.project();
    const answers = await Promise.all(
      [elsewhere, encodeId('project', newId()), organization.id, 'prj_1', ''].map((project_id) =>
        create(organization, organization.owner.session, { project_id }),
      ),
    );
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({
        status: 404,
        body: { error: 'project not found', code: 'project_not_found', request_id: REQUEST_ID },
      });
    }
  });

  it.each(['user_id', 'created_by_user_id', 'organization_id', 'source', 'id', 'is_active'])(
    'A36 S30: refuses the field %s, which the server sets',
    async (field) => {
      const value = (await newPerson()).id;
      const answer = await create(organization, organization.owner.session, { [field]: value });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: 'validation_error',
        fields: { [field]: [expect.any(String) as string] },
      });
      const anonymous = await call('POST', `${organization.path}/api-keys`, {
        body: { name: 'CI', scopes: ['*'], [field]: value },
      });
      expect(refusalOf(anonymous)).toEqual([401, 'unauthorized']);
    },
  );

  it.each(['key', 'api_key', 'plaintext_api_key', 'digest', 'key_prefix'])(
    'A69: takes no key material from the client, as %s',
    async (field) => {
      const chosen = 'capy_live_000000000000000000000000000000003UFVO5';
      const answer = await create(organization, organization.owner.session, { [field]: chosen });
      expect(refusalOf(answer)).toEqual([400, 'validation_error']);
      const used = await call('GET', '/v1/me', { as: chosen });
      expect(refusalOf(used)).toEqual([401, 'unauthorized']);
    },
  );

  it('stores no part of the key beyond its prefix', async () => {
    const { api_key, plaintext_api_key } = await created(organization);
    const [row] = await inDatabase<{ text: string }>(
      'SELECT to_jsonb(api_keys)::text AS text FROM api_keys WHERE id = $1',
      [uuidOf(api_key.id)],
    );
    expect(row?.text).toContain(api_key.key_prefix);
    expect(row?.text).not.toContain(plaintext_api_key.slice(0, 15));
    expect(row?.text).not.toContain(plaintext_api_key.slice(14, 30));
    expect(row?.text).not.toContain(Buffer.from(plaintext_api_key).toString('hex').slice(28, 60));
  });

  it('records who made it, without the key', async () => {
    const { api_key, plaintext_api_key } = await created(organization, { name: randomText() });
    const { audit_events } = await eventsOf(organization, 'api_key.created');
    const event = audit_events.find(({ target_id }) => target_id === api_key.id);
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/) as string,
      action: 'api_key.created',
      actor_kind: 'user',
      actor_id: organization.owner.id,
      organization_id: organization.id,
      project_id: null,
      target_id: api_key.id,
      ip: expect.stringMatching(/^10\./) as string,
      request_id: REQUEST_ID,
      metadata: {
        name: api_key.name,
        key_prefix: api_key.key_prefix,
        scopes: api_key.scopes,
        project_id: null,
        expires_at: null,
        ip_allowlist: null,
        source: 'api',
      },
      created_at: TIME,
    });
    expect(JSON.stringify(audit_events)).not.toContain(plaintext_api_key.slice(14));
  });
});

describe('S31: what a key or token makes is no wider than itself', () => {
  it('in scopes', async () => {
    const scopes = ['api_keys:write', 'members:read'];
    const [key, token] = [await organization.apiKey({ scopes }), await organization.token(scopes)];
    for (const as of [key.plaintext, token]) {
      for (const scope of ['members:write', 'read', '*', 'backups:read', 'api_keys:read']) {
        const answer = await create(organization, as, { scopes: ['members:read', scope] });
        expect(refusalOf(answer)).toEqual([403, 'scope_exceeds_creator']);
      }
      expect((await create(organization, as, { scopes })).status).toBe(201);
    }
  });

  it('where coarse scopes stand for fine ones, and the other way round', async () => {
    const coarse = await organization.apiKey({ scopes: ['read', 'api_keys:write'] });
    const parts = ['organizations:read', 'members:read', 'invitations:read', 'projects:read'];
    const fine = await organization.apiKey({ scopes: [...parts, 'api_keys:write'] });
    const all = await organization.apiKey({ scopes: ['*'] });
    const attempts: [string, string[]][] = [
      [coarse.plaintext, parts],
      [fine.plaintext, ['read']],
      [all.plaintext, ['*']],
      [coarse.plaintext, ['write']],
      [fine.plaintext, ['*']],
    ];
    const answers = await Promise.all(
      attempts.map(([as, scopes]) => create(organization, as, { scopes })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 403, 403]);
  });

  it('in expiry, which it inherits', async () => {
    const expires_at = inOneHour();
    const maker = await created(organization, { scopes: ['*'], expires_at });
    const as = maker.plaintext_api_key;
    expect((await created(organization, {}, as)).api_key.expires_at).toBe(expires_at);
    const sooner = new Date(Date.now() + HOUR_MS / 2).toISOString();
    const narrower = await created(organization, { expires_at: sooner }, as);
    expect(narrower.api_key.expires_at).toBe(sooner);
    const wider = await create(organization, as, { expires_at: '2131-01-01T00:00:00Z' });
    expect(refusalOf(wider)).toEqual([403, 'scope_exceeds_creator']);
  });

  it('in addresses, which it inherits', async () => {
    const ip_allowlist = ['203.0.113.0/24', '2001:db8::/32'];
    const maker = await created(organization, { scopes: ['*'], ip_allowlist });
    const attempt = (more: object) =>
      call<Issued>('POST', `${organization.path}/api-keys`, {
        as: maker.plaintext_api_key,
        from: '203.0.113.9',
        body: { name: 'CI', scopes: ['*'], ...more },
      });
    expect((await attempt({})).body.api_key.ip_allowlist).toEqual(ip_allowlist);
    const narrower = await attempt({ ip_allowlist: ['203.0.113.128/25', '2001:db8:1::/48'] });
    expect(narrower.status).toBe(201);
    for (const range of ['203.0.112.0/23', '0.0.0.0/0', '::/0', '198.51.100.1']) {
      const wider = await attempt({ ip_allowlist: ['203.0.113.7', range] });
      expect(refusalOf(wider)).toEqual([403, 'scope_exceeds_creator']);
    }
  });
});

describe('listing API keys', () => {
  it('shows them all, newest first, revoked ones included, without a secret', async () => {
    const own = await newOrganization();
    const first = await created(own);
    const second = await created(own);
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
    const { api_key: theirs } = await created(own, {}, admin.session);
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
      made.unshift((await created(one)).api_key.id);
      await created(two);
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
    for (const own of [one, one, two, two]) await created(own);
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
    const inProject = await created(own, { name: 'Nightly', project_id: project });
    const onDevice = await created(own, { name: '100%_sure', device_name: 'MacBook Ada' });
    const expired = await created(own, { name: 'Old', expires_at: inOneHour() });
    await inDatabase(`UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1`, [
      uuidOf(expired.api_key.id),
    ]);
    const disabled = await created(own, { name: 'Disabled' });
    await inDatabase('UPDATE api_keys SET disabled_at = now() WHERE id = $1', [
      uuidOf(disabled.api_key.id),
    ]);
    const revoked = await created(own, { name: 'Revoked' });
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

describe('reading one API key', () => {
  it('works for admins, machines with the scope, and the member who made it', async () => {
    const own = await newOrganization();
    const admin = await own.member('admin');
    const { api_key } = await created(own, {}, admin.session);
    const reader = await own.apiKey({ scopes: ['api_keys:read'] });
    const token = await own.token(['api_keys:read']);
    await ask('PATCH', `${own.path}/members/${admin.id}`, {
      as: own.owner.session,
      body: { role: 'member' },
    });
    const path = `${own.path}/api-keys/${api_key.id}`;
    const answers = await Promise.all([
      call('GET', path, { as: own.owner.session }),
      call('GET', `${path}/`, { as: admin.session }),
      call('GET', path, { as: reader.plaintext }),
      call('GET', path, { headers: { 'x-api-key': reader.plaintext } }),
      call('GET', path, { as: token }),
    ]);
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({ status: 200, body: { api_key } });
    }
  });

  it.each(['GET', 'DELETE'] as const)(
    '%s: one answer, byte for byte, for a foreign, an absent and a malformed id',
    async (method) => {
      const stranger = await newOrganization();
      const foreign = await stranger.apiKey();
      const member = await organization.member('member');
      const ofAdmin = await organization.apiKey();
      const machine = await organization.apiKey({ scopes: ['*'] });
      const headers = { 'x-request-id': 'the-same' };
      const attempts: [string, string][] = [
        [organization.owner.session, foreign.id],
        [organization.owner.session, encodeId('apiKey', newId())],
        [organization.owner.session, 'key_1'],
        [organization.owner.session, organization.id],
        [organization.owner.session, `key_${'z'.repeat(26)}`],
        [organization.owner.session, "'; DROP TABLE api_keys --"],
        [machine.plaintext, foreign.id],
        [member.session, ofAdmin.id],
      ];
      for (const [as, id] of attempts) {
        const path = `${organization.path}/api-keys/${encodeURIComponent(id)}`;
        const { status, text } = await call(method, path, { as, headers });
        expect([status, text]).toEqual([
          404,
          '{"error":"api key not found","code":"not_found","request_id":"the-same"}',
        ]);
      }
      expect((await call('GET', '/v1/me', { as: foreign.plaintext })).status).toBe(200);
    },
  );

  it('is refused without the scope, and hidden from strangers', async () => {
    const { id } = await organization.apiKey();
    const writer = await organization.apiKey({ scopes: ['api_keys:write'] });
    const stranger = await newOrganization();
    const path = `${organization.path}/api-keys/${id}`;
    const refusals = await Promise.all(
      [writer.plaintext, stranger.owner.session, (await stranger.apiKey()).plaintext].map(
        async (as) => refusalOf(await call('GET', path, { as })),
      ),
    );
    expect(refusals).toEqual([
      [403, 'insufficient_scope'],
      [404, 'not_found'],
      [404, 'not_found'],
    ]);
  });
});

describe('revoking an API key', () => {
  const revoke = (id: string, as: string) =>
    call<{ revoked: true }>('DELETE', `${organization.path}/api-keys/${id}`, { as });

  it('ends it at once, again and again, and keeps the row', async () => {
    const key = await organization.apiKey();
    expect((await call('GET', '/v1/me', { as: key.plaintext })).status).toBe(200);
    for (let round = 0; round < 2; round++) {
      const { status, text } = await revoke(key.id, organization.owner.session);
      expect([status, text]).toEqual([200, '{"revoked":true}']);
      const used = await call('GET', '/v1/me', { as: key.plaintext });
      expect(refusalOf(used)).toEqual([401, 'unauthorized']);
    }
    const { api_key } = await ask<{ api_key: KeyBody }>(
      'GET',
      `${organization.path}/api-keys/${key.id}`,
      { as: organization.owner.session },
    );
    expect(api_key).toMatchObject({ id: key.id, is_active: false, revoked_at: TIME });
  });

  it('works with a session, a key in either header, and an access token', async () => {
    const admin = await organization.member('admin');
    const writer = await organization.apiKey({ scopes: ['api_keys:write'] });
    const token = await organization.token(['api_keys:write']);
    const revoked = async (options: object) => {
      const { id, plaintext } = await organization.apiKey();
      const { status } = await call('DELETE', `${organization.path}/api-keys/${id}`, options);
      return [status, (await call('GET', '/v1/me', { as: plaintext })).status];
    };
    expect([
      await revoked({ as: admin.session }),
      await revoked({ as: writer.plaintext }),
      await revoked({ headers: { 'x-api-key': writer.plaintext } }),
      await revoked({ as: token }),
    ]).toEqual([
      [200, 401],
      [200, 401],
      [200, 401],
      [200, 401],
    ]);
  });

  it('lets a key end itself, whatever its scopes, also one of a project', async () => {
    const project_id = await organization.project();
    for (const more of [{}, { project_id }]) {
      const key = await organization.apiKey({ scopes: ['credentials:read'], ...more });
      const { status, body } = await revoke(key.id, key.plaintext);
      expect({ status, body }).toEqual({ status: 200, body: { revoked: true } });
      expect(refusalOf(await revoke(key.id, key.plaintext))).toEqual([401, 'unauthorized']);
    }
  });

  it('lets a member end what he made, and nothing else', async () => {
    const admin = await organization.member('admin');
    const { api_key } = await created(organization, {}, admin.session);
    await ask('PATCH', `${organization.path}/members/${admin.id}`, {
      as: organization.owner.session,
      body: { role: 'member' },
    });
    const other = await organization.apiKey();
    expect(refusalOf(await revoke(other.id, admin.session))).toEqual([404, 'not_found']);
    expect((await revoke(api_key.id, admin.session)).status).toBe(200);
  });

  it('is refused to other keys and tokens without the scope, whatever the id', async () => {
    const target = await organization.apiKey();
    const project_id = await organization.project();
    const weak = await Promise.all([
      organization.apiKey({ scopes: ['api_keys:read', 'read', 'write'] }),
      organization.apiKey({ scopes: ['credentials:read'], project_id }),
    ]);
    const credentials = [...weak.map(({ plaintext }) => plaintext), await organization.token()];
    for (const as of credentials) {
      for (const id of [target.id, encodeId('apiKey', newId())]) {
        const answer = await revoke(id, as);
        expect(refusalOf(answer)).toEqual([403, 'insufficient_scope']);
        expect(answer.headers.get('www-authenticate')).toBe(
          'Bearer realm="keycap", error="insufficient_scope", scope="api_keys:write"',
        );
      }
    }
    const stranger = await newOrganization();
    expect(refusalOf(await revoke(target.id, stranger.owner.session))).toEqual([404, 'not_found']);
    const foreign = await stranger.apiKey();
    expect(refusalOf(await revoke(target.id, foreign.plaintext))).toEqual([404, 'not_found']);
    expect((await call('GET', '/v1/me', { as: target.plaintext })).status).toBe(200);
  });

  it('is recorded once, of 20 at the same time', async () => {
    const own = await newOrganization();
    const { id } = await own.apiKey();
    const path = `${own.path}/api-keys/${id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('DELETE', path, { as: own.owner.session })),
    );
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(
      Array.from({ length: 20 }, () => '200 {"revoked":true}'),
    );
    await ask('DELETE', path, { as: own.owner.session });
    const { audit_events } = await eventsOf(own, 'api_key.revoked');
    expect(audit_events.map(({ target_id }) => target_id)).toEqual([id]);
  });

  it('names the key that ended itself', async () => {
    const own = await newOrganization();
    const key = await own.apiKey({ scopes: ['credentials:read'] });
    await ask('DELETE', `${own.path}/api-keys/${key.id}`, { as: key.plaintext });
    const { audit_events } = await eventsOf(own, 'api_key.revoked');
    expect(audit_events).toMatchObject([
      { actor_kind: 'api_key', actor_id: key.id, target_id: key.id, metadata: { name: 'Test' } },
    ]);
  });
});
