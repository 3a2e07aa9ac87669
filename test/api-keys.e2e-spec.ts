import { encodeId, newId } from '../src/access/ids.js';
import {
  createKey,
  HOUR_MS,
  inOneHour,
  type IssuedKey,
  refusalOf,
  uuidOfKey,
} from './support/api-keys.js';
import { TIME } from './support/calendar.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  newPerson,
  randomText,
  type TestOrganization,
} from './support/keycap.js';
import { eventsOf } from './support/organizations.js';

const REQUEST_ID = expect.stringMatching(/^[\w-]{1,64}$/) as string;

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

function create(organization: TestOrganization, as: string, more: object = {}) {
  const body = { name: 'CI', scopes: ['credentials:read'], ...more };
  return call<IssuedKey>('POST', `${organization.path}/api-keys`, { as, body });
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
    const { api_key, plaintext_api_key } = await createKey(organization, asked);
    expect(api_key).toMatchObject({ ...asked, expires_at: '2131-02-03T02:05:06.000Z' });
    expect(plaintext_api_key).toMatch(/^capy_test_/);
    const path = `${organization.path}/api-keys/${api_key.id}`;
    const as = organization.owner.session;
    expect(await ask<unknown>('GET', path, { as })).toEqual({ api_key });
  });

  it('takes null for whatever may be left out', async () => {
    const { api_key } = await createKey(organization, {
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
      call<IssuedKey>('POST', path, { as: admin.session, body }),
      call<IssuedKey>('POST', path, { as: maker.plaintext, body }),
      call<IssuedKey>('POST', path, { headers: { 'x-api-key': maker.plaintext }, body }),
      call<IssuedKey>('POST', path, { as: token, body }),
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
    const { api_key, plaintext_api_key } = await createKey(organization);
    const [row] = await inDatabase<{ text: string }>(
      'SELECT to_jsonb(api_keys)::text AS text FROM api_keys WHERE id = $1',
      [uuidOfKey(api_key.id)],
    );
    expect(row?.text).toContain(api_key.key_prefix);
    expect(row?.text).not.toContain(plaintext_api_key.slice(0, 15));
    expect(row?.text).not.toContain(plaintext_api_key.slice(14, 30));
    expect(row?.text).not.toContain(Buffer.from(plaintext_api_key).toString('hex').slice(28, 60));
  });

  it('records who made it, without the key', async () => {
    const { api_key, plaintext_api_key } = await createKey(organization, { name: randomText() });
    const audit_events = await eventsOf(organization, 'api_key.created');
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
    const maker = await createKey(organization, { scopes: ['*'], expires_at });
    const as = maker.plaintext_api_key;
    expect((await createKey(organization, {}, as)).api_key.expires_at).toBe(expires_at);
    const sooner = new Date(Date.now() + HOUR_MS / 2).toISOString();
    const narrower = await createKey(organization, { expires_at: sooner }, as);
    expect(narrower.api_key.expires_at).toBe(sooner);
    const wider = await create(organization, as, { expires_at: '2131-01-01T00:00:00Z' });
    expect(refusalOf(wider)).toEqual([403, 'scope_exceeds_creator']);
  });

  it('in addresses, which it inherits', async () => {
    const ip_allowlist = ['203.0.113.0/24', '2001:db8::/32'];
    const maker = await createKey(organization, { scopes: ['*'], ip_allowlist });
    const attempt = (more: object) =>
      call<IssuedKey>('POST', `${organization.path}/api-keys`, {
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
