import type { Role } from '../../src/access/principal.js';
import { decodeId } from '../../src/access/ids.js';
import { newEmail } from '../support/invitations.js';
import type { Answer, ErrorBody } from '../support/keycap.js';
import { call, inDatabase } from '../support/keycap.js';
import type { Tenant } from '../isolation/tenant.js';
import { Maker } from '../isolation/tenant.js';
import type { Actor } from './actors.js';
import { verdictOn } from './attempt.js';
import type { Refusal } from './oracle.js';
import { refusalAtTheGate, refusedIf } from './oracle.js';

export async function tryInvitation(tenant: Tenant, actor: Actor, role: Role): Promise<string[]> {
  const answer = await call('POST', `${tenant.path}/invitations`, {
    as: actor.as,
    body: { email: newEmail(), role },
  });
  return verdictOn(actor, `invite one as ${role}`, answer, refusalsOf(actor, role));
}

/** One row of each role. A batch that passes the gate is judged row by row. */
export async function tryInvitationBatch(
  tenant: Tenant,
  actor: Actor,
  roles: readonly Role[],
): Promise<string[]> {
  const answer = await call<Partial<Results>>('POST', `${tenant.path}/invitations/batch`, {
    as: actor.as,
    body: { invitations: roles.map((role) => ({ email: newEmail(), role })) },
  });
  const { results } = answer.body;
  return roles.flatMap((role, index) => {
    const outcome = results ? outcomeOf(answer, results[index]) : answer;
    return verdictOn(actor, `invite one of many as ${role}`, outcome, refusalsOf(actor, role));
  });
}

/** What a row says, as if it had come alone: a refused one keeps its link to itself. */
function outcomeOf(answer: Answer<unknown>, row: Row | undefined): Answer<unknown> {
  if (row?.status === 'created' && row.accept_url !== null) return answer;
  const status = row?.accept_url === null ? 403 : 500;
  return { ...answer, status, body: { code: row?.code } };
}

/** An open invitation, which in the case of an owner an operator has made. */
export async function tryResending(tenant: Tenant, actor: Actor, role: Role): Promise<string[]> {
  const { id } = await Maker.in(tenant).invitation();
  await inDatabase('UPDATE invitations SET role = $2 WHERE id = $1', [
    decodeId('invitation', id),
    role,
  ]);
  const answer = await call('POST', `${tenant.path}/invitations/${id}/resend`, { as: actor.as });
  return verdictOn(actor, `send one as ${role} again`, answer, refusalsOf(actor, role));
}

function refusalsOf(actor: Actor, role: Role): Refusal[] {
  const atGate = refusalAtTheGate(actor, 'invitations:write');
  return atGate === null ? refusedIf(role === 'owner', '403 cannot_grant_owner') : [atGate];
}

interface Row extends Pick<ErrorBody, 'code'> {
  readonly status: 'created' | 'error';
  readonly accept_url: string | null;
}

interface Results {
  readonly results: readonly Row[];
}
