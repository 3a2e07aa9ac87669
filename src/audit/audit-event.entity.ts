import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

export const ACTOR_KINDS = ['user', 'api_key', 'oauth_client', 'operator', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/**
 * One change, written in the transaction that made it. The columns are for reading and filtering;
 * what the chain holds is `canonical`, and verification compares them with it. No foreign key: to
 * check it would lock the organization's row after the head of its chain, which is locked last.
 */
@Entity('audit_events')
@Index(['organizationId', 'id'])
@Unique('audit_events_place', ['chain', 'sequence'])
export class AuditEvent {
  @PrimaryColumn('uuid')
  id: string;

  /** The organization's UUID, or one of the few chains of what belongs to none. */
  @Column('uuid')
  chain: string;

  /** From 1 on, without gaps. A number that PostgreSQL's driver hands over as text. */
  @Column('bigint')
  sequence: string;

  /** JSON in the form in which it was hashed, byte for byte. */
  @Column('text')
  canonical: string;

  /** Keyed hash of the place, the hash before, and `canonical`. */
  @Column('bytea')
  hash: Buffer;

  @Column('uuid', { name: 'organization_id', nullable: true })
  organizationId: string | null;

  @Column('text')
  action: string;

  @Column('text', { name: 'actor_kind' })
  actorKind: ActorKind;

  /** Wire id of the actor. */
  @Column('text', { name: 'actor_id', nullable: true })
  actorId: string | null;

  @Column('uuid', { name: 'project_id', nullable: true })
  projectId: string | null;

  /** Wire id of what was changed. */
  @Column('text', { name: 'target_id', nullable: true })
  targetId: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  @Column('jsonb', { default: () => "'{}'" })
  metadata: object;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
