import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { type PolicySet } from './policies/policy.js';

/** A tenant: everything else but people belongs to exactly one. */
@Entity('organizations')
@Unique('organizations_slug', ['slug'])
// Over metadata.external_id, which TypeORM has no words for.
@Index('organizations_external_id', { synchronize: false })
export class Organization {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  slug: string;

  @Column('jsonb', { default: () => "'{}'" })
  metadata: object;

  @Column('jsonb', { default: () => "'{}'" })
  policy: PolicySet;

  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt: Date | null;

  @Column('text', { name: 'suspended_reason', nullable: true })
  suspendedReason: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  /** Access tokens of an earlier generation are dead; raised to revoke all of them at once. */
  @Column('integer', { name: 'token_generation', default: 1 })
  tokenGeneration: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
