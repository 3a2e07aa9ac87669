import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { OrganizationChangesService, SENSITIVE } from '../organization-changes.service.js';
import { AlreadyOwner, MemberNotFound } from './members.errors.js';
import { type Member, MembersService } from './members.service.js';
import { Membership } from './membership.entity.js';

/** Hands an organization over. */
@Injectable()
export class OwnershipService {
  constructor(
    private readonly members: MembersService,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /**
   * Makes an active member an owner and the owner who does it an admin, in one step.
   *
   * @param userId UUID
   * @throws AlreadyOwner for himself
   * @throws MemberNotFound also for one who is paused
   * @throws ReauthRequired
   */
  async transfer(actor: Actor, userId: string): Promise<Member> {
    const { organizationId } = actor;
    if (userId === actor.userId) throw new AlreadyOwner();
    const updatedAt = new Date();
    await this.changes.run(
      actor,
      'exclusive',
      async (manager) => {
        const target = { organizationId, userId, status: 'active' } as const;
        const toOwner = { role: 'owner', updatedAt } as const;
        const { affected } = await manager.update(Membership, target, toOwner);
        if (affected !== 1) throw new MemberNotFound();
        const former = { organizationId, userId: actor.id };
        await manager.update(Membership, former, { role: 'admin', updatedAt });
        await this.audit.record(manager, actor, {
          action: 'organization.ownership_transferred',
          organizationId,
          targetId: encodeId('organization', organizationId),
          metadata: { from: encodeId('user', actor.id), to: encodeId('user', userId) },
        });
      },
      SENSITIVE,
    );
    return this.members.get(organizationId, { userId });
  }
}
