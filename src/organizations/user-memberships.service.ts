import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { Membership } from './members/membership.entity.js';

/** Where someone belongs to. */
export type UserMembership = Pick<Membership, 'id' | 'organizationId' | 'role' | 'status'> & {
  readonly organizationName: string;
};

/** The memberships of one person, for those who run the deployment. */
@Injectable()
export class UserMembershipsService {
  constructor(@InjectRepository(Membership) private readonly memberships: Repository<Membership>) {}

  /** Newest first; those in deleted organizations are left out. */
  list(userId: string): Promise<UserMembership[]> {
    return this.memberships
      .createQueryBuilder('membership')
      .innerJoin('organizations', 'o', 'o.id = membership.organization_id AND o.deleted_at IS NULL')
      .select('membership.id', 'id')
      .addSelect('membership.organization_id', 'organizationId')
      .addSelect('membership.role', 'role')
      .addSelect('membership.status', 'status')
      .addSelect('o.name', 'organizationName')
      .where({ userId })
      .orderBy('membership.id', 'DESC')
      .getRawMany<UserMembership>();
  }
}
