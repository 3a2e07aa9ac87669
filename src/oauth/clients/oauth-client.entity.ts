import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A machine that gets access tokens with its own credentials (RFC 6749 §2). */
@Entity('oauth_clients')
@Index('oauth_clients_by_organization', ['organizationId', 'id'], { unique: true })
export class OAuthClient {
  /** 40 letters and digits, as Django OAuth Toolkit makes them. */
  @PrimaryColumn('text', { name: 'client_id' })
  clientId: string;

  /** Never shown: a UUIDv7, so that lists have an order to be cut into pages by. */
  @Column('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  organizationId: string;

  @Column('uuid', { name: 'project_id', nullable: true })
  @ForeignKey('Project', { onDelete: 'CASCADE' })
  projectId: string | null;

  @Column('text')
  name: string;

  @Column('text', { array: true })
  scopes: string[];

  /** Life of a new access token, in seconds. */
  @Column('integer', { name: 'token_ttl_seconds' })
  tokenTtlSeconds: number;

  @Column('boolean', { name: 'is_active' })
  isActive: boolean;

  @Column('uuid', { name: 'created_by_user_id', nullable: true })
  @ForeignKey('User', { onDelete: 'SET NULL' })
  createdByUserId: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** Deleted for every caller; the row stays for the audit log. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
