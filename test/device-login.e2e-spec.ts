import type { ApiKeyBody } from '../src/api-keys/api-keys.dto.js';
import {
  approve,
  changeLogin,
  deny,
  detailsOf,
  LOGINS,
  MODEST,
  outcomeOf,
  poll,
  signedInAgo,
  startLogin,
  type TestLogin,
} from './support/device-logins.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newAddress, newOrganization, newPerson } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import { startServer, testVariable } from './support/servers.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

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

describe('a device', () => {
  it('gets an id, a poll token and a code to show, for ten minutes', async () => {
    const answer = await call<Record<string, string>>('POST', LOGINS, { body: {} });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body)).toEqual([
      'session_id',
      'poll_token',
      'expires_at',
      'state',
      'user_code',
    ]);
    expect(answer.body).toEqual({
      session_id: expect.stringMatching(/^dev_[0-9a-hjkmnp-tv-z]{26}$/),
      poll_token: expect.stringMatching(/^kcd_[0-9A-Za-z]{43}$/),
      expires_at: TIME,
      state: 'pending',
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
    });
    const minutes = (Date.parse(answer.body.expires_at!) - Date.now()) / MINUTE_MS;
    expect(minutes).toBeGreaterThan(9.5);
    expect(minutes).toBeLessThanOrEqual(10);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('begins without a body as well, and by null', async () => {
    expect((await call('POST', LOGINS)).status).toBe(201);
    const nothing = { name: null, device_name: null, scopes: null, expires_at: null, source: null };
    expect((await call('POST', LOGINS, { body: nothing })).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['an unknown scope', { scopes: ['backups:sing'] }, '400 invalid_scope'],
    ['no scope at all', { scopes: [] }, '400 validation_error'],
    ['the past', { expires_at: '2020-01-01T00:00:00Z' }, '400 expires_in_past'],
    ['no time', { expires_at: 'tomorrow' }, '400 validation_error'],
    ['another source', { source: 'dashboard' }, '400 validation_error'],
    ['a blank name', { name: ' ' }, '400 validation_error'],
    ['a name of control characters', { device_name: 'a\u0007' }, '400 validation_error'],
    ['what is no part of it', { organization_id: 'org_1' }, '400 validation_error'],
  ])('is refused for %s', async (_, body, refusal) => {
    expect(outcomeOf(await call('POST', LOGINS, { body }))).toBe(refusal);
  });

  it('begins 30 times an hour from one address, and no more', async () => {
    const from = newAddress();
    const begin = () => call('POST', LOGINS, { from, body: {} });
    const statuses = (await Promise.all(Array.from({ length: 35 }, begin))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(30);
    const refused = await begin();
    expect([outcomeOf(refused), refused.body.error]).toEqual([
      '429 rate_limited',
      'too many device logins from this address, try again later',
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
    expect((await call('POST', LOGINS, { body: {} })).status).toBe(201);
  });

  it('begins as often as the configuration says', async () => {
    const server = await startServer({ env: { KEYCAP_LIMIT_DEVICE_LOGINS_PER_ADDRESS: '2' } });
    const from = newAddress();
    const statuses = [];
    for (let n = 0; n < 3; n++) {
      statuses.push((await call('POST', LOGINS, { url: server.url, from, body: {} })).status);
    }
    expect(statuses).toEqual([201, 201, 429]);
    await server.stop();
  });

  it('gets its key once, by the header of CapyDB and by ours', async () => {
    const login = await startLogin();
    const pending = {
      session_id: login.id,
      state: 'pending',
      expires_at: TIME,
      authorized_at: null,
      organization_id: null,
      organization_name: null,
      organization_slug: null,
      plaintext_api_key: null,
    };
    const before = await poll(login);
    expect([before.status, before.body]).toEqual([200, pending]);
    expect(before.headers.get('cache-control')).toBe('no-store');
    const ours = { 'X-Keycap-Poll-Token': login.pollToken, 'X-CapyDB-Poll-Token': '' };
    expect((await poll(login, { headers: ours })).body).toEqual(pending);

    const approved = await approve(organization, login);
    expect([approved.status, approved.body]).toEqual([200, { state: 'completed' }]);
    const { status, body, headers } = await poll(login);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(pending));
    expect(body).toEqual({
      ...pending,
      state: 'completed',
      authorized_at: TIME,
      organization_id: organization.id,
      organization_name: expect.stringMatching(/^Test /),
      organization_slug: organization.slug,
      plaintext_api_key: expect.stringMatching(/^capy_live_[0-9A-Za-z]{38}$/),
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(outcomeOf(await poll(login))).toBe('410 device_login_delivered');
    const me = await ask<{ principal: { scopes: string[] } }>('GET', '/v1/me', {
      as: body.plaintext_api_key!,
    });
    expect(me.principal.scopes).toEqual(MODEST);
  });

  it('learns no more by a wrong token than by an unknown id', async () => {
    const [login, other] = await Promise.all([startLogin(), startLogin()]);
    const token = 'X-CapyDB-Poll-Token';
    const answers = await Promise.all([
      poll({ id: 'dev_01kaw2hxk5f0c9xd2zp7r3m8qe', pollToken: login.pollToken }),
      poll({ id: login.id, pollToken: other.pollToken }),
      poll({ id: login.id, pollToken: '' }),
      poll({ id: login.id, pollToken: `${login.pollToken}, ${login.pollToken}` }),
      poll({ id: 'nonsense', pollToken: login.pollToken }),
      poll({ id: `ses_${login.id.slice(4)}`, pollToken: login.pollToken }),
      call('GET', `${LOGINS}/${login.id}`),
      call('GET', `${LOGINS}/${login.id}`, { headers: { [token]: 'x'.repeat(5000) } }),
    ]);
    const texts = answers.map(({ status, text, headers }) => [
      status,
      text.replace(headers.get('x-request-id')!, ''),
    ]);
    expect(new Set(texts.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(texts[0]).toEqual([
      404,
      '{"error":"device login not found","code":"not_found","request_id":""}',
    ]);
  });

  it('guesses no more than 30 times a minute, and keeps nobody else from polling', async () => {
    const login = await startLogin();
    const from = newAddress();
    const guess = () => poll({ id: login.id, pollToken: 'kcd_guess' }, { from });
    const statuses = (await Promise.all(Array.from({ length: 40 }, guess))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 404)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const right = await Promise.all(Array.from({ length: 40 }, () => poll(login, { from })));
    expect(new Set(right.map(outcomeOf))).toEqual(new Set(['200']));
  });

  it('is told that it was denied, and that its time is over, in that second', async () => {
    const [denied, late, tooLate] = await Promise.all([startLogin(), startLogin(), startLogin()]);
    const answer = await deny(owner, denied);
    expect([answer.status, answer.body]).toEqual([200, { state: 'denied' }]);
    expect(outcomeOf(await poll(denied))).toBe('410 device_login_denied');
    await changeLogin(late, 'expires_at = now()');
    expect(outcomeOf(await poll(late))).toBe('410 device_login_expired');
    await approve(organization, tooLate);
    await changeLogin(tooLate, 'expires_at = now()');
    expect(outcomeOf(await poll(tooLate))).toBe('410 device_login_expired');
  });

  it('takes nothing by HEAD, which answers as GET', async () => {
    const login = await startLogin();
    await approve(organization, login);
    const headers = { 'X-CapyDB-Poll-Token': login.pollToken };
    const head = await call('HEAD', `${LOGINS}/${login.id}`, { headers });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await poll(login)).body.plaintext_api_key).toMatch(/^capy_live_/);
  });

  it('is not served a stored answer by Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'the same' };
    const from = newAddress();
    const [one, two] = await Promise.all([
      startLogin({}, { headers, from }),
      startLogin({}, { headers, from }),
    ]);
    expect(one.id).not.toBe(two.id);
  });
});

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

describe('a person', () => {
  it('sees what asks, from where and for what', async () => {
    const login = await startLogin(
      { name: 'capydb', device_name: 'laptop', expires_at: '2099-01-01T00:00:00Z' },
      { headers: { 'user-agent': 'capydb/1.4 (linux)' }, from: '10.1.2.3' },
    );
    const { status, body } = await detailsOf(owner, login);
    expect([status, body]).toEqual([
      200,
      {
        session_id: login.id,
        state: 'pending',
        user_code: login.userCode,
        name: 'capydb',
        device_name: 'laptop',
        source: 'cli',
        scopes: MODEST,
        key_expires_at: '2099-01-01T00:00:00.000Z',
        ip: '10.1.2.3',
        user_agent: 'capydb/1.4 (linux)',
        created_at: TIME,
        expires_at: TIME,
      },
    ]);
    expect((await detailsOf((await newPerson()).session, login)).body).toEqual(body);
  });

  it('finds it by its code, however it is typed', async () => {
    const login = await startLogin();
    const typed = login.userCode;
    for (const code of [typed, typed.toLowerCase(), typed.replace('-', ''), ` ${typed} `]) {
      const query = new URLSearchParams({ user_code: code }).toString();
      const { session_id } = await ask<{ session_id: string }>('GET', `${LOGINS}?${query}`, {
        as: owner,
      });
      expect(session_id).toBe(login.id);
    }
    const path = `${LOGINS}?user_code=${typed}`;
    expect(outcomeOf(await call('GET', path))).toBe('401 unauthorized');
    expect(outcomeOf(await call('GET', LOGINS, { as: owner }))).toBe('400 validation_error');
    await deny(owner, login);
    expect(outcomeOf(await call('GET', path, { as: owner }))).toBe('404 not_found');
    const late = await startLogin();
    await changeLogin(late, 'expires_at = now()');
    const lateCode = `${LOGINS}?user_code=${late.userCode}`;
    expect(outcomeOf(await call('GET', lateCode, { as: owner }))).toBe('404 not_found');
    const nonsense = `${LOGINS}?user_code=%27--`;
    expect(outcomeOf(await call('GET', nonsense, { as: owner }))).toBe('404 not_found');
  });

  it('guesses no more than 30 codes a minute, from however many addresses', async () => {
    const { session: as } = await newPerson();
    const guess = () => call('GET', `${LOGINS}?user_code=BBBB-BBBB`, { as });
    const answers = await Promise.all(Array.from({ length: 40 }, guess));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 404)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const { userCode } = await startLogin();
    const right = await call('GET', `${LOGINS}?user_code=${userCode}`, { as });
    expect(outcomeOf(right)).toBe('200');
  });

  it('answers once', async () => {
    const [approved, denied, late] = await Promise.all([startLogin(), startLogin(), startLogin()]);
    await approve(organization, approved);
    await deny(owner, denied);
    await changeLogin(late, 'expires_at = now()');
    const outcomes = async (login: TestLogin): Promise<string[]> => [
      outcomeOf(await approve(organization, login)),
      outcomeOf(await deny(owner, login)),
      outcomeOf(await detailsOf(owner, login)),
    ];
    const completed = '409 device_login_completed';
    expect(await outcomes(approved)).toEqual([completed, completed, '200']);
    const gone = '410 device_login_denied';
    expect(await outcomes(denied)).toEqual([gone, gone, '200']);
    const expired = '410 device_login_expired';
    expect(await outcomes(late)).toEqual([expired, expired, expired]);
    expect((await detailsOf(owner, denied)).body.state).toBe('denied');
    await poll(approved);
    expect(await outcomes(approved)).toEqual([completed, completed, '200']);
  });

  it('A46: neither sees nor changes what another has answered', async () => {
    const [approved, denied] = await Promise.all([startLogin(), startLogin()]);
    const other = await organization.member('admin');
    await approve(organization, approved);
    await deny(owner, denied);
    for (const login of [approved, denied]) {
      expect([
        outcomeOf(await detailsOf(other.session, login)),
        outcomeOf(await approve(organization, login, { as: other.session })),
        outcomeOf(await deny(other.session, login)),
      ]).toEqual(['404 not_found', '404 not_found', '404 not_found']);
    }
    expect((await poll(approved)).body.state).toBe('completed');
  });

  it('approves only within ten minutes of signing in, whatever the policy', async () => {
    const org = await newOrganization();
    const login = await startLogin();
    await signedInAgo(org.owner.email, '601 seconds');
    const refused = await approve(org, login);
    expect([outcomeOf(refused), refused.body.error]).toEqual([
      '403 reauth_required',
      'sign in again: this change asks for a fresh sign-in',
    ]);
    await signedInAgo(org.owner.email, '590 seconds');
    const minutes = (value: number) => ({
      policy: { require_fresh_sign_in_minutes: { mode: 'enforced', value } },
    });
    const as = org.owner.session;
    await ask('PATCH', org.path, { as, body: minutes(5) });
    expect(outcomeOf(await approve(org, login))).toBe('403 reauth_required');
    await inDatabase('UPDATE organizations SET policy = $2 WHERE slug = $1', [
      org.slug,
      minutes(60).policy,
    ]);
    expect(outcomeOf(await approve(org, login))).toBe('200');
    // However long the device then takes.
    await signedInAgo(org.owner.email, '2 hours');
    expect((await poll(login)).body.plaintext_api_key).toMatch(/^capy_live_/);
  });

  it('approves within his own rights, and as was asked for', async () => {
    const { session: member } = await organization.member('member');
    const project = await organization.project();
    const other = await newOrganization();
    const foreignProject = await other.project();
    const attempt = async (wanted: object, approval: object): Promise<string> => {
      const login = await startLogin({ ...wanted });
      return outcomeOf(await approve(organization, login, { ...approval }));
    };
    const host = { scopes: ['credentials:read', 'projects:read'] };
    expect(await attempt(host, { as: member })).toBe('403 scope_exceeds_creator');
    expect(await attempt(host, { as: member, scopes: ['projects:read'] })).toBe('200');
    expect(await attempt(host, { scopes: ['members:read'] })).toBe('400 scope_exceeds_request');
    expect(await attempt(host, { scopes: ['*'] })).toBe('400 scope_exceeds_request');
    expect(await attempt({ scopes: ['read'] }, { scopes: ['projects:read'] })).toBe('200');
    expect(await attempt(host, { scopes: ['backups:sing'] })).toBe('400 invalid_scope');
    expect(await attempt(host, { scopes: [] })).toBe('400 validation_error');
    expect(await attempt(host, { organization_id: other.id })).toBe('404 not_found');
    expect(await attempt(host, { organization_id: 'x' })).toBe('404 not_found');
    expect(await attempt(host, { organization_id: null })).toBe('400 validation_error');
    expect(await attempt(host, { project_id: foreignProject })).toBe('404 project_not_found');
    expect(await attempt({ scopes: ['*'] }, { project_id: project })).toBe(
      '400 scope_not_allowed_for_project_key',
    );
    expect(await attempt(host, { project_id: project })).toBe('200');
  });

  it('approves with a session alone, and by cookie only from a page of ours', async () => {
    const login = await startLogin();
    const key = await organization.apiKey();
    const token = await organization.token(['*']);
    for (const as of [key.plaintext, token]) {
      expect(outcomeOf(await approve(organization, login, { as }))).toBe(
        '403 credential_not_accepted',
      );
      expect(outcomeOf(await deny(as, login))).toBe('403 credential_not_accepted');
    }
    const cookie = `__Host-keycap_session=${owner}`;
    const send = (headers: Record<string, string>, action: string) =>
      call('POST', `${LOGINS}/${login.id}/${action}`, {
        headers: { cookie, ...headers },
        body: action === 'approve' ? { organization_id: organization.id } : {},
      });
    expect(outcomeOf(await send({}, 'approve'))).toBe('403 cross_site');
    expect(outcomeOf(await send({ 'sec-fetch-site': 'cross-site' }, 'deny'))).toBe(
      '403 cross_site',
    );
    expect(outcomeOf(await send({ 'sec-fetch-site': 'same-origin' }, 'approve'))).toBe('200');
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

it('gives no two unanswered logins one code', async () => {
  const own = await startOwnServer();
  const { databaseUrl, url } = own.server;
  const first = await startLogin({}, { url });
  const code = first.userCode.replace('-', '');
  // The next ones draw the code that is taken, twice.
  await inDatabase('CREATE SEQUENCE draws', [], databaseUrl);
  await inDatabase(
    `CREATE FUNCTION draw() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN IF nextval('draws') <= 2 THEN NEW.user_code = '${code}'; END IF; RETURN NEW; END $$`,
    [],
    databaseUrl,
  );
  await inDatabase(
    'CREATE TRIGGER draw BEFORE INSERT ON device_logins FOR EACH ROW EXECUTE FUNCTION draw()',
    [],
    databaseUrl,
  );
  const second = await startLogin({}, { url });
  expect(second.userCode).not.toBe(first.userCode);
  const codes = await inDatabase('SELECT user_code FROM device_logins', [], databaseUrl);
  expect(codes).toHaveLength(2);
  await own.server.stop();
});

it('is forgotten after a day', async () => {
  const own = await startOwnServer();
  const { databaseUrl, url } = own.server;
  const [old, young] = [await startLogin({}, { url }), await startLogin({}, { url })];
  const age = (code: string, interval: string): Promise<unknown> =>
    inDatabase(
      'UPDATE device_logins SET created_at = now() - $2::interval WHERE user_code = $1',
      [code.replace('-', ''), interval],
      databaseUrl,
    );
  await age(old.userCode, '24 hours 1 second');
  await age(young.userCode, '23 hours 59 minutes');
  // Its keeping begins with a sweep.
  const another = await startServer({ database: databaseUrl });
  await another.stop();
  const left = await inDatabase<{ user_code: string }>(
    'SELECT user_code FROM device_logins',
    [],
    databaseUrl,
  );
  expect(left.map(({ user_code }) => user_code)).toEqual([young.userCode.replace('-', '')]);
  await own.server.stop();
});
