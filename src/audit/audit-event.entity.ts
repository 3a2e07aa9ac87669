import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const ACTOR_KINDS = ['user', 'api_key', 'oauth_client', 'operator', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** One change, written in the transaction that made it. */
@Entity('audit_events')
@Index(['organizationId', 'id'])
export class AuditEvent {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id', nullable: true })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
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
