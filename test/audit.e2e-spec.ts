import type { AuditEventList } from '../src/audit/audit.dto.js';
import { ask, call, inDatabase, newAddress, newOrganization } from './support/keycap.js';

it('records every change with who made it and from where', async () => {
  const org = await newOrganization();
  const from = newAddress();
  const answer = await call<{ project: { id: string } }>('POST', '/v1/projects', {
    as: org.owner.session,
    body: { organization_id: org.id, name: 'Recorded' },
    from,
    headers: { 'x-request-id': 'my-request-1' },
  });
  const { audit_events: events } = await ask<AuditEventList>('GET', `${org.path}/audit-events`, {
    as: org.owner.session,
  });
  expect(events.map(({ action }) => action)).toEqual([
    'project.created',
    'member.added',
    'organization.created',
  ]);
  expect(events[0]).toEqual({
    id: expect.stringMatching(/^evt_/),
    action: 'project.created',
    actor_kind: 'user',
    actor_id: org.owner.id,
    organization_id: org.id,
    project_id: answer.body.project.id,
    target_id: answer.body.project.id,
    ip: from,
    request_id: 'my-request-1',
    metadata: { name: 'Recorded', slug: 'recorded' },
    created_at: expect.stringMatching(/Z$/),
  });
});

it('names machines by their own id', async () => {
  const org = await newOrganization();
  const [key, client] = [await org.apiKey({ scopes: ['write'] }), await org.client()];
  const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    as: `Basic ${client.basicCredential}`,
    form: { grant_type: 'client_credentials' },
  });
  for (const as of [key.plaintext, access_token]) {
    await ask('PATCH', org.path, { as, body: { name: `Renamed by ${as.slice(0, 9)}` } });
  }
  const { audit_events: events } = await ask<AuditEventList>(
    'GET',
    `${org.path}/audit-events?action=organization.updated`,
    { as: org.owner.session },
  );
  expect(events.map(({ actor_kind, actor_id }) => [actor_kind, actor_id])).toEqual([
    ['oauth_client', client.id],
    ['api_key', key.id],
  ]);
});

it('filters by action and actor, and pages', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  for (const name of ['One', 'Two']) {
    await ask('PATCH', org.path, { as: admin.session, body: { name } });
  }
  const list = (query: string) =>
    ask<AuditEventList>('GET', `${org.path}/audit-events?${query}`, { as: org.owner.session });
  const mine = await list(`actor_id=${admin.id}&limit=1`);
  expect(mine.audit_events.map(({ action }) => action)).toEqual(['organization.updated']);
  const next = await list(`actor_id=${admin.id}&limit=1&cursor=${mine.next_cursor!}`);
  expect(next.audit_events[0]!.id < mine.audit_events[0]!.id).toBe(true);
  expect((await list('action=project.created')).audit_events).toEqual([]);
});

it('is read by admins and by machines with audit:read', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const [reader, other] = await Promise.all([org.token(['audit:read']), org.token()]);
  const statusOf = async (as: string) =>
    (await call('GET', `${org.path}/audit-events`, { as })).status;
  expect(await statusOf(reader)).toBe(200);
  expect(await statusOf(member.session)).toBe(403);
  expect(await statusOf(other)).toBe(403);
});

it('writes nothing for a change that fails', async () => {
  const org = await newOrganization();
  const answer = await call('PATCH', `${org.path}/members/me`, {
    as: org.owner.session,
    body: { role: 'member' },
  });
  expect(answer.status).toBe(409);
  const events = await inDatabase(
    `SELECT e.action FROM audit_events e JOIN organizations o ON o.id = e.organization_id
     WHERE o.slug = $1 AND e.action = 'member.role_changed'`,
    [org.slug],
  );
  expect(events).toEqual([]);
});
