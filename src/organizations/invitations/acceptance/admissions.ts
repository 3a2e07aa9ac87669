import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId } from '../../../access/ids.js';
import { type Origin } from '../../../access/principal.js';
import { AuditService, personActor } from '../../../audit/audit.service.js';
import { type Person } from '../../../users/users.service.js';
import { MembersService } from '../../members/members.service.js';
import { Membership } from '../../members/membership.entity.js';
import { Invitation } from '../invitation.entity.js';

/** Makes members of those who have accepted. */
@Injectable()
export class Admissions {
  constructor(
    private readonly members: MembersService,
    private readonly audit: AuditService,
  ) {}

  /** In the transaction that has accepted the invitation. */
  async admit(
    manager: EntityManager,
    { id, organizationId, role }: Invitation,
    { id: userId }: Person,
    origin: Origin,
  ): Promise<void> {
    await manager.update(Invitation, { id }, { acceptedByUserId: userId });
    const by = personActor(userId, origin);
    await this.audit.record(manager, by, {
      action: 'invitation.accepted',
      organizationId,
      targetId: encodeId('invitation', id),
    });
    const isMember = await manager.existsBy(Membership, { organizationId, userId });
    if (!isMember) await this.members.add(manager, organizationId, { userId, role }, by);
  }
}
