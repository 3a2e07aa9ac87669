import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { OrganizationNames } from '../../access/organization-names.js';
import { Membership } from './membership.entity.js';

/** Tells those who judge passwords of which names nobody's is to be made. */
@Injectable()
export class MembershipNames extends OrganizationNames {
  constructor(@InjectRepository(Membership) private readonly memberships: Repository<Membership>) {
    super();
  }

  override async of(userId: string): Promise<readonly string[]> {
    const rows = await this.memberships
      .createQueryBuilder('membership')
      .innerJoin('organizations', 'o', 'o.id = membership.organization_id AND o.deleted_at IS NULL')
      .select('o.name', 'name')
      .where({ userId })
      .getRawMany<{ name: string }>();
    return rows.map(({ name }) => name);
  }
}
