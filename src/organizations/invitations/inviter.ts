import { type Actor } from '../../access/principal.js';
import { type AuditActor } from '../../audit/audit.service.js';
import { type Invitation } from './invitation.entity.js';

/** Who stands for an invitation; his right is judged again when it is accepted. */
export interface Inviter {
  readonly organizationId: string;
  readonly columns: Pick<
    Invitation,
    'invitedByUserId' | 'invitedByMachineKind' | 'invitedByMachineId' | 'invitedByOperator'
  >;
  /** What a credential makes does not outlive it; null for no bound. */
  readonly until: Date | null;
  /** How the audit log names him. */
  readonly actor: Actor | AuditActor;
}

const NOBODY = {
  invitedByUserId: null,
  invitedByMachineKind: null,
  invitedByMachineId: null,
  invitedByOperator: null,
};

/** A person or a machine of the organization. */
export function inviterOf(actor: Actor): Inviter {
  const { kind, id, userId, organizationId, bounds } = actor;
  const machine = kind === 'user' ? {} : { invitedByMachineKind: kind, invitedByMachineId: id };
  const columns = { ...NOBODY, invitedByUserId: userId, ...machine };
  return { organizationId, columns, until: bounds.expiresAt, actor };
}

/** An operator, by the name of his token. */
export function operatorInviter(organizationId: string, actor: AuditActor): Inviter {
  const columns = { ...NOBODY, invitedByOperator: actor.id ?? 'operator' };
  return { organizationId, columns, until: null, actor };
}
