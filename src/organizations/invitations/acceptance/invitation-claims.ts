import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { OrganizationSuspended } from '../../../access/access.errors.js';
import { outranks } from '../../../access/principal.js';
import { UsersService } from '../../../users/users.service.js';
import { Membership } from '../../members/membership.entity.js';
import { OrganizationChangesService } from '../../organization-changes.service.js';
import { lockOrganization } from '../../organization-lock.js';
import { Invitation } from '../invitation.entity.js';
import { heldBy, type OpenedInvitation } from '../invitation-tokens.js';
import { InvitationGone } from '../invitations.errors.js';

/** What ends an open invitation from the side of the invited person. */
type End = 'acceptedAt' | 'declinedAt';

/** Decides, under the lock of the organization, who was first with an invitation. */
@Injectable()
export class InvitationClaims {
  constructor(
    private readonly users: UsersService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /**
   * Whether it was still open to this link, and is accepted now.
   *
   * @throws OrganizationSuspended
   * @throws InvitationGone once the inviter may no longer invite
   */
  async accept(manager: EntityManager, opened: OpenedInvitation): Promise<boolean> {
    const { invitation } = opened;
    const { suspendedAt } = await lockOrganization(manager, invitation.organizationId, 'exclusive');
    if (suspendedAt) throw new OrganizationSuspended();
    if (!(await this.mayStillInvite(manager, invitation))) throw new InvitationGone('revoked');
    return end(manager, opened, 'acceptedAt');
  }

  /** Whether it was still open to this link, and is declined now. */
  async decline(manager: EntityManager, opened: OpenedInvitation): Promise<boolean> {
    await lockOrganization(manager, opened.invitation.organizationId, 'exclusive');
    return end(manager, opened, 'declinedAt');
  }

  private async mayStillInvite(
    manager: EntityManager,
    { organizationId, ...by }: Invitation,
  ): Promise<boolean> {
    if (by.invitedByOperator !== null) return true;
    if (by.invitedByMachineKind !== null && by.invitedByMachineId !== null) {
      const machine = { kind: by.invitedByMachineKind, id: by.invitedByMachineId };
      const rights = await this.changes.rightsOf(manager, organizationId, machine);
      return rights?.has('invitations:write') ?? false;
    }
    if (by.invitedByUserId === null) return false;
    const membership = { organizationId, userId: by.invitedByUserId, status: 'active' } as const;
    const inviter = await manager.findOneBy(Membership, membership);
    if (!inviter || !outranks(inviter.role, 'admin')) return false;
    return this.users.isEnabled(manager, inviter.userId);
  }
}

/** One conditional update decides. */
async function end(manager: EntityManager, opened: OpenedInvitation, by: End): Promise<boolean> {
  const now = new Date();
  const { affected } = await manager.update(
    Invitation,
    {
      ...heldBy(opened),
      acceptedAt: IsNull(),
      declinedAt: IsNull(),
      revokedAt: IsNull(),
      expiresAt: MoreThan(now),
    },
    { [by]: now },
  );
  return affected === 1;
}
