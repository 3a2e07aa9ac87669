import type { AuditEventList } from '../src/audit/audit.dto.js';
import type { FoundCredentialList } from '../src/operators/credential-lookup.dto.js';
import type { MailList } from '../src/operators/outbox.dto.js';
import type { StatisticsAnswer } from '../src/operators/statistics.dto.js';
import { encodeId, newId } from '../src/access/ids.js';
import { ask, call, inDatabase, newOrganization, randomText } from './support/keycap.js';
import { mustOperate, operate, OPERATOR, operatorToken } from './support/operator.js';
import { testVariable } from './support/servers.js';
import { until } from './support/until.js';

describe('looking a credential up', () => {
  const lookUp = (body: Readonly<Record<string, unknown>>): Promise<FoundCredentialList> =>
    mustOperate('POST', '/credentials/lookup', { body });

  it('says of each kind what it is, of whom, and whether it is good', async () => {
    const organization = await newOrganization();
    const { owner } = organization;
    const key = await organization.apiKey();
    const client = await organization.client();
    const token = await organization.token();
    const found = async (body: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const { credentials } = await lookUp(body);
      expect(credentials).toHaveLength(1);
      return credentials[0];
    };
    const live = { state: 'active', reason: null };
    const its = { organization_id: organization.id, project_id: null, ...live };
    expect(await found({ credential: key.plaintext })).toMatchObject({
      kind: 'api_key',
      id: key.id,
      user_id: owner.id,
      ...its,
    });
    expect(await found({ credential: token })).toMatchObject({ kind: 'access_token', ...its });
    expect(await found({ client_id: client.id })).toMatchObject({
      kind: 'oauth_client',
      id: client.id,
      name: 'Test',
      ...its,
    });
    const none = { organization_id: null, project_id: null, ...live };
    expect(await found({ credential: owner.session })).toMatchObject({
      kind: 'session',
      user_id: owner.id,
      last_used_at: expect.any(String),
      ...none,
    });
    const server = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');
    expect(await found({ credential: server })).toMatchObject({ kind: 'resource_server', ...none });
    expect(await found({ credential: operatorToken() })).toMatchObject({
      kind: 'operator',
      id: OPERATOR,
      ...none,
    });
  });

  it('finds signed tokens, and keys by what is shown of them', async () => {
    const { path, owner } = await newOrganization();
    const as = owner.session;
    const { basic_credential: basic } = await ask<{ basic_credential: string }>(
      'POST',
      `${path}/oauth-clients`,
      { as, body: { name: 'JWT', token_format: 'jwt' }, expect: 201 },
    );
    const { access_token: credential } = await ask<{ access_token: string }>('POST', '/o/token/', {
      as: `Basic ${basic}`,
      form: { grant_type: 'client_credentials' },
    });
    const { credentials } = await lookUp({ credential });
    expect(credentials).toMatchObject([{ kind: 'access_token', state: 'active' }]);
    const { api_key: key } = await ask<{ api_key: { id: string; key_prefix: string } }>(
      'POST',
      `${path}/api-keys`,
      { as, body: { name: 'x', scopes: ['read'] }, expect: 201 },
    );
    const byPrefix = await lookUp({ key_prefix: key.key_prefix });
    expect(byPrefix.credentials.map(({ id }) => id)).toContain(key.id);
  });

  it('says why one is good for nothing', async () => {
    const organization = await newOrganization();
    const { path, owner } = organization;
    const as = owner.session;
    const [revoked, live] = [await organization.apiKey(), await organization.apiKey()];
    await ask('DELETE', `${path}/api-keys/${revoked.id}`, { as });
    const client = await organization.client();
    const reasonOf = async (body: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const [found] = (await lookUp(body)).credentials;
      return [found!.state, found!.reason];
    };
    expect(await reasonOf({ credential: revoked.plaintext })).toEqual([
      'inactive',
      'the key is revoked',
    ]);
    await mustOperate('POST', `/organizations/${organization.id}/suspend`, {
      body: { reason: 'x' },
    });
    const suspended = ['inactive', 'the organization is suspended'];
    expect(await reasonOf({ credential: live.plaintext })).toEqual(suspended);
    expect(await reasonOf({ client_id: client.id })).toEqual(suspended);
    await mustOperate('POST', `/users/${owner.id}/end-sessions`, { expect: 204 });
    expect(await reasonOf({ credential: as })).toEqual(['inactive', 'the session is ended']);
  });

  it('finds nothing where there is nothing, and holds no secret', async () => {
    const { plaintext } = await (await newOrganization()).apiKey();
    const wrong = plaintext.slice(0, -1) + (plaintext.endsWith('0') ? '1' : '0');
    for (const body of [
      { credential: wrong },
      { credential: `kcs_${'a'.repeat(43)}` },
      { credential: `kco_${'a'.repeat(43)}` },
      { credential: 'a.b.c' },
      { credential: 'x' },
      { client_id: 'x' },
      { key_prefix: 'capy_live_' },
    ]) {
      expect(await lookUp(body)).toEqual({ credentials: [] });
    }
    const { text } = await operate('POST', '/credentials/lookup', {
      body: { credential: plaintext },
    });
    expect(text).not.toContain(plaintext.slice(-30));
    expect(text).not.toMatch(/digest|hash/);
  });

  it('takes exactly one of three', async () => {
    for (const body of [
      {},
      { credential: 'x', client_id: 'y' },
      { credential: '' },
      { secret: 'x' },
    ]) {
      const { status } = await operate('POST', '/credentials/lookup', { body });
      expect(status).toBe(400);
    }
  });
});

describe('creating an organization for someone', () => {
  it('invites its first owner, who makes it his by accepting', async () => {
    const email = `${randomText()}@keycap.test`;
    const made = await mustOperate<{ organization: { id: string }; accept_url: string }>(
      'POST',
      '/organizations',
      { body: { name: 'For Grace', owner_email: email }, expect: 201 },
    );
    const { id } = made.organization;
    const [, token] = made.accept_url.split('#token=');
    const body = { token, name: 'Grace', password: 'a ship in port is safe' };
    const accepted = await ask<{ session_token: string; member: { role: string } }>(
      'POST',
      '/v1/invitations/accept',
      { body },
    );
    expect(accepted.member.role).toBe('owner');
    const as = accepted.session_token;
    expect((await call('GET', `/v1/organizations/${id}`, { as })).status).toBe(200);
    expect((await call('DELETE', '/v1/users/me', { as })).body.code).toBe('last_owner');
    const { audit_events: events } = await mustOperate<AuditEventList>(
      'GET',
      `/audit-events?organization_id=${id}`,
    );
    const byOperator = events.filter(({ actor_kind: kind }) => kind === 'operator');
    expect(byOperator.map(({ action, actor_id: by }) => [action, by])).toEqual([
      ['invitation.created', OPERATOR],
      ['organization.created', OPERATOR],
    ]);
  });

  it('refuses a slug that is taken, and shows the link once', async () => {
    const { slug } = await newOrganization();
    const owner_email = `${randomText()}@keycap.test`;
    const taken = await operate('POST', '/organizations', {
      body: { name: 'x', slug, owner_email },
    });
    expect([taken.status, taken.body.code]).toEqual([409, 'slug_taken']);
    const bad = await operate('POST', '/organizations', { body: { name: 'x' } });
    expect(bad.status).toBe(400);
    const options = {
      body: { name: 'x', owner_email },
      headers: { 'idempotency-key': owner_email },
    };
    const first = await operate<{ accept_url: string }>('POST', '/organizations', options);
    const again = await operate<{ accept_url: string }>('POST', '/organizations', options);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });
});

describe('the audit events of all organizations', () => {
  it('are narrowed by organization, action, actor, target and time, and cut into pages', async () => {
    const [one, two] = [await newOrganization(), await newOrganization()] as const;
    await one.apiKey();
    await two.apiKey();
    const list = (query: string): Promise<AuditEventList> =>
      mustOperate('GET', `/audit-events?${query}`);
    const ofOne = await list(`organization_id=${one.id}`);
    expect(new Set(ofOne.audit_events.map((event) => event.organization_id))).toEqual(
      new Set([one.id]),
    );
    const made = await list(`action=api_key.created&actor_id=${one.owner.id}`);
    expect(made.audit_events.map((event) => event.organization_id)).toEqual([one.id]);
    const at = made.audit_events[0]!.created_at;
    const later = new Date(Date.parse(at) + 1).toISOString();
    const key = made.audit_events[0]!.target_id!;
    const countOf = async (query: string): Promise<number> =>
      (await list(`target_id=${key}${query}`)).audit_events.length;
    expect([
      await countOf(''),
      await countOf(`&from=${at}&to=${later}`),
      await countOf(`&to=${at}`),
      await countOf(`&from=${later}`),
      await countOf('&action=api_key.revoked'),
      await countOf(`&organization_id=${two.id}`),
    ]).toEqual([1, 1, 0, 0, 0, 0]);
    const page = await list('action=api_key.created&limit=1');
    const next = await list(`action=api_key.created&limit=1&cursor=${page.next_cursor!}`);
    expect(next.audit_events[0]!.id < page.audit_events[0]!.id).toBe(true);
    expect((await operate('GET', '/audit-events?organization_id=x')).status).toBe(404);
    expect((await operate('GET', '/audit-events?action=x')).status).toBe(400);
    expect((await operate('GET', '/audit-events?from=yesterday')).status).toBe(400);
  });
});

/** Of the whole deployment. */
function activeCounts({
  organizations,
  users,
  api_keys,
  oauth_clients,
}: StatisticsAnswer): number[] {
  return [organizations, users, api_keys, oauth_clients].map(({ active }) => active);
}

it('counts what there is', async () => {
  // Other tests make and end theirs meanwhile, some of them thousands at once.
  const hasGrown = await until('everything was counted that was made in between', async () => {
    const before = activeCounts(await mustOperate<StatisticsAnswer>('GET', '/stats'));
    const organization = await newOrganization();
    await organization.apiKey();
    await organization.client();
    const after = activeCounts(await mustOperate<StatisticsAnswer>('GET', '/stats'));
    return after.every((count, index) => count > before[index]!);
  });
  expect(hasGrown).toBe(true);
});

it('tells who gets most tokens, and how large the tables are', async () => {
  const organization = await newOrganization();
  const { id } = await organization.client();
  await inDatabase(
    `INSERT INTO oauth_client_usage (client_id, day, tokens_issued)
     VALUES ($1, (now() AT TIME ZONE 'UTC')::date, 1000000), ($1, '2020-01-01', 5)`,
    [id],
  );
  const { tokens, tables } = await mustOperate<StatisticsAnswer>('GET', '/stats');
  expect(tokens.by_client).toContainEqual({
    client_id: id,
    organization_id: organization.id,
    tokens_issued: 1_000_000,
  });
  const users = tables.find(({ name }) => name === 'users')!;
  expect(users).toMatchObject({ part_of: null, bytes: expect.any(Number) });
  const partition = tables.find(({ part_of: whole }) => whole === 'access_tokens')!;
  expect(partition.name).toMatch(/^access_tokens_\d+$/);
});

it('says how much is in memory, and how far the log of changes was followed', async () => {
  const key = await (await newOrganization()).apiKey();
  const used = (): Promise<unknown> => ask('GET', '/v1/me', { as: key.plaintext });
  await used();
  // A server that is busy with other tests may be too far behind the log to answer from memory.
  const { cache, change_log: log } = await until(
    'three uses were answered from memory',
    async () => {
      const before = await mustOperate<StatisticsAnswer>('GET', '/stats');
      for (let time = 0; time < 3; time++) await used();
      const after = await mustOperate<StatisticsAnswer>('GET', '/stats');
      // Of the key, and of its organization.
      const wereHits = after.cache.hits - before.cache.hits >= 6;
      return wereHits && after.change_log.answers_from_memory && after;
    },
  );
  expect(cache.entries).toBeGreaterThan(0);
  expect(cache.bytes).toBeGreaterThan(0);
  expect(log).toEqual({
    lag_seconds: expect.any(Number),
    answers_from_memory: true,
    clock_offset_seconds: expect.any(Number),
  });
  expect(Math.abs(log.clock_offset_seconds)).toBeLessThan(60);
});

describe('the outbox', () => {
  const SECRET = 'https://keycap.test/dashboard/reset-password#token=hidden';

  /** One to nobody else, unless he is named. @returns its id */
  async function mail(
    state: string,
    { recipient = `${randomText()}@keycap.test`, life = '1 day' } = {},
  ): Promise<string> {
    const id = newId();
    await inDatabase(
      `INSERT INTO outgoing_mails (id, kind, recipient, sealed, state, attempts, next_attempt_at,
                                   last_error, created_at, expires_at)
       VALUES ($1, 'password_reset', $2, $3, $4, 2, now() + interval '1 hour',
               'connection refused', now(), now() + $5::interval)`,
      [id, recipient, state === 'failed' ? Buffer.from(SECRET) : null, state, life],
    );
    return encodeId('outgoingMail', id);
  }

  const mails = (query: string): Promise<MailList> => mustOperate('GET', `/outbox?${query}`);

  it('shows who gets what and how far it got, and never what it says', async () => {
    const recipient = `${randomText()}@keycap.test`;
    const id = await mail('failed', { recipient });
    const answer = await operate<MailList>('GET', `/outbox?recipient=${recipient}`);
    expect(answer.body.mails).toHaveLength(1);
    expect(answer.body.mails[0]).toEqual({
      id,
      kind: 'password_reset',
      recipient,
      organization_id: null,
      state: 'failed',
      attempts: 2,
      last_error: 'connection refused',
      next_attempt_at: expect.any(String),
      created_at: expect.any(String),
      sent_at: null,
      expires_at: expect.any(String),
    });
    expect(answer.text).not.toMatch(/token|sealed|subject/);
  });

  it('is narrowed by recipient and state, newest first, and cut into pages', async () => {
    const recipient = `${randomText()}@keycap.test`;
    const first = await mail('sent', { recipient });
    const sent = [await mail('sent', { recipient }), first];
    const failed = await mail('failed', { recipient });
    await mail('failed');
    const idsOf = ({ mails: found }: MailList): string[] => found.map(({ id }) => id);
    const all = [failed, ...sent];
    expect(idsOf(await mails(`recipient=${recipient.toUpperCase()}`))).toEqual(all);
    expect(idsOf(await mails(`recipient=${recipient}&state=sent`))).toEqual(sent);
    expect(idsOf(await mails(`recipient=${recipient}&state=waiting`))).toEqual([]);
    const everyones = await mails('state=failed');
    expect(everyones.mails.every(({ state }) => state === 'failed')).toBe(true);
    const page = await mails(`recipient=${recipient}&limit=2`);
    const rest = await mails(`recipient=${recipient}&limit=2&cursor=${page.next_cursor!}`);
    expect([idsOf(page), idsOf(rest), rest.next_cursor]).toEqual([
      all.slice(0, 2),
      all.slice(2),
      null,
    ]);
    const refused = await operate('GET', '/outbox?recipient=nobody');
    expect(refused.status).toBe(400);
    expect(refused.body.fields).toEqual({ recipient: ['recipient must be an e-mail address'] });
  });

  it('tries one again that has failed, and none that was sent or is dead', async () => {
    const recipient = `${randomText()}@keycap.test`;
    const id = await mail('failed', { recipient });
    expect(await mustOperate('POST', `/outbox/${id}/retry`)).toEqual({ retried: true });
    const [retried] = (await mails(`recipient=${recipient}`)).mails;
    expect(retried!.state).toBe('waiting');
    // It had to wait for an hour.
    expect(Date.parse(retried!.next_attempt_at)).toBeLessThan(Date.now() + 30 * 60_000);
    for (const dead of [
      await mail('sent'),
      await mail('expired'),
      await mail('failed', { life: '-1 day' }),
    ]) {
      const { status, body } = await operate('POST', `/outbox/${dead}/retry`);
      expect([status, body.code]).toEqual([409, 'mail_not_retryable']);
    }
    const unknown = await operate('POST', '/outbox/msg_01kaw2hxk5f0c9xd2zp7r3m8qe/retry');
    expect(unknown.status).toBe(404);
    const { audit_events: events } = await mustOperate<AuditEventList>(
      'GET',
      `/audit-events?action=mail.retried&target_id=${id}`,
    );
    expect(events.map(({ actor_id: by, metadata }) => ({ by, metadata }))).toEqual([
      { by: OPERATOR, metadata: { kind: 'password_reset' } },
    ]);
  });
});
