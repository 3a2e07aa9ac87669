import type { InvitationBatchAnswer } from '../src/organizations/invitations/invitation-batch.dto.js';
import type { InvitationList } from '../src/organizations/invitations/invitations.dto.js';
import { accept, invite, newEmail, outcomeOf, PASSWORD, tokenIn } from './support/invitations.js';
import type { ErrorBody, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';

const inviteMany = ({ path, owner }: TestOrganization, invitations: unknown, headers = {}) =>
  call<InvitationBatchAnswer & ErrorBody>('POST', `${path}/invitations/batch`, {
    as: owner.session,
    body: { invitations },
    headers,
  });

const count = async (organizationSlug: string): Promise<number> => {
  const [row] = await inDatabase<{ count: string }>(
    `SELECT count(*) FROM invitations i JOIN organizations o ON o.id = i.organization_id
      WHERE o.slug = $1`,
    [organizationSlug],
  );
  return Number(row!.count);
};

it('answers each row for itself, in order', async () => {
  const org = await newOrganization();
  const [fresh, twice] = [newEmail(), newEmail()];
  const { email: invited } = await invite(org);
  const { status, body } = await inviteMany(org, [
    { email: fresh, role: 'admin', expires_in_days: 30 },
    { email: 'no address', role: 'member' },
    { email: twice, role: 'member' },
    { email: ` ${twice.toUpperCase()}`, role: 'admin' },
    { email: org.owner.email, role: 'member' },
    { email: invited, role: 'member' },
    { email: newEmail(), role: 'owner' },
    { email: newEmail(), role: 'king' },
    { email: newEmail(), role: 'member', expires_in_days: 31 },
    { email: newEmail(), role: 'member', colour: 'red' },
    { email: [fresh], role: 'member' },
    'text',
    null,
  ]);
  expect(status).toBe(200);
  expect(body.results.map((each) => each.code ?? each.status)).toEqual([
    'created',
    'validation_error',
    'created',
    'already_invited',
    'already_member',
    'already_invited',
    'cannot_grant_owner',
    'validation_error',
    'validation_error',
    'validation_error',
    'validation_error',
    'validation_error',
    'validation_error',
  ]);
  expect(body.results[0]).toEqual({
    email: fresh,
    status: 'created',
    invitation: {
      id: expect.stringMatching(/^inv_/),
      email: fresh,
      role: 'admin',
      status: 'pending',
      expires_at: expect.stringMatching(/Z$/),
      invited_by_user_id: org.owner.id,
      created_at: expect.stringMatching(/Z$/),
    },
    accept_url: expect.stringMatching(/#token=kci_\w{43}$/),
    error: null,
    code: null,
  });
  expect(body.results[1]).toEqual({
    email: 'no address',
    status: 'error',
    invitation: null,
    accept_url: null,
    error: 'email must be an e-mail address',
    code: 'validation_error',
  });
  expect(body.results.slice(10).map(({ email }) => email)).toEqual([null, null, null]);
  expect(await count(org.slug)).toBe(3);
  const { accept_url } = body.results[0]!;
  expect(outcomeOf(await accept(tokenIn(accept_url!), { password: PASSWORD }))).toBe('200');
});

it('takes 500 rows, larger together than other bodies may be, and records each', async () => {
  const org = await newOrganization();
  const rows = Array.from({ length: 500 }, () => ({
    email: `${'x'.repeat(40)}.${newEmail()}`,
    role: 'member',
    expires_in_days: 7,
    send_email: false,
  }));
  const padded = rows.map((row) => ({ ...row, email: `${row.email}${' '.repeat(150)}` }));
  expect(JSON.stringify(padded).length).toBeGreaterThan(100 * 1024);
  const { status, body } = await inviteMany(org, padded);
  expect(status).toBe(200);
  expect(body.results.map(({ email }) => email)).toEqual(rows.map(({ email }) => email));
  expect(new Set(body.results.map((each) => each.status))).toEqual(new Set(['created']));
  expect(new Set(body.results.map((each) => each.accept_url)).size).toBe(500);
  const list = await ask<InvitationList>('GET', `${org.path}/invitations?limit=500`, {
    as: org.owner.session,
  });
  const newest = list.invitations.map(({ email }) => email);
  expect(newest).toEqual(rows.map(({ email }) => email).toReversed());
  const recorded = await inDatabase(
    `SELECT 1 FROM audit_events e JOIN organizations o ON o.id = e.organization_id
      WHERE o.slug = $1 AND e.action = 'invitation.created'`,
    [org.slug],
  );
  expect(recorded).toHaveLength(500);
});

it.each<[string, unknown]>([
  ['no rows', []],
  ['501 rows', Array.from({ length: 501 }, () => ({ email: 'a@keycap.test', role: 'member' }))],
  ['no list', 'a@keycap.test'],
  ['an object', { email: 'a@keycap.test' }],
  ['nothing', undefined],
])('refuses %s as a whole', async (_, rows) => {
  const org = await newOrganization();
  const { status, body } = await inviteMany(org, rows);
  expect([status, body.code]).toEqual([400, 'validation_error']);
  expect(await count(org.slug)).toBe(0);
});

it('A78: reads one address a row, never several', async () => {
  const org = await newOrganization();
  for (const email of [
    [newEmail(), newEmail()],
    { 0: newEmail() },
    `${newEmail()},${newEmail()}`,
  ]) {
    const { body } = await inviteMany(org, [{ email, role: 'member' }]);
    expect(body.results[0]!.code).toBe('validation_error');
    const alone = await call('POST', `${org.path}/invitations`, {
      as: org.owner.session,
      body: { email, role: 'member' },
    });
    expect(outcomeOf(alone)).toBe('400 validation_error');
  }
  expect(await count(org.slug)).toBe(0);
});

it('refuses a body beyond 1 MiB, and elsewhere one beyond 100 KB', async () => {
  const org = await newOrganization();
  const row = (length: number) => [{ email: 'a@keycap.test', role: 'x'.repeat(length) }];
  expect((await inviteMany(org, row(1024 * 1024))).body.code).toBe('payload_too_large');
  expect((await inviteMany(org, row(200 * 1024))).status).toBe(200);
  const elsewhere = await call('POST', `${org.path}/invitations`, {
    as: org.owner.session,
    body: row(200 * 1024)[0],
  });
  expect(outcomeOf(elsewhere)).toBe('413 payload_too_large');
});

it('is done once with an Idempotency-Key', async () => {
  const org = await newOrganization();
  const rows = [{ email: newEmail(), role: 'member' }];
  const headers = { 'idempotency-key': 'once' };
  const first = await inviteMany(org, rows, headers);
  const second = await inviteMany(org, rows, headers);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.body).toEqual(first.body);
});

it('gives each address one invitation of 5 parallel batches', async () => {
  const org = await newOrganization();
  const rows = Array.from({ length: 20 }, () => ({ email: newEmail(), role: 'member' }));
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, n) => inviteMany(org, n % 2 ? rows.toReversed() : rows)),
  );
  const created = answers.flatMap(({ body }) => body.results.filter((each) => each.invitation));
  expect(created.map(({ email }) => email!).sort()).toEqual(rows.map(({ email }) => email).sort());
  expect(await count(org.slug)).toBe(20);
});
