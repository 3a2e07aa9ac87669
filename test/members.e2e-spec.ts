import type { AuditEventList } from '../src/audit/audit.dto.js';
import type { MemberAnswer, MemberList } from '../src/organizations/members/members.dto.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  newPerson,
  type Person,
  type TestOrganization,
} from './support/keycap.js';

const patch = (org: TestOrganization, ref: string, as: string, body: object) =>
  call<MemberAnswer & { code: string }>('PATCH', `${org.path}/members/${ref}`, { as, body });

const remove = (org: TestOrganization, ref: string, as: string) =>
  call('DELETE', `${org.path}/members/${ref}`, { as });

/** Makes someone an owner, which an owner may. */
const promote = (org: TestOrganization, person: Person) =>
  ask('PATCH', `${org.path}/members/${person.id}`, {
    as: org.owner.session,
    body: { role: 'owner' },
  });

it('lists members newest first, in pages that a cursor continues', async () => {
  const org = await newOrganization();
  const people = [await org.member('admin'), await org.member('member')];
  const first = await ask<MemberList>('GET', `${org.path}/members?limit=2`, {
    as: people[1]!.session,
  });
  expect(first.members.map(({ user_id, role }) => [user_id, role])).toEqual([
    [people[1]!.id, 'member'],
    [people[0]!.id, 'admin'],
  ]);
  const second = await ask<MemberList>(
    'GET',
    `${org.path}/members?limit=2&cursor=${first.next_cursor!}`,
    { as: people[1]!.session },
  );
  expect(second.members.map(({ user_id }) => user_id)).toEqual([org.owner.id]);
  expect(second.next_cursor).toBeNull();
});

it('A1: refuses a cursor with a byte changed, and one of another list', async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  await Promise.all([org.member('member'), other.member('member')]);
  const listOf = (each: TestOrganization, query: string) =>
    call<MemberList & { code: string }>('GET', `${each.path}/members?${query}`, {
      as: each.owner.session,
    });
  const cursor = (await listOf(org, 'limit=1')).body.next_cursor!;
  expect((await listOf(org, `cursor=${cursor}`)).status).toBe(200);
  expect((await listOf(other, `cursor=${cursor}`)).status).toBe(400);
  for (let position = 0; position < cursor.length; position += 5) {
    const other = cursor[position] === 'A' ? 'B' : 'A';
    const forged = cursor.slice(0, position) + other + cursor.slice(position + 1);
    const { status, body } = await listOf(org, `cursor=${forged}`);
    expect([status, body.code]).toEqual([400, 'validation_error']);
  }
});

it('filters by role, status and part of a name or address', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  const member = await org.member('member');
  await ask('PATCH', `${org.path}/members/${member.id}`, {
    as: admin.session,
    body: { status: 'paused' },
  });
  const idsOf = async (query: string) => {
    const list = await ask<MemberList>('GET', `${org.path}/members?${query}`, {
      as: admin.session,
    });
    return list.members.map(({ user_id }) => user_id);
  };
  expect(await idsOf('role=admin')).toEqual([admin.id]);
  expect(await idsOf('status=paused')).toEqual([member.id]);
  expect(await idsOf(`q=${admin.email.slice(2, 12).toUpperCase()}`)).toEqual([admin.id]);
  expect(await idsOf('q=%25')).toEqual([]);
});

it.each(['limit=0', 'limit=501', 'limit=x', 'limit=1&limit=2', 'role=king', 'nope=1', 'q='])(
  'refuses ?%s',
  async (query) => {
    const org = await newOrganization();
    const answer = await call('GET', `${org.path}/members?${query}`, { as: org.owner.session });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
  },
);

it('reads a member by user id, membership id, and `me`', async () => {
  const org = await newOrganization();
  const { members } = await ask<MemberList>('GET', `${org.path}/members`, {
    as: org.owner.session,
  });
  const [owner] = members;
  expect(owner).toEqual({
    id: expect.stringMatching(/^mem_/),
    organization_id: org.id,
    user_id: org.owner.id,
    role: 'owner',
    status: 'active',
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
    user: { id: org.owner.id, email: org.owner.email, name: 'Test person' },
  });
  for (const ref of [owner!.id, org.owner.id, 'me']) {
    const answer = await ask<MemberAnswer>('GET', `${org.path}/members/${ref}`, {
      as: org.owner.session,
    });
    expect(answer).toEqual({ member: owner });
  }
});

it('answers a foreign, an absent and a malformed reference with the same 404', async () => {
  const org = await newOrganization();
  const stranger = await newPerson();
  const refs = [stranger.id, 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe', 'nonsense', 'me'];
  const { plaintext } = await org.apiKey();
  for (const ref of refs) {
    const { status, body } = await call('GET', `${org.path}/members/${ref}`, { as: plaintext });
    expect([status, { ...body, request_id: '' }]).toEqual([
      404,
      { error: 'member not found', code: 'not_found', request_id: '' },
    ]);
  }
});

it('changes role and status, and records both', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const { status, body } = await patch(org, member.id, org.owner.session, {
    role: 'admin',
    status: 'paused',
  });
  expect([status, body.member.role, body.member.status]).toEqual([200, 'admin', 'paused']);
  const { audit_events: events } = await ask<AuditEventList>(
    'GET',
    `${org.path}/audit-events?limit=2`,
    { as: org.owner.session },
  );
  expect(events.map(({ action, metadata }) => [action, metadata])).toEqual([
    ['member.paused', { user_id: member.id }],
    ['member.role_changed', { user_id: member.id, role: { before: 'member', after: 'admin' } }],
  ]);
});

it('S33: what a person may do changes at once, and his session lives on', async () => {
  const org = await newOrganization();
  const person = await org.member('admin');
  const statusOf = async (path: string) => (await call('GET', path, { as: person.session })).status;
  const keys = `${org.path}/audit-events`;
  expect(await statusOf(keys)).toBe(200);
  await patch(org, person.id, org.owner.session, { role: 'member' });
  expect(await statusOf(keys)).toBe(403);
  await patch(org, person.id, org.owner.session, { status: 'paused' });
  expect(await statusOf(org.path)).toBe(404);
  await patch(org, person.id, org.owner.session, { status: 'active' });
  expect(await statusOf(org.path)).toBe(200);
  expect((await remove(org, person.id, org.owner.session)).status).toBe(204);
  expect(await statusOf(org.path)).toBe(404);
  expect(await statusOf('/v1/users/me')).toBe(200);
});

describe('ranks', () => {
  it('an admin changes and removes admins and members', async () => {
    const org = await newOrganization();
    const [admin, other] = await Promise.all([org.member('admin'), org.member('admin')]);
    expect((await patch(org, other.id, admin.session, { role: 'member' })).status).toBe(200);
    expect((await remove(org, other.id, admin.session)).status).toBe(204);
  });

  it('S31: nobody but an owner touches an owner or makes one', async () => {
    const org = await newOrganization();
    const [admin, member] = await Promise.all([org.member('admin'), org.member('member')]);
    const [key, token] = [(await org.apiKey()).plaintext, await org.token()];
    for (const as of [admin.session, key, token]) {
      const answers = [
        await patch(org, org.owner.id, as, { role: 'member' }),
        await patch(org, org.owner.id, as, { status: 'paused' }),
        await remove(org, org.owner.id, as),
        await patch(org, member.id, as, { role: 'owner' }),
      ];
      expect(answers.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual([
        [403, 'cannot_modify_owner'],
        [403, 'cannot_modify_owner'],
        [403, 'cannot_modify_owner'],
        [403, 'cannot_grant_owner'],
      ]);
    }
  });

  it('a member changes nobody and may leave', async () => {
    const org = await newOrganization();
    const [member, other] = await Promise.all([org.member('member'), org.member('member')]);
    const answers = [
      await patch(org, other.id, member.session, { role: 'admin' }),
      await patch(org, member.id, member.session, { role: 'admin' }),
      await remove(org, other.id, member.session),
    ];
    for (const { status, body } of answers) {
      expect([status, (body as { code: string }).code]).toEqual([403, 'insufficient_role']);
    }
    expect((await remove(org, 'me', member.session)).status).toBe(204);
  });

  it('an owner demotes another owner', async () => {
    const org = await newOrganization();
    const second = await org.member('admin');
    await promote(org, second);
    const { status } = await patch(org, org.owner.id, second.session, { role: 'admin' });
    expect(status).toBe(200);
  });
});

describe('the last active owner', () => {
  it('is not removed, demoted or paused', async () => {
    const org = await newOrganization();
    const answers = [
      await patch(org, 'me', org.owner.session, { role: 'admin' }),
      await patch(org, 'me', org.owner.session, { status: 'paused' }),
      await remove(org, 'me', org.owner.session),
    ];
    for (const { status, body } of answers) {
      expect([status, (body as { code: string }).code]).toEqual([409, 'last_owner']);
    }
  });

  it('a paused owner is none', async () => {
    const org = await newOrganization();
    const second = await org.member('admin');
    await promote(org, second);
    await patch(org, second.id, org.owner.session, { status: 'paused' });
    const { status } = await remove(org, 'me', org.owner.session);
    expect(status).toBe(409);
  });

  it('S63: survives owners who remove, demote and pause each other at once', async () => {
    for (let round = 0; round < 10; round++) {
      const org = await newOrganization();
      const others = await Promise.all([1, 2, 3].map(() => org.member('admin')));
      for (const other of others) await promote(org, other);
      const owners = [org.owner, ...others];
      const attacks = owners.flatMap((by, n) => {
        const { id } = owners[(n + 1) % owners.length]!;
        return [
          remove(org, id, by.session),
          patch(org, id, by.session, { role: 'member' }),
          patch(org, id, by.session, { status: 'paused' }),
          remove(org, 'me', by.session),
        ];
      });
      const statuses = new Set((await Promise.all(attacks)).map(({ status }) => status));
      for (const status of statuses) expect([200, 204, 403, 404, 409]).toContain(status);
      const active = await inDatabase(
        `SELECT 1 FROM memberships m JOIN organizations o ON o.id = m.organization_id
         WHERE o.slug = $1 AND m.role = 'owner' AND m.status = 'active'`,
        [org.slug],
      );
      expect(active.length).toBeGreaterThanOrEqual(1);
    }
  });
});

it.each<[object, string]>([
  [{ role: 'king' }, 'role'],
  [{ role: null }, 'role'],
  [{ status: 'gone' }, 'status'],
  [{ user_id: 'usr_x' }, 'user_id'],
])('refuses to change a member to %j', async (body, field) => {
  const org = await newOrganization();
  const answer = await call('PATCH', `${org.path}/members/me`, { as: org.owner.session, body });
  expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([400, [field]]);
});
