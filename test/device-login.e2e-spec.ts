import { TIME } from './support/calendar.js';
import {
  approve,
  changeLogin,
  deny,
  LOGINS,
  MODEST,
  outcomeOf,
  poll,
  startLogin,
} from './support/device-logins.js';
import {
  ask,
  call,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import { startServer } from './support/servers.js';

const MINUTE_MS = 60_000;

let organization: TestOrganization;
let owner: string;

beforeAll(async () => {
  organization = await newOrganization();
  owner = organization.owner.session;
});

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
