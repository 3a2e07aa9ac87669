import { TIME } from './support/calendar.js';
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
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  newPerson,
  type TestOrganization,
} from './support/keycap.js';

let organization: TestOrganization;
let owner: string;

beforeAll(async () => {
  organization = await newOrganization();
  owner = organization.owner.session;
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
