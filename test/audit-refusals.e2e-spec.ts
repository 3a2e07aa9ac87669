import type { AuditEventBody, AuditEventList } from '../src/audit/audit.dto.js';
import { ask, call, inDatabase, newAddress, newOrganization, newPerson } from './support/keycap.js';
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
