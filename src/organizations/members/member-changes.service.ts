import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { InsufficientRole } from '../../access/access.errors.js';
import { encodeId } from '../../access/ids.js';
import { type Actor, outranks, type Role } from '../../access/principal.js';
import { type AuditAction, AuditService } from '../../audit/audit.service.js';
import { OrganizationChangesService } from '../organization-changes.service.js';
import { DeparturesService } from './departures.service.js';
import { isLastOwner } from './last-owner.js';
import {
  CannotGrantOwner,
  CannotModifyOwner,
  LastOwner,
  MemberNotFound,
} from './members.errors.js';
import { type Member, type MemberRef, MembersService } from './members.service.js';
import { Membership, type MembershipStatus } from './membership.entity.js';

export interface MemberPatch {
  readonly role?: Role;
  readonly status?: MembershipStatus;
}

/** Who may change whom, decided under the lock of the organization. */
@Injectable()
export class MemberChangesService {
  constructor(
    private readonly members: MembersService,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
    private readonly departures: DeparturesService,
  ) {}

  /**
   * Changes role or status. What the member made is paused with him and comes back with him.
   *
   * @throws MemberNotFound
   * @throws CannotModifyOwner
   * @throws CannotGrantOwner
   * @throws LastOwner
   * @throws ReauthRequired to give someone a role, or to let him back in
   */
  async change(actor: Actor, ref: MemberRef, patch: MemberPatch): Promise<Member> {
    const work = async (manager: EntityManager): Promise<Membership> => {
      const target = await findTarget(manager, actor, ref);
      const role = patch.role ?? target.role;
      const status = patch.status ?? target.status;
      if (role === 'owner' && target.role !== 'owner' && actor.role !== 'owner') {
        throw new CannotGrantOwner();
      }
      if (role !== 'owner' || status !== 'active') await requireAnotherOwner(manager, target);
      return this.save(manager, actor, target, { role, status });
    };
    const isSensitive = patch.role !== undefined || patch.status === 'active';
    const membership = await this.changes.run(actor, 'exclusive', work, { isSensitive });
    return this.members.get(actor.organizationId, { id: membership.id });
  }

  /**
   * Takes someone out of the organization; a member may leave. What he made is ended with him where
   * the policy says so.
   *
   * @throws MemberNotFound
   * @throws InsufficientRole
   * @throws CannotModifyOwner
   * @throws LastOwner
   * @throws ReauthRequired to remove someone else
   */
  async remove(actor: Actor, ref: MemberRef): Promise<void> {
    const work = async (manager: EntityManager): Promise<void> => {
      const target = await findTarget(manager, actor, ref);
      if (!outranks(actor.role, 'admin') && target.userId !== actor.userId) {
        throw new InsufficientRole();
      }
      await requireAnotherOwner(manager, target);
      await manager.delete(Membership, { id: target.id });
      await this.record(manager, actor, target, 'member.removed', { role: target.role });
      await this.departures.end(manager, actor, target);
    };
    const isSensitive = !('userId' in ref && ref.userId === actor.userId);
    await this.changes.run(actor, 'exclusive', work, { isSensitive });
  }

  private async save(
    manager: EntityManager,
    actor: Actor,
    target: Membership,
    { role, status }: { role: Role; status: MembershipStatus },
  ): Promise<Membership> {
    if (role === target.role && status === target.status) return target;
    const changed = manager.merge(Membership, manager.create(Membership, target), {
      role,
      status,
      updatedAt: new Date(),
    });
    await manager.update(Membership, { id: target.id }, changed);
    if (role !== target.role) {
      const roles = { before: target.role, after: role };
      await this.record(manager, actor, target, 'member.role_changed', { role: roles });
    }
    if (status !== target.status) {
      await this.recordStatus(manager, actor, target, status);
    }
    return changed;
  }

  private async recordStatus(
    manager: EntityManager,
    actor: Actor,
    target: Membership,
    status: MembershipStatus,
  ): Promise<void> {
    const isPaused = status === 'paused';
    const action = isPaused ? 'member.paused' : 'member.resumed';
    await this.record(manager, actor, target, action, {});
    if (isPaused) await this.departures.pause(manager, actor, target);
    else await this.departures.resume(manager, actor, target);
  }

  private record(
    manager: EntityManager,
    actor: Actor,
    target: Membership,
    action: AuditAction,
    metadata: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, actor, {
      action,
      organizationId: target.organizationId,
      targetId: encodeId('membership', target.id),
      metadata: { user_id: encodeId('user', target.userId), ...metadata },
    });
  }
}

/**
 * The membership to be changed.
 *
 * @throws MemberNotFound
 * @throws CannotModifyOwner
 */
async function findTarget(
  manager: EntityManager,
  { organizationId, role }: Actor,
  ref: MemberRef,
): Promise<Membership> {
  const target = await manager.findOneBy(Membership, { ...ref, organizationId });
  if (!target) throw new MemberNotFound();
  if (target.role === 'owner' && role !== 'owner') throw new CannotModifyOwner();
  return target;
}

/** @throws LastOwner where the target is the only active owner; the organization is locked */
async function requireAnotherOwner(manager: EntityManager, target: Membership): Promise<void> {
  if (await isLastOwner(manager, target)) throw new LastOwner();
}
