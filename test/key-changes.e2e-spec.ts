import {
  changeKey,
  createKey,
  expireKey,
  inDays,
  readKey,
  rotateKey,
  worksAtApi,
} from './support/api-keys.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { eventsOf, outcomeOf } from './support/organizations.js';

const WIDE = ['credentials:read', 'backups:read', 'backups:write'];

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

const change = (id: string, body: object, as?: string) => changeKey(organization, id, body, as);

describe('changing an API key', () => {
  it('changes what is named, leaves the rest, and tells it', async () => {
    const { api_key } = await createKey(organization, { scopes: WIDE, device_name: 'laptop' });
    const patch = {
      name: 'Renamed',
      scopes: ['backups:read'],
      expires_at: '2131-02-03T04:05:06.000Z',
      ip_allowlist: ['203.0.113.0/24'],
      rate_limit: { limit: 5, window_seconds: 60 },
      metadata: { team: 'data' },
    };
    const { status, body } = await change(api_key.id, patch);
    expect([status, body]).toEqual([200, { api_key: { ...api_key, ...patch } }]);
    expect(await readKey(organization, api_key.id)).toEqual(body.api_key);
    const back = { ip_allowlist: null, rate_limit: null, metadata: {} };
    expect((await change(api_key.id, back)).body.api_key).toMatchObject(back);
  });

  it('S59: records before and after of what differs, once', async () => {
    const own = await newOrganization();
    const { api_key } = await createKey(own, { scopes: WIDE });
    await changeKey(own, api_key.id, { name: 'Other', scopes: ['backups:read'] });
    await changeKey(own, api_key.id, { name: 'Other' });
    await changeKey(own, api_key.id, {});
    expect(await eventsOf(own, 'api_key.updated')).toMatchObject([
      {
        target_id: api_key.id,
        metadata: {
          key_prefix: api_key.key_prefix,
          name: { before: 'CI', after: 'Other' },
          scopes: { before: WIDE, after: ['backups:read'] },
        },
      },
    ]);
  });

  it('only ever narrows scopes, whoever asks', async () => {
    const { api_key } = await createKey(organization, { scopes: ['read', 'backups:read'] });
    for (const scopes of [['backups:write'], ['backups:read', 'write'], ['*'], ['members:write']]) {
      expect(outcomeOf(await change(api_key.id, { scopes }))).toBe('400 scopes_not_narrower');
    }
    expect((await change(api_key.id, { scopes: ['members:read'] })).status).toBe(200);
    expect(outcomeOf(await change(api_key.id, { scopes: ['read'] }))).toBe(
      '400 scopes_not_narrower',
    );
  });

  it('takes effect with the next request', async () => {
    const { api_key, plaintext_api_key } = await createKey(organization, {
      scopes: ['members:read', 'projects:read'],
    });
    const read = () => call('GET', `${organization.path}/members`, { as: plaintext_api_key });
    expect((await read()).status).toBe(200);
    await change(api_key.id, { scopes: ['projects:read'] });
    expect(outcomeOf(await read())).toBe('403 insufficient_scope');
  });

  it('moves the end earlier, never later, and not into the past', async () => {
    const { api_key } = await createKey(organization, { expires_at: inDays(10) });
    for (const expires_at of [inDays(11), null]) {
      expect(outcomeOf(await change(api_key.id, { expires_at }))).toBe('400 expires_later');
    }
    expect(outcomeOf(await change(api_key.id, { expires_at: inDays(-1) }))).toBe(
      '400 expires_in_past',
    );
    expect((await change(api_key.id, { expires_at: inDays(5) })).status).toBe(200);
    expect((await change(api_key.id, { expires_at: inDays(9) })).status).toBe(400);
  });

  it('gives an end to a key that had none', async () => {
    const { api_key } = await createKey(organization);
    const expires_at = inDays(3);
    const { body } = await change(api_key.id, { expires_at });
    expect(body.api_key.expires_at).toBe(expires_at);
  });

  it.each<[string, unknown]>([
    ['name', null],
    ['name', ''],
    ['scopes', null],
    ['scopes', []],
    ['scopes', ['read', 'read']],
    ['expires_at', 'tomorrow'],
    ['ip_allowlist', []],
    ['ip_allowlist', ['10.0.0.0/99']],
    ['rate_limit', 5],
    ['metadata', null],
    ['metadata', []],
    ['is_active', null],
    ['is_active', 'yes'],
    ['project_id', 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe'],
    ['environment', 'test'],
    ['source', 'cli'],
    ['created_by_user_id', 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe'],
    ['organization_id', 'org_01kaw2hxk5f0c9xd2zp7r3m8qe'],
    ['key', 'capy_live_1'],
    ['revoked_at', null],
  ])('A36, A69: refuses a wrong or foreign %s (%j)', async (field, value) => {
    const { api_key } = await createKey(organization);
    const { status, body } = await change(api_key.id, { [field]: value });
    expect([status, Object.keys((body as { fields?: object }).fields ?? {})]).toEqual([
      400,
      [field],
    ]);
  });

  it('is for admins and credentials with api_keys:write alone, and never for the key itself', async () => {
    const admin = await organization.member('admin');
    const member = await organization.member('member');
    const writer = await organization.apiKey({ scopes: ['api_keys:write', 'credentials:read'] });
    const reader = await organization.apiKey({ scopes: ['api_keys:read'] });
    const { api_key } = await createKey(organization);
    const by = async (as: string) => outcomeOf(await change(api_key.id, { name: 'New' }, as));
    expect(await by(admin.session)).toBe('200');
    expect(await by(writer.plaintext)).toBe('200');
    expect(await by(await organization.token(['api_keys:write']))).toBe('200');
    expect(await by(member.session)).toBe('403 insufficient_role');
    expect(await by(reader.plaintext)).toBe('403 insufficient_scope');
    expect(outcomeOf(await change(writer.id, { name: 'New' }, writer.plaintext))).toBe(
      '403 cannot_change_itself',
    );
  });

  it('finds no key of another organization, and none that is absent', async () => {
    const other = await createKey(await newOrganization());
    for (const id of [other.api_key.id, 'key_01kaw2hxk5f0c9xd2zp7r3m8qe', 'nothing']) {
      expect(outcomeOf(await change(id, { name: 'Mine' }))).toBe('404 not_found');
      expect(outcomeOf(await rotateKey(organization, id))).toBe('404 not_found');
    }
  });

  it('leaves dead keys as they are', async () => {
    const [revoked, expired] = await Promise.all([
      createKey(organization),
      createKey(organization, { expires_at: inDays(1) }),
    ]);
    const as = organization.owner.session;
    await ask('DELETE', `${organization.path}/api-keys/${revoked.api_key.id}`, { as });
    await expireKey(expired.api_key.id);
    for (const { api_key } of [revoked, expired]) {
      for (const patch of [{ is_active: true }, { name: 'New' }, { expires_at: inDays(9) }]) {
        expect(outcomeOf(await change(api_key.id, patch))).toBe('409 key_not_active');
      }
      expect(outcomeOf(await rotateKey(organization, api_key.id))).toBe('409 key_not_active');
    }
  });
});

describe('disabling and enabling an API key', () => {
  it('refuses it at once, and serves it again', async () => {
    const own = await newOrganization();
    const { api_key, plaintext_api_key } = await createKey(own);
    const { body } = await changeKey(own, api_key.id, { is_active: false });
    expect(body.api_key).toEqual({ ...api_key, is_active: false });
    expect(await worksAtApi(plaintext_api_key)).toBe(false);
    expect((await changeKey(own, api_key.id, { is_active: false })).status).toBe(200);
    expect((await changeKey(own, api_key.id, { is_active: true })).body.api_key).toEqual(api_key);
    expect(await worksAtApi(plaintext_api_key)).toBe(true);
    for (const what of ['disabled', 'enabled']) {
      const metadata = { name: 'CI', key_prefix: api_key.key_prefix };
      expect(await eventsOf(own, `api_key.${what}`)).toMatchObject([
        { target_id: api_key.id, metadata },
      ]);
    }
    expect(await eventsOf(own, 'api_key.updated')).toEqual([]);
  });

  it('of a disabled key changes the rest as well, and rotates it only when it is enabled', async () => {
    const { api_key } = await createKey(organization);
    await change(api_key.id, { is_active: false });
    expect((await change(api_key.id, { name: 'Later' })).body.api_key).toMatchObject({
      name: 'Later',
      is_active: false,
    });
    expect(outcomeOf(await rotateKey(organization, api_key.id))).toBe('409 key_not_active');
  });

  it('decides also for the day when its maker comes back', async () => {
    const own = await newOrganization();
    const admin = await own.member('admin');
    await ask('PATCH', own.path, {
      as: own.owner.session,
      body: { policy: { member_keys_on_leave: { mode: 'enforced', value: 'revoke_all' } } },
    });
    const { api_key } = await createKey(own, {}, admin.session);
    const pause = (status: string) =>
      ask('PATCH', `${own.path}/members/${admin.id}`, { as: own.owner.session, body: { status } });
    await pause('paused');
    await changeKey(own, api_key.id, { is_active: false });
    await pause('active');
    expect((await readKey(own, api_key.id)).is_active).toBe(false);
  });
});

describe('S31: nobody loosens or enables a key that may do more than he', () => {
  it('is refused to a credential that lacks a scope of it, and open to one that holds all', async () => {
    const { api_key } = await createKey(organization, {
      scopes: ['backups:write'],
      expires_at: inDays(5),
      ip_allowlist: ['10.1.0.0/16'],
    });
    await change(api_key.id, { rate_limit: { limit: 5, window_seconds: 60 } });
    const { plaintext: less } = await organization.apiKey({ scopes: ['api_keys:write'] });
    const { plaintext: all } = await organization.apiKey({
      scopes: ['api_keys:write', 'backups:write'],
    });
    await change(api_key.id, { is_active: false });
    const looser = [
      { is_active: true },
      { ip_allowlist: ['10.0.0.0/8'] },
      { ip_allowlist: null },
      { rate_limit: { limit: 6, window_seconds: 60 } },
      { rate_limit: { limit: 5, window_seconds: 59 } },
      { rate_limit: null },
    ];
    for (const patch of looser) {
      expect(outcomeOf(await change(api_key.id, patch, less))).toBe('403 scope_exceeds_creator');
    }
    const narrower = [
      { ip_allowlist: ['10.1.2.0/24'] },
      { rate_limit: { limit: 4, window_seconds: 61 } },
      { name: 'Narrow' },
    ];
    for (const patch of narrower) {
      expect((await change(api_key.id, patch, less)).status).toBe(200);
    }
    for (const patch of looser) expect((await change(api_key.id, patch, all)).status).toBe(200);
  });

  it('nor one that reaches further or lives longer than the credential', async () => {
    const bound = await createKey(organization, {
      scopes: ['api_keys:write', 'credentials:read'],
      ip_allowlist: ['10.0.0.0/8'],
      expires_at: inDays(2),
    });
    const disabled = async (more: object) => {
      const { api_key } = await createKey(organization, more);
      await change(api_key.id, { is_active: false });
      return api_key.id;
    };
    const enable = async (id: string) =>
      outcomeOf(await change(id, { is_active: true }, bound.plaintext_api_key));
    const within = { ip_allowlist: ['10.2.0.0/16'], expires_at: inDays(1) };
    expect(await enable(await disabled(within))).toBe('200');
    for (const more of [
      { ...within, ip_allowlist: ['192.0.2.0/24'] },
      { ...within, ip_allowlist: null },
      { ...within, expires_at: inDays(3) },
      { ...within, expires_at: null },
    ]) {
      expect(await enable(await disabled(more))).toBe('403 scope_exceeds_creator');
    }
  });
});
