import type { AuditEventList } from '../src/audit/audit.dto.js';
import type { MailList } from '../src/operators/outbox.dto.js';
import type {
  ListedUserAnswer,
  ListedUserList,
  UserDetailAnswer,
} from '../src/operators/users.dto.js';
import { encodeId, newId } from '../src/access/ids.js';
import type { Person } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization, newPerson } from './support/keycap.js';
import { nextMail } from './support/mail.js';
import { mustOperate, operate, OPERATOR } from './support/operator.js';

const at = ({ id }: { id: string }, more = ''): string => `/users/${id}${more}`;

const signIn = (person: Person): ReturnType<typeof call> =>
  call('POST', '/v1/sessions', { body: { email: person.email, password: person.password } });

/** What operators did to it, newest first. */
async function actionsOn(target: string): Promise<string[]> {
  const { audit_events: events } = await mustOperate<AuditEventList>(
    'GET',
    `/audit-events?actor_id=${OPERATOR}&target_id=${target}`,
  );
  expect(events.every((event) => event.actor_kind === 'operator')).toBe(true);
  return events.map(({ action }) => action);
}

const detailOf = (person: { id: string }): Promise<UserDetailAnswer> =>
  mustOperate('GET', at(person));

/** Makes another member an owner, for what no request brings about without the first one. */
async function makeOwner(person: Person): Promise<void> {
  await inDatabase(
    `UPDATE memberships SET role = 'owner'
      WHERE role = 'admin' AND user_id = (SELECT id FROM users WHERE email = $1)`,
    [person.email],
  );
}

describe('the list of all people', () => {
  it('is narrowed by text, and cut into pages', async () => {
    const person = await newPerson();
    const found = await mustOperate<ListedUserList>(
      'GET',
      `/users?q=${person.email.toUpperCase()}`,
    );
    expect(found).toEqual({
      users: [
        {
          id: person.id,
          email: person.email,
          name: 'Test person',
          email_verified_at: null,
          disabled_at: null,
          created_at: expect.any(String),
        },
      ],
      next_cursor: null,
    });
    await newPerson();
    const page = await mustOperate<ListedUserList>('GET', '/users?limit=1');
    const next = await mustOperate<ListedUserList>(
      'GET',
      `/users?limit=1&cursor=${page.next_cursor!}`,
    );
    expect(next.users[0]!.id < page.users[0]!.id).toBe(true);
  });
});

it('shows a person with memberships and live sessions, and neither password nor token', async () => {
  const organization = await newOrganization();
  const { owner } = organization;
  await signIn(owner);
  const answer = await operate<UserDetailAnswer>('GET', at(owner));
  const { user, memberships, sessions } = answer.body;
  expect(user).toMatchObject({ id: owner.id, email: owner.email });
  expect(memberships[0]).toMatchObject({ organization_id: organization.id, role: 'owner' });
  expect(memberships).toHaveLength(2);
  expect(sessions).toHaveLength(2);
  expect(answer.text).not.toMatch(/kcs_|argon2|digest|password/);
  expect((await operate('GET', '/users/usr_01kaw2hxk5f0c9xd2zp7r3m8qe')).status).toBe(404);
});

it('S18: a disabled person is out at once and stays out until he is enabled', async () => {
  const { owner, path } = await newOrganization();
  const asked = (): ReturnType<typeof call> => call('GET', path, { as: owner.session });
  const [session] = (await detailOf(owner)).sessions;
  expect((await asked()).status).toBe(200);
  const { user } = await mustOperate<ListedUserAnswer>('POST', at(owner, '/disable'));
  expect(user.disabled_at).toEqual(expect.any(String));
  await mustOperate('POST', at(owner, '/disable'));
  expect((await asked()).status).toBe(401);
  expect((await signIn(owner)).status).toBe(401);
  const enabled = await mustOperate<ListedUserAnswer>('POST', at(owner, '/enable'));
  expect(enabled.user.disabled_at).toBeNull();
  expect((await asked()).status).toBe(401);
  expect((await signIn(owner)).status).toBe(201);
  expect(await actionsOn(owner.id)).toEqual(['user.enabled', 'user.disabled']);
  expect(await actionsOn(session!.id)).toEqual(['session.ended']);
});

it('S18: ends every session of a person, who may sign in again', async () => {
  const person = await newPerson();
  await signIn(person);
  const { sessions: live } = await detailOf(person);
  expect(live).toHaveLength(2);
  await mustOperate('POST', at(person, '/end-sessions'), { expect: 204 });
  expect((await call('GET', '/v1/users/me', { as: person.session })).status).toBe(401);
  expect((await detailOf(person)).sessions).toEqual([]);
  for (const { id } of live) expect(await actionsOn(id)).toEqual(['session.ended']);
  expect((await signIn(person)).status).toBe(201);
});

describe('a link for a new password', () => {
  const send = (person: { id: string }): Promise<unknown> =>
    mustOperate('POST', at(person, '/send-password-reset'), { expect: 204 });
  const mailsTo = async ({ email }: Person): Promise<string[]> =>
    (await mustOperate<MailList>('GET', `/outbox?recipient=${email}`)).mails.map(
      ({ kind }) => kind,
    );
  const SENT = ['password_reset', 'user.password_reset_requested'] as const;

  it('is mailed to the person alone, and recorded', async () => {
    const person = await newPerson();
    await send(person);
    expect(await mailsTo(person)).toEqual([SENT[0]]);
    expect(await actionsOn(person.id)).toEqual([SENT[1]]);
    const { text } = await nextMail(person.email);
    expect(text).toMatch(/reset-password#token=/);
    expect((await operate('POST', '/users/x/send-password-reset')).status).toBe(404);
  });

  it('is neither mailed nor recorded while three are good still, nor to someone disabled', async () => {
    const [person, disabled] = [await newPerson(), await newPerson()];
    for (let time = 0; time < 4; time++) await send(person);
    expect(await mailsTo(person)).toEqual([SENT[0], SENT[0], SENT[0]]);
    expect(await actionsOn(person.id)).toEqual([SENT[1], SENT[1], SENT[1]]);
    await mustOperate('POST', at(disabled, '/disable'));
    await send(disabled);
    expect(await mailsTo(disabled)).toEqual([]);
    expect(await actionsOn(disabled.id)).toEqual(['user.disabled']);
  });
});

it('S12: neither shows nor takes a password anywhere', async () => {
  const person = await newPerson();
  const attempts = [
    await operate('PATCH', at(person), { body: { password: 'a password of the operator' } }),
    await operate('POST', at(person, '/password'), { body: { password: 'x'.repeat(20) } }),
    await operate('POST', at(person, '/enable'), { body: { password: 'x'.repeat(20) } }),
  ];
  expect(attempts.map(({ status }) => status)).toEqual([405, 404, 400]);
  expect((await signIn(person)).status).toBe(201);
});

describe('deleting a person', () => {
  it('ends sessions and memberships, frees the address, and keeps a key that he made by hand', async () => {
    const organization = await newOrganization();
    const admin = await organization.member('admin');
    const key = await ask<{ api_key: { id: string; created_by_user_id: string } }>(
      'POST',
      `${organization.path}/api-keys`,
      { as: admin.session, body: { name: 'Kept', scopes: ['read'] }, expect: 201 },
    );
    const { memberships } = await detailOf(admin);
    await mustOperate('DELETE', at(admin), { expect: 204 });
    expect((await call('GET', '/v1/users/me', { as: admin.session })).status).toBe(401);
    expect((await signIn(admin)).status).toBe(401);
    expect((await operate('DELETE', at(admin))).status).toBe(404);
    const as = organization.owner.session;
    const { members } = await ask<{ members: { user_id: string }[] }>(
      'GET',
      `${organization.path}/members`,
      { as },
    );
    expect(members.map(({ user_id }) => user_id)).toEqual([organization.owner.id]);
    const kept = await ask<typeof key>('GET', `${organization.path}/api-keys/${key.api_key.id}`, {
      as,
    });
    expect(kept.api_key.created_by_user_id).toBe(admin.id);
    const invited = await call('POST', `${organization.path}/invitations`, {
      as,
      body: { email: admin.email, role: 'member' },
    });
    expect(invited.status).toBe(201);
    expect(await actionsOn(admin.id)).toEqual(['user.deleted']);
    expect(memberships).toHaveLength(1);
    for (const { id } of memberships) expect(await actionsOn(id)).toEqual(['member.removed']);
  });

  it('A80: leaves no organization without an owner, whoever does it', async () => {
    const organization = await newOrganization();
    const { owner } = organization;
    const bySelf = await call('DELETE', '/v1/users/me', { as: owner.session });
    const byOperator = await operate('DELETE', at(owner));
    for (const { status, body } of [bySelf, byOperator]) {
      expect([status, body.code]).toEqual([409, 'last_owner']);
    }
    expect((await call('GET', organization.path, { as: owner.session })).status).toBe(200);
    // A paused owner is none.
    const second = await organization.member('admin');
    await makeOwner(second);
    const status = (wanted: string): Promise<unknown> =>
      ask('PATCH', `${organization.path}/members/${second.id}`, {
        as: owner.session,
        body: { status: wanted },
      });
    await status('paused');
    expect((await operate('DELETE', at(owner))).status).toBe(409);
    await status('active');
    expect((await call('DELETE', '/v1/users/me', { as: owner.session })).status).toBe(204);
    expect((await call('GET', organization.path, { as: second.session })).status).toBe(200);
  });

  it('needs no owner to be left in an organization that is deleted', async () => {
    const { id, owner } = await newOrganization();
    await mustOperate('DELETE', `/organizations/${id}`);
    expect((await call('DELETE', '/v1/users/me', { as: owner.session })).status).toBe(204);
    expect((await call('GET', '/v1/users/me', { as: owner.session })).status).toBe(401);
  });

  /** A further member, without the sign-up that would take most of the time. */
  async function plant(role: string, slugs: readonly string[]): Promise<string> {
    const id = newId();
    await inDatabase(
      `INSERT INTO users (id, email, name, created_at, updated_at)
       VALUES ($1, $2, 'Planted', now(), now())`,
      [id, `${id}@keycap.test`],
    );
    for (const slug of slugs) {
      await inDatabase(
        `INSERT INTO memberships (id, organization_id, user_id, role, status, created_at, updated_at)
         SELECT gen_random_uuid(), o.id, $1, $2, 'active', now(), now()
           FROM organizations o WHERE o.slug = $3`,
        [id, role, slug],
      );
    }
    return encodeId('user', id);
  }

  it('leaves one of two owners who are deleted at the same time, 40 times', async () => {
    const { owner, slug, path } = await newOrganization();
    let left = owner.id;
    const outcomes: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const other = await plant('owner', [slug]);
      const answers = await Promise.all([
        round === 0
          ? call('DELETE', '/v1/users/me', { as: owner.session })
          : operate('DELETE', `/users/${left}`),
        operate('DELETE', `/users/${other}`),
      ]);
      outcomes.push(
        answers
          .map(({ status }) => status)
          .toSorted()
          .join(' '),
      );
      if (answers[0].status === 204) left = other;
    }
    expect(new Set(outcomes)).toEqual(new Set(['204 409']));
    const owners = await inDatabase(
      `SELECT m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id
        WHERE o.slug = $1 AND m.status = 'active'`,
      [slug],
    );
    expect([path, owners]).toEqual([path, [{ role: 'owner' }]]);
  });

  it('of people in the same organizations never waits for ever', async () => {
    const slugs = [(await newOrganization()).slug, (await newOrganization()).slug];
    // Joined in either order; a deletion locks them in one.
    const people = await Promise.all(
      [0, 1, 2, 3].map((index) => plant('member', index % 2 === 0 ? slugs : slugs.toReversed())),
    );
    const answers = await Promise.all(people.map((id) => operate('DELETE', `/users/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
  });
});
