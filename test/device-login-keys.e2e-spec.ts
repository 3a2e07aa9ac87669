import type { KeyBody } from './support/api-keys.js';
import { TIME } from './support/calendar.js';
import {
  approve,
  MODEST,
  outcomeOf,
  poll,
  startLogin,
  type TestLogin,
} from './support/device-logins.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

const DAY_MS = 86_400_000;

let organization: TestOrganization;
let owner: string;

beforeAll(async () => {
  organization = await newOrganization();
  owner = organization.owner.session;
});

async function keysIn({ path }: TestOrganization, as = owner): Promise<readonly KeyBody[]> {
  return (await ask<{ api_keys: KeyBody[] }>('GET', `${path}/api-keys`, { as })).api_keys;
}

/** The newest key, which a poll has just made. */
async function newestKey(): Promise<KeyBody> {
  return (await keysIn(organization))[0]!;
}

async function eventsOf(login: TestLogin): Promise<{ action: string; metadata: object }[]> {
  return inDatabase(
    `SELECT action, actor_kind, metadata FROM audit_events
      WHERE target_id = $1 OR metadata ->> 'device_login_id' = $1 ORDER BY id`,
    [login.id],
  );
}

/** Days from now until then, to two decimals. */
const daysUntil = (time: string): number =>
  Math.round(((Date.parse(time) - Date.now()) / DAY_MS) * 100) / 100;

describe('the key', () => {
  const keyFor = async (wanted: object, more: object = {}): Promise<KeyBody> => {
    const login = await startLogin({ ...wanted });
    await approve(organization, login, { ...more });
    expect((await poll(login)).status).toBe(200);
    return newestKey();
  };

  it('is of its source and device, and made by who approved it', async () => {
    const admin = await organization.member('admin');
    const wanted = { name: 'capydb', device_name: "Ada's laptop", source: 'agent' };
    const key = await keyFor(wanted, { as: admin.session });
    expect(key).toMatchObject({
      ...wanted,
      created_by_user_id: admin.id,
      organization_id: organization.id,
      project_id: null,
      scopes: MODEST,
      environment: 'live',
      is_active: true,
      revoked_at: null,
    });
  });

  it('is called as the device is, or as what it is', async () => {
    expect((await keyFor({ device_name: 'laptop' })).name).toBe('laptop');
    expect(await keyFor({})).toMatchObject({ name: 'Command line', source: 'cli' });
    expect((await keyFor({ source: 'agent' })).name).toBe('Agent');
  });

  it('holds the scopes of the host application where none are named', async () => {
    const { scopes } = await keyFor({ scopes: null });
    expect(scopes).toEqual([
      'credentials:read',
      'backups:read',
      'backups:write',
      'jobs:read',
      'schema:read',
    ]);
  });

  it("lives 90 days, or as long as was asked for, an agent's no longer", async () => {
    const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
    expect(daysUntil((await keyFor({})).expires_at!)).toBeCloseTo(90, 1);
    expect(daysUntil((await keyFor({ expires_at: inDays(400) })).expires_at!)).toBeCloseTo(400, 1);
    const agent = { source: 'agent' };
    expect(daysUntil((await keyFor(agent)).expires_at!)).toBeCloseTo(90, 1);
    const wish = { ...agent, expires_at: inDays(400) };
    expect(daysUntil((await keyFor(wish)).expires_at!)).toBeCloseTo(90, 1);
    const short = { ...agent, expires_at: inDays(2) };
    expect(daysUntil((await keyFor(short)).expires_at!)).toBeCloseTo(2, 1);
  });

  it('lives no longer than the policy of the organization says', async () => {
    const org = await newOrganization();
    const as = org.owner.session;
    const policy = { max_key_lifetime_days: { mode: 'enforced', value: 7 } };
    await ask('PATCH', org.path, { as, body: { policy } });
    const login = await startLogin({ expires_at: '2099-01-01T00:00:00Z' });
    await approve(org, login);
    expect((await poll(login)).status).toBe(200);
    const [key] = await keysIn(org, as);
    expect(daysUntil(key!.expires_at!)).toBeCloseTo(7, 1);
  });

  it('is of the project and the scopes that were approved', async () => {
    const project = await organization.project();
    const wanted = { scopes: ['projects:read', 'credentials:read', 'members:read'] };
    const narrower = { project_id: project, scopes: ['credentials:read'] };
    expect(await keyFor(wanted, narrower)).toMatchObject(narrower);
  });

  it('has its making and its approval in the audit log, and no secret of it', async () => {
    const login = await startLogin(
      { device_name: 'laptop', source: 'agent' },
      { headers: { 'user-agent': 'capydb/1.4' }, from: '10.9.8.7' },
    );
    await approve(organization, login);
    const { body } = await poll(login);
    const events = await eventsOf(login);
    expect(events).toEqual([
      {
        action: 'device_login.approved',
        actor_kind: 'user',
        metadata: {
          name: 'laptop',
          device_name: 'laptop',
          source: 'agent',
          requested_from_ip: '10.9.8.7',
          requested_by_user_agent: 'capydb/1.4',
          scopes: MODEST,
          project_id: null,
          expires_at: TIME,
        },
      },
      {
        action: 'api_key.created',
        actor_kind: 'user',
        metadata: expect.objectContaining({ source: 'agent', device_login_id: login.id }),
      },
    ]);
    const rows = await inDatabase<{ row: string }>(
      `SELECT t::text AS row FROM device_logins t
       UNION ALL SELECT t::text FROM audit_events t WHERE organization_id IS NOT NULL
       UNION ALL SELECT t::text FROM api_keys t`,
    );
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).not.toContain(body.plaintext_api_key!.slice('capy_live_'.length + 4));
    expect(stored).not.toContain(login.pollToken.slice('kcd_'.length));
  });
});

describe('between approval and poll', () => {
  /** What becomes of a login whose approver loses something meanwhile. */
  async function afterLoss(
    lose: (org: TestOrganization, admin: { id: string; email: string; session: string }) => unknown,
    scopes: readonly string[] = MODEST,
  ): Promise<{ outcomes: string[]; keys: number; events: string[] }> {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const login = await startLogin({ scopes });
    expect(outcomeOf(await approve(org, login, { as: admin.session }))).toBe('200');
    await lose(org, admin);
    const outcomes = [outcomeOf(await poll(login)), outcomeOf(await poll(login))];
    const [{ count }] = (await inDatabase<{ count: number }>(
      `SELECT count(*)::int FROM api_keys k JOIN organizations o ON o.id = k.organization_id
        WHERE o.slug = $1`,
      [org.slug],
    )) as [{ count: number }];
    const events = (await eventsOf(login)).map(({ action }) => action);
    return { outcomes, keys: count, events };
  }

  const change = (org: TestOrganization, id: string, body: object): Promise<unknown> =>
    ask('PATCH', `${org.path}/members/${id}`, { as: org.owner.session, body });
  const setOrganization = ({ slug }: TestOrganization, column: string): Promise<unknown> =>
    inDatabase(`UPDATE organizations SET ${column} = now() WHERE slug = $1`, [slug]);
  const operator = { as: testVariable('KEYCAP_TEST_OPERATOR_TOKEN') };

  it.each<[string, Parameters<typeof afterLoss>[0], readonly string[]]>([
    [
      'removal',
      ({ path, owner: { session } }, { id }) =>
        ask('DELETE', `${path}/members/${id}`, { as: session, expect: 204 }),
      MODEST,
    ],
    ['a pause', (org, { id }) => change(org, id, { status: 'paused' }), MODEST],
    ['a lower role', (org, { id }) => change(org, id, { role: 'member' }), ['*']],
    [
      'signing out',
      (_, { session }) => call('DELETE', '/v1/sessions/current', { as: session }),
      MODEST,
    ],
    [
      'a new password, set elsewhere',
      async (_, { email, session: approvedIn }) => {
        const password = 'a long enough passphrase';
        const { session_token: as } = await ask<{ session_token: string }>('POST', '/v1/sessions', {
          body: { email, password },
          expect: 201,
        });
        const body = { current_password: password, new_password: 'eleven quiet lamps at sea' };
        await ask('POST', '/v1/users/me/password', { as, body, expect: 204 });
        expect((await call('GET', '/v1/users/me', { as: approvedIn })).status).toBe(401);
      },
      MODEST,
    ],
    [
      'disabling the account',
      (_, { id }) => ask('POST', `/v1/admin/users/${id}/disable`, operator),
      MODEST,
    ],
    [
      'deleting the account',
      (_, { session }) => ask('DELETE', '/v1/users/me', { as: session, expect: 204 }),
      MODEST,
    ],
    ['suspension of the organization', (org) => setOrganization(org, 'suspended_at'), MODEST],
    ['deletion of the organization', (org) => setOrganization(org, 'deleted_at'), MODEST],
  ])('%s denies the login', async (_, lose, scopes) => {
    expect(await afterLoss(lose, scopes)).toEqual({
      outcomes: ['410 device_login_denied', '410 device_login_denied'],
      keys: 0,
      events: ['device_login.approved', 'device_login.denied'],
    });
  });

  it('a lower role that still holds the scopes is enough', async () => {
    const { outcomes, keys } = await afterLoss((org, { id }) =>
      change(org, id, { role: 'member' }),
    );
    expect([outcomes[0], keys]).toEqual(['200', 1]);
  });

  it('a new password that keeps the session is no loss', async () => {
    const { outcomes } = await afterLoss(async (_, { session: as }) => {
      const body = {
        current_password: 'a long enough passphrase',
        new_password: 'eleven quiet lamps at sea',
      };
      await ask('POST', '/v1/users/me/password', { as, body, expect: 204 });
    });
    expect(outcomes[0]).toBe('200');
  });

  it('the project that goes takes the login along', async () => {
    const project = await organization.project();
    const login = await startLogin();
    await approve(organization, login, { project_id: project });
    await ask('DELETE', `/v1/projects/${project}`, { as: owner });
    expect(outcomeOf(await poll(login))).toBe('410 device_login_denied');
  });
});
