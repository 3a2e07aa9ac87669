import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository, type SelectQueryBuilder } from 'typeorm';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor, type Role } from '../../access/principal.js';
import { type AuditActor, AuditService } from '../../audit/audit.service.js';
import { type Person, UsersService } from '../../users/users.service.js';
import { MemberNotFound } from './members.errors.js';
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

/** Who belongs to an organization. */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Membership) private readonly memberships: Repository<Membership>,
    private readonly users: UsersService,
    private readonly audit: AuditService,
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
    const member = await this.find(organizationId, ref);
    if (!member) throw new MemberNotFound();
    return member;
  }

  async find(organizationId: string, ref: MemberRef): Promise<Member | null> {
    const membership = await this.memberships.findOneBy({ ...ref, organizationId });
    return membership && this.withUser(membership);
  }

  /** Adds a person to an organization that the caller has locked or just made. */
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
