import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { type Role } from '../../access/principal.js';

export const MEMBERSHIP_STATUSES = ['active', 'paused'] as const;
export type MembershipStatus = (typeof MEMBERSHIP_STATUSES)[number];

/** A person's place in an organization. */
@Entity('memberships')
@Check('memberships_role', `"role" IN ('owner', 'admin', 'member')`)
@Check('memberships_status', `"status" IN ('active', 'paused')`)
@Unique('memberships_one_each', ['organizationId', 'userId'])
export class Membership {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  organizationId: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Index()
  userId: string;

  @Column('text')
  role: Role;

  @Column('text')
  status: MembershipStatus;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
