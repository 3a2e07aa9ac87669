import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Not, type Repository, type SelectQueryBuilder } from 'typeorm';
import { InsufficientRole } from '../../access/access.errors.js';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor, outranks, type Role } from '../../access/principal.js';
import { type AuditAction, type AuditActor, AuditService } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { type Person, UsersService } from '../../users/users.service.js';
import { lockOrganization } from '../organizations.service.js';
import {
  CannotGrantOwner,
  CannotModifyOwner,
  LastOwner,
  MemberNotFound,
} from './members.errors.js';
import { Membership, type MembershipStatus } from './membership.entity.js';

/** A membership and the person it is of. */
export interface Member {
  readonly membership: Membership;
  readonly user: Person;
}

/** Names one membership of an organization: by user or by its own id (UUIDs). */
export type MemberRef = { readonly userId: string } | { readonly id: string };

export interface MemberFilter {
  readonly role?: Role;
  readonly status?: MembershipStatus;
  /** Part of a name or address. */
  readonly q?: string;
}

export interface MemberPatch {
  readonly role?: Role;
  readonly status?: MembershipStatus;
}

@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Membership) private readonly memberships: Repository<Membership>,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** Newest first, one page. */
  async list(
    organizationId: string,
    filter: MemberFilter,
    page: { before: string | undefined; limit: number },
  ): Promise<Member[]> {
    const query = this.matching(organizationId, filter);
    if (page.before !== undefined) {
      query.andWhere('membership.id < :before', { before: page.before });
    }
    const rows = await query.orderBy('membership.id', 'DESC').take(page.limit).getMany();
    return this.withUsers(rows);
  }

  /** Oldest first, by position, with the number of all. */
  async listByOffset(
    organizationId: string,
    page: { offset: number; limit: number },
  ): Promise<{ members: Member[]; count: number }> {
    const [rows, count] = await this.matching(organizationId, {})
      .orderBy('membership.id', 'ASC')
      .skip(page.offset)
      .take(page.limit)
      .getManyAndCount();
    return { members: await this.withUsers(rows), count };
  }

  /** @throws MemberNotFound */
  async get(organizationId: string, ref: MemberRef): Promise<Member> {
    const membership = await this.memberships.findOneBy({ ...ref, organizationId });
    if (!membership) throw new MemberNotFound();
    return this.withUser(membership);
  }

  /** Adds a person to an organization whose row the caller has locked. */
  async add(
    manager: EntityManager,
    organizationId: string,
    { userId, role }: { userId: string; role: Role },
    by: Actor | AuditActor,
  ): Promise<Membership> {
    const now = new Date();
    const membership: Membership = {
      id: newId(),
      organizationId,
      userId,
      role,
      status: 'active',
      createdAt: now,
      updatedAt: now,
    };
    await manager.insert(Membership, membership);
    await this.audit.record(manager, by, {
      action: 'member.added',
      organizationId,
      targetId: encodeId('membership', membership.id),
      metadata: { user_id: encodeId('user', userId), role },
    });
    return membership;
  }

  /**
   * Changes role or status.
   *
   * @throws MemberNotFound
   * @throws CannotModifyOwner
   * @throws CannotGrantOwner
   * @throws LastOwner
   */
  async change(actor: Actor, ref: MemberRef, patch: MemberPatch): Promise<Member> {
    const membership = await this.transactions.run(async (manager) => {
      const target = await this.lockTarget(manager, actor, ref);
      const role = patch.role ?? target.role;
      const status = patch.status ?? target.status;
      if (role === 'owner' && target.role !== 'owner' && actor.role !== 'owner') {
        throw new CannotGrantOwner();
      }
      if (role !== 'owner' || status !== 'active') await requireAnotherOwner(manager, target);
      return this.save(manager, actor, target, { role, status });
    });
    return this.withUser(membership);
  }

  /**
   * Takes someone out of the organization; a member may leave.
   *
   * @throws MemberNotFound
   * @throws InsufficientRole
   * @throws CannotModifyOwner
   * @throws LastOwner
   */
  async remove(actor: Actor, ref: MemberRef): Promise<void> {
    await this.transactions.run(async (manager) => {
      const target = await this.lockTarget(manager, actor, ref);
      if (!outranks(actor.role, 'admin') && target.userId !== actor.userId) {
        throw new InsufficientRole();
      }
      await requireAnotherOwner(manager, target);
      await manager.delete(Membership, { id: target.id });
      await this.record(manager, actor, target, 'member.removed', { role: target.role });
    });
  }

  /**
   * The membership to be changed, under the organization's lock, with the actor's rank as it is
   * under that lock: an owner who was demoted a moment ago touches owners no more.
   */
  private async lockTarget(
    manager: EntityManager,
    actor: Actor,
    ref: MemberRef,
  ): Promise<Membership> {
    const { organizationId } = actor;
    await lockOrganization(manager, organizationId);
    if (actor.userId !== null) {
      const { userId, role } = actor;
      const isUnchanged = { organizationId, userId, role, status: 'active' } as const;
      if (!(await manager.existsBy(Membership, isUnchanged))) throw new InsufficientRole();
    }
    const target = await manager.findOneBy(Membership, { ...ref, organizationId });
    if (!target) throw new MemberNotFound();
    if (target.role === 'owner' && actor.role !== 'owner') throw new CannotModifyOwner();
    return target;
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
      const action = status === 'paused' ? 'member.paused' : 'member.resumed';
      await this.record(manager, actor, target, action, {});
    }
    return changed;
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

  private matching(
    organizationId: string,
    { role, status, q }: MemberFilter,
  ): SelectQueryBuilder<Membership> {
    const query = this.memberships.createQueryBuilder('membership').where({ organizationId });
    if (role !== undefined) query.andWhere({ role });
    if (status !== undefined) query.andWhere({ status });
    if (q !== undefined) {
      query
        .innerJoin('users', 'u', 'u.id = membership.user_id')
        .andWhere('(strpos(lower(u.name), lower(:q)) > 0 OR strpos(u.email, lower(:q)) > 0)', {
          q,
        });
    }
    return query;
  }

  private async withUser(membership: Membership): Promise<Member> {
    return { membership, user: await this.users.get(membership.userId) };
  }

  private async withUsers(memberships: readonly Membership[]): Promise<Member[]> {
    const users = await this.users.findAll(memberships.map(({ userId }) => userId));
    return memberships.flatMap((membership) => {
      const user = users.get(membership.userId);
      return user ? [{ membership, user }] : [];
    });
  }
}

/** @throws LastOwner where the target is the only active owner; the organization is locked */
async function requireAnotherOwner(manager: EntityManager, target: Membership): Promise<void> {
  if (target.role !== 'owner' || target.status !== 'active') return;
  const { organizationId } = target;
  const others = { organizationId, role: 'owner', status: 'active', id: Not(target.id) } as const;
  if (!(await manager.existsBy(Membership, others))) throw new LastOwner();
}
