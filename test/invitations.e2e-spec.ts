import type {
  AcceptedAnswer,
  InvitationList,
  InvitationPreviewAnswer,
  IssuedInvitationAnswer,
} from '../src/organizations/invitations/invitations.dto.js';
import {
  ask,
  call,
  type ErrorBody,
  inDatabase,
  newAddress,
  newOrganization,
  randomText,
  type TestOrganization,
} from './support/keycap.js';
import { testVariable } from './support/servers.js';

const PASSWORD = 'a ship in port is safe';
const newEmail = (): string => `${randomText()}@keycap.test`;

async function invite(org: TestOrganization, email = newEmail(), more: object = {}) {
  const answer = await ask<IssuedInvitationAnswer>('POST', `${org.path}/invitations`, {
    as: org.owner.session,
    body: { email, role: 'member', ...more },
    expect: 201,
  });
  return { ...answer, email, token: answer.accept_url.split('#token=')[1]! };
}

const accept = (token: string, more: { as?: string; password?: string } = {}) =>
  call<AcceptedAnswer & ErrorBody>('POST', '/v1/invitations/accept', {
    as: more.as,
    body: more.password === undefined ? { token } : { token, password: more.password },
  });

const lookUp = (token: string) =>
  call<InvitationPreviewAnswer & ErrorBody>('GET', '/v1/invitations/lookup', {
    headers: { 'x-invitation-token': token },
  });

it('invites someone by a link that is shown once', async () => {
  const org = await newOrganization();
  const { invitation, accept_url, email } = await invite(org, 'New.Person@Keycap.test');
  expect(invitation).toEqual({
    id: expect.stringMatching(/^inv_/),
    email: email.toLowerCase(),
    role: 'member',
    status: 'pending',
    expires_at: expect.stringMatching(/Z$/),
    invited_by_user_id: org.owner.id,
    created_at: expect.stringMatching(/Z$/),
  });
  const life = Date.parse(invitation.expires_at) - Date.parse(invitation.created_at);
  expect(life).toBe(7 * 24 * 60 * 60 * 1000);
  const start = `${testVariable('KEYCAP_TEST_URL')}/dashboard/accept-invitation#token=kci_`;
  expect(accept_url.startsWith(start)).toBe(true);
});

it('shows the invited person what he is invited to', async () => {
  const org = await newOrganization();
  const { token, email, invitation } = await invite(org);
  const { status, body } = await lookUp(token);
  expect(status).toBe(200);
  expect(body).toEqual({
    invitation: {
      organization_name: expect.stringMatching(/^Test /),
      email,
      role: 'member',
      expires_at: invitation.expires_at,
    },
    account_exists: false,
  });
});

it('is accepted by signing up in one step', async () => {
  const org = await newOrganization();
  const { token, email } = await invite(org, newEmail(), { role: 'admin' });
  const { status, body } = await accept(token, { password: PASSWORD });
  expect(status).toBe(200);
  expect(body).toEqual({
    member: {
      id: expect.stringMatching(/^mem_/),
      organization_id: org.id,
      user_id: expect.stringMatching(/^usr_/),
      role: 'admin',
      status: 'active',
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      user: { id: body.member.user_id, email, name: email.split('@')[0] },
    },
    session_token: expect.stringMatching(/^kcs_/),
    expires_at: expect.stringMatching(/Z$/),
  });
  await ask('GET', org.path, { as: body.session_token! });
  await ask('POST', '/v1/sessions', { body: { email, password: PASSWORD }, expect: 201 });
});

it('is accepted by a signed-in person with that address, as often as he likes', async () => {
  const [home, org] = await Promise.all([newOrganization(), newOrganization()]);
  const person = home.owner;
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [person.email]);
  const { token } = await invite(org, person.email);
  expect((await lookUp(token)).body.account_exists).toBe(true);
  const answers = [
    await accept(token, { as: person.session }),
    await accept(token, { as: person.session }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[1]!.body).toEqual(answers[0]!.body);
  expect(answers[0]!.body.session_token).toBeUndefined();
  expect((await accept(token, { as: org.owner.session })).body.code).toBe('invitation_accepted');
});

it('belongs to its address', async () => {
  const [home, org] = await Promise.all([newOrganization(), newOrganization()]);
  const { token } = await invite(org);
  const other = await accept(token, { as: home.owner.session });
  expect([other.status, other.body.code]).toEqual([403, 'email_mismatch']);
});

it('A41: an account that has not proven its address joins nothing further', async () => {
  const [home, org] = await Promise.all([newOrganization(), newOrganization()]);
  const { token } = await invite(org, home.owner.email);
  const { status, body } = await accept(token, { as: home.owner.session });
  expect([status, body.code]).toEqual([403, 'email_not_verified']);
});

it('never sets the password of an account that exists', async () => {
  const [home, org] = await Promise.all([newOrganization(), newOrganization()]);
  const { token } = await invite(org, home.owner.email);
  const { status, body } = await accept(token, { password: PASSWORD });
  expect([status, body.code]).toEqual([409, 'sign_in_required']);
  const wrong = await call('POST', '/v1/sessions', {
    body: { email: home.owner.email, password: PASSWORD },
  });
  expect(wrong.status).toBe(401);
});

it('A14: is accepted once by 10 parallel sign-ups', async () => {
  const org = await newOrganization();
  const { token, email } = await invite(org);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => accept(token, { password: PASSWORD })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
    expect([
      [410, 'invitation_accepted'],
      [409, 'sign_in_required'],
    ]).toContainEqual([status, body.code]);
  }
  const users = await inDatabase('SELECT 1 FROM users WHERE email = $1', [email]);
  expect(users).toHaveLength(1);
});

it('A14: gives 10 parallel acceptances of the same person one membership', async () => {
  const [home, org] = await Promise.all([newOrganization(), newOrganization()]);
  const { email, session, id } = home.owner;
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
  const { token } = await invite(org, email);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => accept(token, { as: session })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  const { audit_events: events } = await ask<{ audit_events: { actor_id: string }[] }>(
    'GET',
    `${org.path}/audit-events?action=invitation.accepted`,
    { as: org.owner.session },
  );
  expect(events.map(({ actor_id }) => actor_id)).toEqual([id]);
});

describe('a token that opens nothing', () => {
  it('is 404 when it is unknown, and throttled', async () => {
    const from = newAddress();
    const guess = () =>
      call('POST', '/v1/invitations/accept', {
        from,
        body: { token: `kci_${'A'.repeat(43)}`, password: PASSWORD },
      });
    const answers = [];
    for (let n = 0; n < 31; n++) answers.push(await guess());
    expect(answers[0]!.body).toMatchObject({ error: 'invitation not found', code: 'not_found' });
    expect(new Set(answers.slice(0, 30).map(({ status }) => status))).toEqual(new Set([404]));
    expect(answers[30]!.status).toBe(429);
  });

  it('A24: is 410 in the second it expires, with no job involved', async () => {
    const org = await newOrganization();
    const { token, email } = await invite(org);
    await inDatabase('UPDATE invitations SET expires_at = now() WHERE email = $1', [email]);
    for (const answer of [await lookUp(token), await accept(token, { password: PASSWORD })]) {
      expect([answer.status, answer.body.code]).toEqual([410, 'invitation_expired']);
    }
    const list = await ask<InvitationList>('GET', `${org.path}/invitations?status=expired`, {
      as: org.owner.session,
    });
    expect(list.invitations.map((each) => [each.email, each.status])).toEqual([[email, 'expired']]);
    await invite(org, email);
  });

  it('is 410 when it was revoked, as often as one likes', async () => {
    const org = await newOrganization();
    const { token, invitation } = await invite(org);
    for (let n = 0; n < 2; n++) {
      const answer = await ask('DELETE', `${org.path}/invitations/${invitation.id}`, {
        as: org.owner.session,
      });
      expect(answer).toEqual({ revoked: true });
    }
    const { status, body } = await accept(token, { password: PASSWORD });
    expect([status, body.code]).toEqual([410, 'invitation_revoked']);
  });

  it('is 410 once the inviter may no longer invite', async () => {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const { accept_url } = await ask<IssuedInvitationAnswer>('POST', `${org.path}/invitations`, {
      as: admin.session,
      body: { email: newEmail(), role: 'admin' },
      expect: 201,
    });
    await ask('PATCH', `${org.path}/members/${admin.id}`, {
      as: org.owner.session,
      body: { role: 'member' },
    });
    const { status, body } = await accept(accept_url.split('#token=')[1]!, { password: PASSWORD });
    expect([status, body.code]).toEqual([410, 'invitation_revoked']);
  });

  it('A65: is the stored digest', async () => {
    const org = await newOrganization();
    const { email } = await invite(org);
    const [row] = await inDatabase<{ digest: Buffer }>(
      'SELECT digest FROM invitations WHERE email = $1',
      [email],
    );
    expect((await lookUp(row!.digest.toString('hex'))).status).toBe(404);
  });
});

it('refuses to invite members, invited people, and owners', async () => {
  const org = await newOrganization();
  const { email } = await invite(org);
  const attempts: [object, number, string][] = [
    [{ email: org.owner.email, role: 'member' }, 409, 'already_member'],
    [{ email: email.toUpperCase(), role: 'member' }, 409, 'already_invited'],
    [{ email: newEmail(), role: 'owner' }, 403, 'cannot_grant_owner'],
  ];
  for (const [body, ...refusal] of attempts) {
    const answer = await call('POST', `${org.path}/invitations`, { as: org.owner.session, body });
    expect([answer.status, answer.body.code]).toEqual(refusal);
  }
});

it('makes one invitation of 10 parallel ones to an address', async () => {
  const org = await newOrganization();
  const body = { email: newEmail(), role: 'member' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      call('POST', `${org.path}/invitations`, { as: org.owner.session, body }),
    ),
  );
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
});

it.each<[object, string]>([
  [{ role: 'member' }, 'email'],
  [{ email: 'no address', role: 'member' }, 'email'],
  [{ email: 'a@example.com' }, 'role'],
  [{ email: 'a@example.com', role: 'king' }, 'role'],
  [{ email: 'a@example.com', role: 'member', expires_in_days: 0 }, 'expires_in_days'],
  [{ email: 'a@example.com', role: 'member', expires_in_days: 31 }, 'expires_in_days'],
  [{ email: 'a@example.com', role: 'member', expires_in_days: 1.5 }, 'expires_in_days'],
])('refuses to invite by %j', async (body, field) => {
  const org = await newOrganization();
  const answer = await call('POST', `${org.path}/invitations`, { as: org.owner.session, body });
  expect([answer.status, Object.keys(answer.body.fields ?? {})]).toEqual([400, [field]]);
});

it('is the business of admins, and of machines with the scope', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const [reader, writer] = await Promise.all([org.token(['read']), org.token(['write'])]);
  const body = { email: newEmail(), role: 'member' };
  expect((await call('GET', `${org.path}/invitations`, { as: member.session })).status).toBe(403);
  expect((await call('GET', `${org.path}/invitations`, { as: reader })).status).toBe(200);
  expect((await call('POST', `${org.path}/invitations`, { as: reader, body })).status).toBe(403);
  const made = await call<IssuedInvitationAnswer>('POST', `${org.path}/invitations`, {
    as: writer,
    body,
  });
  expect([made.status, made.body.invitation.invited_by_user_id]).toEqual([201, null]);
});

describe('an invitation made by a machine', () => {
  const inviteAs = (org: TestOrganization, as: string) =>
    ask<IssuedInvitationAnswer>('POST', `${org.path}/invitations`, {
      as,
      body: { email: newEmail(), role: 'member' },
      expect: 201,
    });
  const tokenOf = ({ accept_url }: IssuedInvitationAnswer): string =>
    accept_url.split('#token=')[1]!;

  it('is good while the machine is', async () => {
    const org = await newOrganization();
    const { plaintext } = await org.apiKey({ scopes: ['invitations:write'] });
    const made = await inviteAs(org, plaintext);
    expect((await accept(tokenOf(made), { password: PASSWORD })).status).toBe(200);
  });

  it('dies with the key or client that made it', async () => {
    const org = await newOrganization();
    const key = await org.apiKey({ scopes: ['invitations:write'] });
    const client = await org.client({ scopes: ['write'] });
    const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
      as: `Basic ${client.basicCredential}`,
      form: { grant_type: 'client_credentials' },
    });
    const made = [await inviteAs(org, key.plaintext), await inviteAs(org, access_token)];
    for (const path of [`api-keys/${key.id}`, `oauth-clients/${client.id}`]) {
      await ask('DELETE', `${org.path}/${path}`, { as: org.owner.session });
    }
    for (const invitation of made) {
      const { status, body } = await accept(tokenOf(invitation), { password: PASSWORD });
      expect([status, body.code]).toEqual([410, 'invitation_revoked']);
    }
  });

  it('ends no later than the key that made it', async () => {
    const org = await newOrganization();
    const expiresAt = new Date(Date.now() + 60 * 60 * 1000).toISOString();
    const { plaintext_api_key: key } = await ask<{ plaintext_api_key: string }>(
      'POST',
      `${org.path}/api-keys`,
      {
        as: org.owner.session,
        body: { name: 'Short', scopes: ['invitations:write'], expires_at: expiresAt },
        expect: 201,
      },
    );
    const { invitation } = await inviteAs(org, key);
    expect(invitation.expires_at).toBe(expiresAt);
  });
});

it('is not revoked any more once it was accepted', async () => {
  const org = await newOrganization();
  const { token, invitation } = await invite(org);
  await accept(token, { password: PASSWORD });
  const answer = await call('DELETE', `${org.path}/invitations/${invitation.id}`, {
    as: org.owner.session,
  });
  expect([answer.status, answer.body.code]).toEqual([410, 'invitation_accepted']);
});

it('brings nobody into a suspended organization', async () => {
  const org = await newOrganization();
  const { token } = await invite(org);
  await inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [org.slug]);
  const { status, body } = await accept(token, { password: PASSWORD });
  expect([status, body.code]).toEqual([403, 'organization_suspended']);
});

it('S63: is either accepted or revoked when both come at once, and neither waits for ever', async () => {
  for (let round = 0; round < 10; round++) {
    const org = await newOrganization();
    const { token, invitation } = await invite(org);
    const [accepted, revoked] = await Promise.all([
      accept(token, { password: PASSWORD }),
      call('DELETE', `${org.path}/invitations/${invitation.id}`, { as: org.owner.session }),
    ]);
    expect([
      [200, 410],
      [410, 200],
    ]).toContainEqual([accepted.status, revoked.status]);
  }
});
