import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type NamedOrganization, type Origin, type Role } from '../../access/principal.js';
import { type ActiveMembership, RoleDirectory } from '../../access/role-directory.js';
import { Membership } from './membership.entity.js';
import { NamedOrganizationsService } from './named-organizations.service.js';

/** Tells the guard what someone may do in an organization, as it is at this moment. */
@Injectable()
export class MembershipDirectory extends RoleDirectory {
  constructor(
    @InjectRepository(Membership) private readonly memberships: Repository<Membership>,
    private readonly named: NamedOrganizationsService,
  ) {
    super();
  }

  override async find(userId: string, organizationId: string): Promise<ActiveMembership | null> {
    const row = await this.memberships
      .createQueryBuilder('membership')
      .innerJoin('organizations', 'o', 'o.id = membership.organization_id AND o.deleted_at IS NULL')
      .select('membership.role', 'role')
      .addSelect('o.suspended_at IS NOT NULL', 'suspended')
      .where({ userId, organizationId, status: 'active' })
      .getRawOne<{ role: Role; suspended: boolean }>();
    return row ?? null;
  }

  override settle(
    userId: string,
    named: NamedOrganization,
    origin: Origin,
  ): Promise<string | null> {
    return this.named.settle(userId, named, origin);
  }
}
