import type {
  AcceptedAnswer,
  InvitationPreviewAnswer,
  IssuedInvitationAnswer,
} from '../../src/organizations/invitations/invitations.dto.js';
import type { Answer, CallOptions, ErrorBody, TestOrganization } from './keycap.js';
import { ask, call, inDatabase, randomText } from './keycap.js';
import { nextMail } from './mail.js';

export const PASSWORD = 'a ship in port is safe';

export const newEmail = (): string => `${randomText()}@keycap.test`;

/** An invitation and the token of the link that its inviter sees. */
export interface TestInvitation {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

export const tokenIn = (text: string): string => /#token=(\w+)/.exec(text)![1]!;

export async function invite(
  { path, owner }: TestOrganization,
  {
    as = owner.session,
    url,
    ...wanted
  }: { as?: string; url?: string; [name: string]: unknown } = {},
): Promise<TestInvitation> {
  const body = { email: newEmail(), role: 'member', ...wanted };
  const made = await ask<IssuedInvitationAnswer>('POST', `${path}/invitations`, {
    as,
    body,
    ...(url !== undefined && { url }),
    expect: 201,
  });
  const { id, email } = made.invitation;
  return { id, email, token: tokenIn(made.accept_url) };
}

/** With a password: signs up. */
export function accept(
  token: string,
  { password, ...options }: CallOptions & { password?: string } = {},
): Promise<Answer<AcceptedAnswer & ErrorBody>> {
  return call('POST', '/v1/invitations/accept', { ...options, body: { token, password } });
}

export function lookUp(token: string): Promise<Answer<InvitationPreviewAnswer & ErrorBody>> {
  return call('GET', '/v1/invitations/lookup', { headers: { 'x-invitation-token': token } });
}

export function decline(token: string): Promise<Answer<ErrorBody>> {
  return call('POST', '/v1/invitations/decline', { headers: { 'x-invitation-token': token } });
}

export function resend(
  { path, owner }: TestOrganization,
  id: string,
  options: CallOptions = {},
): Promise<Answer<IssuedInvitationAnswer & ErrorBody>> {
  return call('POST', `${path}/invitations/${id}/resend`, { as: owner.session, ...options });
}

export function revoke({ path, owner }: TestOrganization, id: string): Promise<Answer<ErrorBody>> {
  return call('DELETE', `${path}/invitations/${id}`, { as: owner.session });
}

/** Status and code of a refusal, the status alone of anything else. */
export const outcomeOf = ({ status, body }: Answer<Partial<ErrorBody> | undefined>): string =>
  body?.code === undefined ? String(status) : `${String(status)} ${body.code}`;

/** How many mails to an address were made, sent or not. */
export async function countMails(email: string): Promise<number> {
  const rows = await inDatabase('SELECT 1 FROM outgoing_mails WHERE recipient = $1', [email]);
  return rows.length;
}

/** The token in the latest mail to an address, once it was sent so many. */
export async function mailedToken(email: string, count = 1): Promise<string> {
  return tokenIn((await nextMail(email, { count })).text);
}
