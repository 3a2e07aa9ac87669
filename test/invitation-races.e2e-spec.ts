import type { InvitationBatchAnswer } from '../src/organizations/invitations/invitation-batch.dto.js';
import {
  accept,
  decline,
  invite,
  lookUp,
  newEmail,
  outcomeOf,
  PASSWORD,
  resend,
  revoke,
  type TestInvitation,
  tokenIn,
} from './support/invitations.js';
import { byExtent } from './support/extent.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, inDatabase, newOrganization } from './support/keycap.js';
import type { TestServer } from './support/servers.js';
import { startServer, testVariable } from './support/servers.js';

/** Rounds of each race; the soak has ten times as many. */
const ROUNDS = byExtent({ quick: 40, thorough: 40, soak: 400 });
const AT_ONCE = 10;

/** Two server processes on one database. */
let second: TestServer;
let urls: readonly string[];

beforeAll(async () => {
  const database = testVariable('KEYCAP_TEST_DATABASE_URL');
  second = await startServer({ database });
  urls = [testVariable('KEYCAP_TEST_URL'), second.url];
});

afterAll(() => second.stop());

/** An organization with an invitation for each round. */
async function prepare(
  emails = Array.from({ length: ROUNDS }, newEmail),
): Promise<{ org: TestOrganization; invitations: TestInvitation[] }> {
  const org = await newOrganization();
  const { results } = await ask<InvitationBatchAnswer>('POST', `${org.path}/invitations/batch`, {
    as: org.owner.session,
    body: {
      invitations: emails.map((email) => ({ email, role: 'member', send_email: false })),
    },
  });
  const invitations = results.map(({ email, invitation, accept_url }) => ({
    id: invitation!.id,
    email: email!,
    token: tokenIn(accept_url!),
  }));
  return { org, invitations };
}

/** `work` by several at once, by turns at either server. */
const together = <T>(work: (url: string) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, n) => work(urls[n % 2]!)));

/** What is left in the database of the acceptances of one address in one organization. */
async function tracesOf({ slug }: TestOrganization, email: string): Promise<number[]> {
  const [row] = await inDatabase<{ users: number; memberships: number; accepted: number }>(
    `SELECT (SELECT count(*)::int FROM users WHERE email = $2) AS users,
            (SELECT count(*)::int FROM memberships m JOIN users u ON u.id = m.user_id
              WHERE u.email = $2 AND m.organization_id = o.id) AS memberships,
            (SELECT count(*)::int FROM invitations WHERE email = $2
              AND organization_id = o.id AND accepted_by_user_id IS NOT NULL) AS accepted
       FROM organizations o WHERE slug = $1`,
    [slug, email],
  );
  return [row!.users, row!.memberships, row!.accepted];
}

async function eventsIn({ slug }: TestOrganization, action: string): Promise<number> {
  const rows = await inDatabase(
    `SELECT 1 FROM audit_events e JOIN organizations o ON o.id = e.organization_id
      WHERE o.slug = $1 AND e.action = $2`,
    [slug, action],
  );
  return rows.length;
}

it('A14, A30: 10 parallel sign-ups by one invitation make one account and one membership', async () => {
  const { org, invitations } = await prepare();
  const wins = Array.from({ length: AT_ONCE - 1 }, () => '410 invitation_accepted');
  for (const { email, token } of invitations) {
    const answers = await together((url) => accept(token, { url, password: PASSWORD }));
    expect(answers.map(outcomeOf).sort()).toEqual(['200', ...wins]);
    expect(await tracesOf(org, email)).toEqual([1, 1, 1]);
  }
  expect(await eventsIn(org, 'invitation.accepted')).toBe(ROUNDS);
});

it('A14, A30: 10 parallel acceptances of one person give him one membership', async () => {
  const person = (await newOrganization()).owner;
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [person.email]);
  for (let round = 0; round < ROUNDS / 4; round++) {
    const org = await newOrganization();
    const { token } = await invite(org, { email: person.email });
    const answers = await together((url) => accept(token, { url, as: person.session }));
    expect(answers.map(outcomeOf)).toEqual(Array.from({ length: AT_ONCE }, () => '200'));
    expect(new Set(answers.map(({ body }) => body.member.id)).size).toBe(1);
    expect(await tracesOf(org, person.email)).toEqual([1, 1, 1]);
    expect(await eventsIn(org, 'member.added')).toBe(2);
  }
});

/** What comes between, and what may then be seen of both: exactly one of them happened. */
const RIVALS: [
  string,
  (org: TestOrganization, invitation: TestInvitation) => Promise<string>,
  readonly string[],
][] = [
  [
    'revoking it',
    async (org, { id }) => outcomeOf(await revoke(org, id)),
    ['200 / 410 invitation_accepted', '410 invitation_revoked / 200'],
  ],
  [
    'sending it again',
    async (org, { id }) => outcomeOf(await resend(org, id)),
    ['200 / 410 invitation_accepted', '404 not_found / 201'],
  ],
  [
    'declining it',
    async (_, { token }) => outcomeOf(await decline(token)),
    ['200 / 410 invitation_accepted', '410 invitation_revoked / 204'],
  ],
];

it.each(RIVALS)('A14: accepting and %s at once leaves one of both', async (_, rival, allowed) => {
  const { org, invitations } = await prepare(Array.from({ length: ROUNDS / 4 }, newEmail));
  for (const [round, invitation] of invitations.entries()) {
    const url = urls[round % 2]!;
    const [accepted, other] = await Promise.all([
      accept(invitation.token, { url, password: PASSWORD }),
      rival(org, invitation),
    ]);
    const outcome = `${outcomeOf(accepted)} / ${other}`;
    expect(allowed).toContain(outcome);
    const joined = accepted.status === 200 ? 1 : 0;
    expect(await tracesOf(org, invitation.email)).toEqual([joined, joined, joined]);
  }
});

it('A14: declining 10 times at once declines once', async () => {
  const { org, invitations } = await prepare(Array.from({ length: 5 }, newEmail));
  const losses = Array.from({ length: AT_ONCE - 1 }, () => '410 invitation_revoked');
  for (const { token } of invitations) {
    const answers = await together(() => decline(token));
    expect(answers.map(outcomeOf).sort()).toEqual(['204', ...losses]);
  }
  expect(await eventsIn(org, 'invitation.declined')).toBe(5);
});

it('A14: nobody joins an organization once it is suspended', async () => {
  const { org, invitations } = await prepare(Array.from({ length: AT_ONCE }, newEmail));
  const allowed = ['200', '403 organization_suspended'];
  const answers = await Promise.all([
    ...invitations.map(({ token }, n) => accept(token, { url: urls[n % 2]!, password: PASSWORD })),
    inDatabase(
      `WITH lock AS MATERIALIZED (
         SELECT id, pg_advisory_xact_lock(hashtextextended(id::text, 0))
           FROM organizations WHERE slug = $1)
       UPDATE organizations SET suspended_at = clock_timestamp() FROM lock
        WHERE organizations.id = lock.id`,
      [org.slug],
    ),
  ]);
  for (const answer of answers)
    if ('status' in answer) expect(allowed).toContain(outcomeOf(answer));
  const late = await inDatabase(
    `SELECT 1 FROM invitations i JOIN organizations o ON o.id = i.organization_id
      WHERE o.slug = $1 AND i.accepted_at > o.suspended_at`,
    [org.slug],
  );
  expect(late).toEqual([]);
});

describe('the right of the inviter is judged again at acceptance:', () => {
  /** What takes it away from an admin who has invited. */
  const LOSSES: [string, (org: TestOrganization, admin: string) => Promise<unknown>][] = [
    ['demoted', (org, admin) => change(org, admin, { role: 'member' })],
    ['paused', (org, admin) => change(org, admin, { status: 'paused' })],
    [
      'removed',
      ({ path, owner }, admin) =>
        ask('DELETE', `${path}/members/${admin}`, { as: owner.session, expect: 204 }),
    ],
  ];
  const change = ({ path, owner }: TestOrganization, admin: string, body: object) =>
    ask('PATCH', `${path}/members/${admin}`, { as: owner.session, body });

  it.each(LOSSES)('A19: an admin who was %s brings nobody in', async (_, lose) => {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const { token, id } = await invite(org, { as: admin.session, role: 'admin' });
    await lose(org, admin.id);
    expect(outcomeOf(await accept(token, { password: PASSWORD }))).toBe('410 invitation_revoked');
    const again = await resend(org, id);
    const { accept_url } = again.body;
    expect(again.body.invitation.invited_by_user_id).toBe(org.owner.id);
    expect(outcomeOf(await accept(tokenIn(accept_url), { password: PASSWORD }))).toBe('200');
  });

  it('A19: an admin whose account was disabled brings nobody in', async () => {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const { token } = await invite(org, { as: admin.session });
    await inDatabase('UPDATE users SET disabled_at = now() WHERE email = $1', [admin.email]);
    expect(outcomeOf(await accept(token, { password: PASSWORD }))).toBe('410 invitation_revoked');
  });

  it('A19: a key that was revoked brings nobody in', async () => {
    const org = await newOrganization();
    const key = await org.apiKey({ scopes: ['invitations:write'] });
    const { token } = await invite(org, { as: key.plaintext });
    await ask('DELETE', `${org.path}/api-keys/${key.id}`, { as: org.owner.session });
    expect(outcomeOf(await accept(token, { password: PASSWORD }))).toBe('410 invitation_revoked');
  });
});

describe('sending an invitation again', () => {
  it('A24: opens an expired one, exactly until its end', async () => {
    const org = await newOrganization();
    const { id, email, token } = await invite(org);
    await inDatabase('UPDATE invitations SET expires_at = now() WHERE email = $1', [email]);
    expect(outcomeOf(await lookUp(token))).toBe('410 invitation_expired');
    const again = await resend(org, id, { body: { expires_in_days: 1 } });
    const { invitation, accept_url } = again.body;
    expect([again.status, invitation.status]).toEqual([201, 'pending']);
    const days = (Date.parse(invitation.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(0.99);
    expect(days).toBeLessThanOrEqual(1);
    expect((await lookUp(tokenIn(accept_url))).status).toBe(200);
    expect(await eventsIn(org, 'invitation.resent')).toBe(1);
  });

  it('is refused once it was answered, revoked or replaced, and to strangers', async () => {
    const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
    const [accepted, declined, revoked, replaced] = await Promise.all(
      Array.from({ length: 4 }, () => invite(org)),
    );
    await accept(accepted!.token, { password: PASSWORD });
    expect((await decline(declined!.token)).status).toBe(204);
    await revoke(org, revoked!.id);
    await inDatabase('UPDATE invitations SET expires_at = now() WHERE email = $1', [
      replaced!.email,
    ]);
    await invite(org, { email: replaced!.email });
    const outcomes = [];
    for (const { id } of [accepted!, declined!, revoked!, replaced!]) {
      outcomes.push(outcomeOf(await resend(org, id)));
    }
    outcomes.push(outcomeOf(await resend(other, replaced!.id)));
    expect(outcomes).toEqual([
      '410 invitation_accepted',
      '410 invitation_revoked',
      '410 invitation_revoked',
      '409 already_invited',
      '404 not_found',
    ]);
  });
});

it('A19: an owner is invited by operators alone, and stays so', async () => {
  const org = await newOrganization();
  const { id, email, token } = await invite(org);
  await inDatabase(
    `UPDATE invitations SET role = 'owner', invited_by_user_id = NULL, invited_by_operator = 'ops'
      WHERE email = $1`,
    [email],
  );
  expect(outcomeOf(await resend(org, id))).toBe('403 cannot_grant_owner');
  const { status, body } = await accept(token, { password: PASSWORD });
  expect([status, body.member.role]).toEqual([200, 'owner']);
});

it('is declined once, and then gone', async () => {
  const org = await newOrganization();
  const { token, email } = await invite(org);
  expect(outcomeOf(await decline('kci_unknown'))).toBe('404 not_found');
  expect(outcomeOf(await decline(token))).toBe('204');
  const accepted = await accept(token, { password: PASSWORD });
  for (const answer of [await decline(token), await lookUp(token), accepted]) {
    expect(outcomeOf(answer)).toBe('410 invitation_revoked');
  }
  const { invitations } = await ask<{ invitations: { email: string; status: string }[] }>(
    'GET',
    `${org.path}/invitations?status=declined`,
    { as: org.owner.session },
  );
  expect(invitations.map((each) => [each.email, each.status])).toEqual([[email, 'declined']]);
  await invite(org, { email });
});
