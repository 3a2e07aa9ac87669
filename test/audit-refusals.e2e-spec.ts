import type { AuditEventBody, AuditEventList } from '../src/audit/audit.dto.js';
import { ask, call, inDatabase, newAddress, newOrganization, newPerson } from './support/keycap.js';
import { configuredToken, mustOperate, OPERATOR, operatorToken } from './support/operator.js';
import { ageSignIn, setPolicy } from './support/organizations.js';
import type { TestServer } from './support/servers.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';

function present<T>(rows: T[]): T[] {
  if (rows.length === 0) throw new Error('none yet');
  return rows;
}

interface Organization {
  readonly path: string;
  readonly owner: { readonly session: string };
}

async function refusalsOf({ path, owner }: Organization, action: string) {
  const { audit_events } = await ask<AuditEventList>(
    'GET',
    `${path}/audit-events?action=${action}`,
    { as: owner.session },
  );
  return audit_events;
}

/** What operators see of a refusal, once it is recorded. */
const operatorsEvents = (query: string): Promise<AuditEventBody[]> =>
  until('a refusal is recorded', async () => {
    const path = `/audit-events?${query}`;
    return present((await mustOperate<AuditEventList>('GET', path)).audit_events);
  });

const byReason = (one: object, other: object): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

const written = (org: Organization, action: string): Promise<AuditEventBody[]> =>
  until('a refusal is recorded', () => refusalsOf(org, action).then(present));

it('records what a member may not do, once a minute for each reason', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const from = newAddress();
  for (const name of ['One', 'Two', 'Three']) {
    const answer = await call('PATCH', org.path, { as: member.session, from, body: { name } });
    expect(answer.status).toBe(403);
  }
  expect(await written(org, 'session.refused')).toEqual([
    {
      id: expect.stringMatching(/^evt_/),
      action: 'session.refused',
      actor_kind: 'user',
      actor_id: member.id,
      organization_id: org.path.split('/').at(-1),
      project_id: null,
      target_id: member.id,
      ip: from,
      request_id: expect.any(String),
      metadata: { reason: 'insufficient_role', count: 1 },
      created_at: expect.any(String),
    },
  ]);
});

it('records what services refuse a person, with the code', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  const answer = await call('PATCH', `${org.path}/members/${org.owner.id}`, {
    as: admin.session,
    body: { role: 'member' },
  });
  const [event] = await written(org, 'session.refused');
  expect(event!.metadata).toEqual({ reason: answer.body.code, count: 1 });
});

it('records what keys and clients may not do', async () => {
  const org = await newOrganization();
  const [key, token] = [await org.apiKey({ scopes: ['projects:read'] }), await org.token(['read'])];
  for (const as of [key.plaintext, token]) {
    expect((await call('PATCH', org.path, { as, body: { name: 'x' } })).status).toBe(403);
  }
  const [ofKey] = await written(org, 'api_key.refused');
  expect(ofKey).toMatchObject({
    actor_id: key.id,
    metadata: { reason: 'insufficient_scope', count: 1 },
  });
  const [ofClient] = await written(org, 'oauth_client.refused');
  expect(ofClient).toMatchObject({ actor_kind: 'oauth_client' });
});

it('tells an organization nothing of strangers', async () => {
  const [org, stranger] = [await newOrganization(), await newPerson()];
  const member = await org.member('member');
  const body = { name: 'x' };
  expect((await call('PATCH', org.path, { as: stranger.session, body })).status).toBe(404);
  expect((await call('PATCH', org.path, { as: member.session, body })).status).toBe(403);
  const events = await written(org, 'session.refused');
  expect(events.map(({ actor_id }) => actor_id)).toEqual([member.id]);
});

it('records what a person may not do with a project in its organization', async () => {
  const [org, stranger] = [await newOrganization(), await newPerson()];
  const member = await org.member('member');
  const path = `/v1/projects/${await org.project()}`;
  const body = { name: 'x' };
  expect((await call('PATCH', path, { as: stranger.session, body })).status).toBe(404);
  expect((await call('PATCH', path, { as: member.session, body })).status).toBe(403);
  const made = { ...body, organization_id: org.id };
  expect((await call('POST', '/v1/projects', { as: member.session, body: made })).status).toBe(403);
  const events = await written(org, 'session.refused');
  expect(events.map(({ actor_id, metadata }) => [actor_id, metadata])).toEqual([
    [member.id, { reason: 'insufficient_role', count: 1 }],
  ]);
});

it('records what services refuse a person about a project in its organization', async () => {
  const org = await newOrganization();
  const project = await org.project();
  await setPolicy(org, { require_fresh_sign_in_minutes: { mode: 'enforced', value: 5 } });
  await ageSignIn(org.owner, 10);
  const answer = await call('DELETE', `/v1/projects/${project}`, { as: org.owner.session });
  expect([answer.status, answer.body.code]).toEqual([403, 'reauth_required']);
  const [event] = await written(org, 'session.refused');
  expect(event).toMatchObject({ actor_id: org.owner.id, metadata: { reason: 'reauth_required' } });
});

it('records what a person is refused that concerns no organization, for operators', async () => {
  const { id, session } = await newPerson();
  for (let times = 0; times < 2; times++) {
    expect((await call('GET', '/v1/admin/stats', { as: session })).status).toBe(403);
  }
  const [event] = await operatorsEvents(`actor_id=${id}&action=session.refused`);
  expect(event).toMatchObject({
    actor_kind: 'user',
    organization_id: null,
    target_id: id,
    metadata: { reason: 'credential_not_accepted', count: 1 },
  });
});

it("records what an organization's key is refused at /v1/admin in the organization", async () => {
  const org = await newOrganization();
  const { id, plaintext } = await org.apiKey();
  expect((await call('GET', '/v1/admin/stats', { as: plaintext })).status).toBe(403);
  const [event] = await written(org, 'api_key.refused');
  expect(event).toMatchObject({ actor_id: id, metadata: { reason: 'credential_not_accepted' } });
});

it('records where an operator is none', async () => {
  const answer = await call('GET', '/v1/users/me', { as: operatorToken() });
  expect(answer.status).toBe(403);
  const [event] = await operatorsEvents(`actor_id=${OPERATOR}&action=operator.refused`);
  expect(event).toMatchObject({
    actor_kind: 'operator',
    organization_id: null,
    target_id: OPERATOR,
    metadata: { reason: 'credential_not_accepted' },
  });
});

describe('at /v1/admin', () => {
  const [token, entry] = configuredToken('kco', 'rita');
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ env: { KEYCAP_OPERATOR_TOKENS: entry } });
  });
  afterAll(() => server.stop());

  it('records who is no operator, all of them together', async () => {
    const { url } = server;
    const unknown = configuredToken('kco', 'eve')[0];
    for (const as of [unknown, configuredToken('kco', 'mallory')[0], undefined]) {
      const path = '/v1/admin/stats';
      expect((await call('GET', path, { url, ...(as && { as }) })).status).toBe(401);
    }
    const events = await until('both reasons are recorded', async () => {
      const path = '/v1/admin/audit-events?action=operator.refused';
      const { audit_events } = await ask<AuditEventList>('GET', path, { url, as: token });
      return audit_events.length < 2 ? null : audit_events;
    });
    expect(JSON.stringify(events)).not.toContain(unknown);
    expect(events.map(({ metadata }) => metadata).toSorted(byReason)).toEqual([
      { reason: 'no credential', count: 1 },
      { reason: 'unknown operator token', count: 1 },
    ]);
    for (const { actor_kind, actor_id, organization_id, target_id } of events) {
      expect([actor_kind, actor_id, organization_id, target_id]).toEqual([
        'operator',
        null,
        null,
        null,
      ]);
    }
  });
});

it('records a wrong password of somebody, in no organization, once a minute', async () => {
  const { email, id } = await newPerson();
  const wrong = { email, password: 'not the right passphrase' };
  for (let times = 0; times < 2; times++) {
    expect((await call('POST', '/v1/sessions', { body: wrong })).status).toBe(401);
  }
  const events = await until('the refusal is recorded', () =>
    inDatabase(
      `SELECT organization_id, target_id, metadata FROM audit_events
        WHERE action = 'session.refused' AND actor_id = $1`,
      [id],
    ).then(present),
  );
  expect(events).toEqual([
    { organization_id: null, target_id: id, metadata: { reason: 'wrong password', count: 1 } },
  ]);
});

it('records nothing for an address that nobody has', async () => {
  const from = newAddress();
  const body = { email: 'nobody@keycap.test', password: 'not the right passphrase' };
  expect((await call('POST', '/v1/sessions', { body, from })).status).toBe(401);
  const { email } = await newPerson();
  await call('POST', '/v1/sessions', { body: { ...body, email } });
  await until('the next refusal is recorded', () =>
    inDatabase(
      `SELECT FROM audit_events e JOIN users u ON u.email = $1
        WHERE e.action = 'session.refused' AND e.created_at > u.created_at`,
      [email],
    ).then((rows) => rows.length > 0),
  );
  const events = await inDatabase('SELECT FROM audit_events WHERE ip = $1', [from]);
  expect(events).toEqual([]);
});
