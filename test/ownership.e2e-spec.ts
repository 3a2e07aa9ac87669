import type { MemberAnswer, MemberList } from '../src/organizations/members/members.dto.js';
import { ask, call, newOrganization, newPerson, type TestOrganization } from './support/keycap.js';
import { eventsOf, outcomeOf } from './support/organizations.js';

const transfer = (org: TestOrganization, user_id: unknown, as = org.owner.session) =>
  call<MemberAnswer>('POST', `${org.path}/transfer-ownership`, { as, body: { user_id } });

async function rolesOf(org: TestOrganization, as: string): Promise<Record<string, string>> {
  const { members } = await ask<MemberList>('GET', `${org.path}/members`, { as });
  return Object.fromEntries(members.map(({ user_id, role }) => [user_id, role]));
}

it('makes the one an owner and the other an admin, and records it', async () => {
  const org = await newOrganization();
  const heir = await org.member('member');
  const { status, body } = await transfer(org, heir.id);
  expect([status, body.member.user_id, body.member.role]).toEqual([200, heir.id, 'owner']);
  expect(await rolesOf(org, heir.session)).toEqual({ [heir.id]: 'owner', [org.owner.id]: 'admin' });
  const [event] = await eventsOf(org, 'organization.ownership_transferred');
  expect(event).toMatchObject({
    actor_id: org.owner.id,
    target_id: org.id,
    metadata: { from: org.owner.id, to: heir.id },
  });
  // He is none any more, at once.
  expect(outcomeOf(await transfer(org, heir.id))).toBe('403 insufficient_role');
});

it('refuses someone who is no active member, and himself', async () => {
  const org = await newOrganization();
  const paused = await org.member('admin');
  await ask('PATCH', `${org.path}/members/${paused.id}`, {
    as: org.owner.session,
    body: { status: 'paused' },
  });
  const stranger = await newPerson();
  for (const id of [paused.id, stranger.id, 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe', 'nobody']) {
    expect(outcomeOf(await transfer(org, id))).toBe('404 not_found');
  }
  expect(outcomeOf(await transfer(org, org.owner.id))).toBe('409 already_owner');
  for (const id of [undefined, null, 7]) {
    expect(outcomeOf(await transfer(org, id))).toBe('400 validation_error');
  }
  expect((await rolesOf(org, org.owner.session))[org.owner.id]).toBe('owner');
});

it('is for owners in person alone', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  const outcomes = [];
  for (const as of [admin.session, (await org.apiKey()).plaintext, await org.token(['*'])]) {
    outcomes.push(outcomeOf(await transfer(org, admin.id, as)));
  }
  expect(outcomes).toEqual([
    '403 insufficient_role',
    '403 credential_not_accepted',
    '403 credential_not_accepted',
  ]);
});
