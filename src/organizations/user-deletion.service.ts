import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId } from '../access/ids.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { UsersService } from '../users/users.service.js';
import { DeparturesService } from './members/departures.service.js';
import { isLastOwner } from './members/last-owner.js';
import { LastOwner } from './members/members.errors.js';
import { Membership } from './members/membership.entity.js';
import { lockAnyOrganization } from './organization-lock.js';

/**
 * Takes a person out of every organization and out of the deployment. What he made is treated as when
 * he is removed; what stays of it keeps his id, which nobody else ever gets.
 */
@Injectable()
export class UserDeletionService {
  constructor(
    private readonly users: UsersService,
    private readonly departures: DeparturesService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws UserNotFound
   * @throws LastOwner where an organization would be left without an active owner
   */
  async delete(by: AuditActor, userId: string): Promise<void> {
    let isDone = false;
    // He may join one more organization while the locks of those that he was in are waited for.
    while (!isDone)
      isDone = await this.transactions.run((manager) => this.try(manager, by, userId));
  }

  /** @returns false, with nothing done, where an organization was not locked */
  private async try(manager: EntityManager, by: AuditActor, userId: string): Promise<boolean> {
    const locked = await this.lockOrganizationsOf(manager, userId);
    // From here on nobody can add him anywhere: a membership refers to this row.
    await this.users.lock(manager, userId);
    const memberships = await manager.findBy(Membership, { userId });
    if (memberships.some(({ organizationId }) => !locked.has(organizationId))) return false;
    if (await isLastOwner(manager, ...memberships)) throw new LastOwner();
    for (const membership of memberships) await this.remove(manager, by, membership);
    await this.users.delete(manager, by, userId);
    return true;
  }

  /** All of them in one order, so that two deletions never wait for each other. */
  private async lockOrganizationsOf(
    manager: EntityManager,
    userId: string,
  ): Promise<ReadonlySet<string>> {
    const memberships = await manager.findBy(Membership, { userId });
    const ids = memberships.map(({ organizationId }) => organizationId).sort();
    for (const id of ids) await lockAnyOrganization(manager, id, 'exclusive');
    return new Set(ids);
  }

  private async remove(
    manager: EntityManager,
    by: AuditActor,
    { id, organizationId, userId, role }: Membership,
  ): Promise<void> {
    await manager.delete(Membership, { id });
    await this.departures.end(manager, by, { organizationId, userId });
    await this.audit.record(manager, by, {
      action: 'member.removed',
      organizationId,
      targetId: encodeId('membership', id),
      metadata: { user_id: encodeId('user', userId), role },
    });
  }
}
