import type { AuditEventList } from '../src/audit/audit.dto.js';
import type { IssuedInvitationAnswer } from '../src/organizations/invitations/invitations.dto.js';
import type { ErrorBody } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import {
  accept,
  countMails,
  invite,
  lookUp,
  mailedToken,
  newEmail,
  outcomeOf,
  PASSWORD,
  tokenIn,
} from './support/invitations.js';
import { mustOperate, operate, OPERATOR } from './support/operator.js';

const at = (organizationId: string): string => `/organizations/${organizationId}/owner-invitations`;

interface Provisioned extends IssuedInvitationAnswer {
  readonly organization: { readonly id: string };
}

/** An organization that an operator made for someone who has not come yet. */
async function provision(): Promise<{ id: string; email: string; first: Provisioned }> {
  const email = newEmail();
  const body = { name: 'For Ada', owner_email: email };
  const first = await mustOperate<Provisioned>('POST', '/organizations', { body, expect: 201 });
  return { id: first.organization.id, email, first };
}

const inviteAgain = (id: string, email: string): Promise<IssuedInvitationAnswer> =>
  mustOperate('POST', at(id), { body: { email }, expect: 201 });

/** Accepts as someone new. @returns his session, once he is the owner */
async function becomeOwner(token: string): Promise<string> {
  const { status, body } = await accept(token, { password: PASSWORD });
  expect([status, body.member.role]).toEqual([200, 'owner']);
  return body.session_token!;
}

const expire = (email: string): Promise<unknown> =>
  inDatabase(`UPDATE invitations SET expires_at = now() - interval '1 second' WHERE email = $1`, [
    email,
  ]);

/** What operators did in an organization, oldest first, and to which invitation. */
async function actionsIn(id: string): Promise<unknown[]> {
  const { audit_events: events } = await mustOperate<AuditEventList>(
    'GET',
    `/audit-events?organization_id=${id}&actor_id=${OPERATOR}`,
  );
  return events.map(({ action, target_id: target }) => [action, target]).toReversed();
}

it('comes with a new organization, with its id and its end', async () => {
  const { id, email, first } = await provision();
  expect(first.invitation).toEqual({
    id: expect.stringMatching(/^inv_/),
    email,
    role: 'owner',
    status: 'pending',
    expires_at: expect.any(String),
    invited_by_user_id: null,
    created_at: expect.any(String),
  });
  const days = (Date.parse(first.invitation.expires_at) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(await actionsIn(id)).toEqual([
    ['organization.created', id],
    ['invitation.created', first.invitation.id],
  ]);
});

it('is replaced where its link is lost: the old one is dead, the new one makes an owner', async () => {
  const { id, email, first } = await provision();
  const lost = { shown: tokenIn(first.accept_url), mailed: await mailedToken(email) };
  const again = await inviteAgain(id, email);
  expect(again.invitation).toMatchObject({ email, role: 'owner', status: 'pending' });
  expect(again.invitation.id).not.toBe(first.invitation.id);
  for (const token of [lost.shown, lost.mailed]) {
    expect(outcomeOf(await lookUp(token))).toBe('410 invitation_revoked');
    const refused = await accept(token, { password: PASSWORD });
    expect(outcomeOf(refused)).toBe('410 invitation_revoked');
  }
  const as = await becomeOwner(tokenIn(again.accept_url));
  const { invitations } = await ask<{ invitations: { id: string; status: string }[] }>(
    'GET',
    `/v1/organizations/${id}/invitations`,
    { as },
  );
  expect(invitations.map((each) => [each.id, each.status])).toEqual([
    [again.invitation.id, 'accepted'],
    [first.invitation.id, 'revoked'],
  ]);
  expect(await actionsIn(id)).toEqual([
    ['organization.created', id],
    ['invitation.created', first.invitation.id],
    ['invitation.revoked', first.invitation.id],
    ['invitation.created', again.invitation.id],
  ]);
});

it('is revoked where it went to a wrong address, and no other one by an operator', async () => {
  const { id, email, first } = await provision();
  const path = `${at(id)}/${first.invitation.id}`;
  const lost = { shown: tokenIn(first.accept_url), mailed: await mailedToken(email) };
  for (let time = 0; time < 2; time++) {
    expect(await mustOperate('DELETE', path)).toEqual({ revoked: true });
  }
  for (const token of [lost.shown, lost.mailed]) {
    const refused = await accept(token, { password: PASSWORD });
    expect(outcomeOf(refused)).toBe('410 invitation_revoked');
  }
  const right = await inviteAgain(id, newEmail());
  await becomeOwner(tokenIn(right.accept_url));
  const accepted = await operate('DELETE', `${at(id)}/${right.invitation.id}`);
  expect(outcomeOf(accepted)).toBe('410 invitation_accepted');
  const organization = await newOrganization();
  const own = await invite(organization, { role: 'admin' });
  const elsewhere = await provision();
  for (const [where, which] of [
    [organization.id, own.id],
    [id, elsewhere.first.invitation.id],
  ] as const) {
    const refused = await operate('DELETE', `${at(where)}/${which}`);
    expect(outcomeOf(refused)).toBe('404 not_found');
  }
  expect(await actionsIn(id)).toEqual([
    ['organization.created', id],
    ['invitation.created', first.invitation.id],
    ['invitation.revoked', first.invitation.id],
    ['invitation.created', right.invitation.id],
  ]);
});

it('is replaced where it has expired, and mailed again', async () => {
  const { id, email, first } = await provision();
  await expire(email);
  const again = await inviteAgain(id, email);
  const refused = await accept(tokenIn(first.accept_url), { password: PASSWORD });
  expect(outcomeOf(refused)).toBe('410 invitation_expired');
  const as = await becomeOwner(await mailedToken(email, 2));
  expect((await call('GET', `/v1/organizations/${id}`, { as })).status).toBe(200);
  // The former one ended by itself: nobody took it back.
  expect(await actionsIn(id)).toEqual([
    ['organization.created', id],
    ['invitation.created', first.invitation.id],
    ['invitation.created', again.invitation.id],
  ]);
});

it('goes to a further address beside the open one of the first', async () => {
  const { id, first } = await provision();
  const another = await inviteAgain(id, newEmail());
  await becomeOwner(tokenIn(first.accept_url));
  await becomeOwner(tokenIn(another.accept_url));
  const owners = await inDatabase(
    `SELECT m.role FROM memberships m JOIN invitations i
         ON i.organization_id = m.organization_id AND i.accepted_by_user_id = m.user_id
      WHERE i.email = ANY($1)`,
    [[first.invitation.email, another.invitation.email]],
  );
  expect(owners).toEqual([{ role: 'owner' }, { role: 'owner' }]);
});

it('leaves invitations in other roles, and members, to the organization', async () => {
  const organization = await newOrganization();
  const invited = await invite(organization, { role: 'admin' });
  const member = await organization.member('member');
  const refusals = [];
  for (const email of [invited.email, member.email]) {
    refusals.push(outcomeOf(await operate('POST', at(organization.id), { body: { email } })));
  }
  expect(refusals).toEqual(['409 already_invited', '409 already_member']);
  expect((await lookUp(invited.token)).status).toBe(200);
});

it('can be made while the organization is suspended, and accepted afterwards', async () => {
  const { id, email } = await provision();
  await mustOperate('POST', `/organizations/${id}/suspend`, { body: { reason: 'unpaid' } });
  const { accept_url } = await inviteAgain(id, email);
  const token = tokenIn(accept_url);
  const early = await accept(token, { password: PASSWORD });
  expect(outcomeOf(early)).toBe('403 organization_suspended');
  await mustOperate('POST', `/organizations/${id}/resume`);
  expect(await becomeOwner(token)).toMatch(/^kcs_/);
});

it('is not made in an organization that is deleted or unknown, nor without an address', async () => {
  const { id, email } = await provision();
  const outcomes = [];
  for (const body of [{}, { email: 'nobody' }, { email, role: 'owner' }]) {
    outcomes.push(outcomeOf(await operate('POST', at(id), { body })));
  }
  await mustOperate('DELETE', `/organizations/${id}`);
  for (const organizationId of [id, 'org_01kaw2hxk5f0c9xd2zp7r3m8qe', 'x']) {
    outcomes.push(outcomeOf(await operate('POST', at(organizationId), { body: { email } })));
  }
  const refused = '400 validation_error';
  const unknown = '404 not_found';
  expect(outcomes).toEqual([refused, refused, refused, unknown, unknown, unknown]);
});

it('is made once by repetitions with one Idempotency-Key', async () => {
  const { id, email } = await provision();
  const options = { body: { email }, headers: { 'idempotency-key': email } };
  const post = (): ReturnType<typeof operate<IssuedInvitationAnswer & ErrorBody>> =>
    operate('POST', at(id), options);
  const [first, again] = [await post(), await post()];
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(again.body).toEqual(first.body);
  expect(await countMails(email)).toBe(2);
});

it('leaves one open to the address, however many are made at a time', async () => {
  const { id, email } = await provision();
  const made = await Promise.all(Array.from({ length: 8 }, () => inviteAgain(id, email)));
  const found = await Promise.all(
    made.map(async ({ accept_url }) => outcomeOf(await lookUp(tokenIn(accept_url)))),
  );
  const expected = ['200', ...Array.from({ length: 7 }, () => '410 invitation_revoked')];
  expect(found.toSorted()).toEqual(expected);
});
