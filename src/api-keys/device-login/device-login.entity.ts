import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** Who may ask to be signed in: a command-line tool, or an agent. */
export const DEVICE_SOURCES = ['cli', 'agent'] as const;
export type DeviceSource = (typeof DEVICE_SOURCES)[number];

export type DeviceLoginState = 'pending' | 'completed' | 'denied' | 'expired' | 'delivered';

/**
 * A device that asks for a key, and what a person has answered. The key itself is never here: it is
 * made when the device fetches it.
 */
@Entity('device_logins')
@Unique('device_logins_poll_digest', ['pollDigest'])
@Index('device_logins_user_code', ['userCode'], {
  unique: true,
  where: '"approved_at" IS NULL AND "denied_at" IS NULL',
})
@Index('device_logins_created_at', ['createdAt'])
export class DeviceLogin {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'device_logins_pkey' })
  id: string;

  /** Digest of the token that the device polls with. */
  @Column('bytea', { name: 'poll_digest', select: false })
  pollDigest: Buffer;

  /** Eight letters, without the dash that they are shown with. */
  @Column('text', { name: 'user_code' })
  userCode: string;

  /** Of the key. */
  @Column('text')
  name: string;

  @Column('text', { name: 'device_name', nullable: true })
  deviceName: string | null;

  @Column('text')
  source: DeviceSource;

  /** What the device asks for. */
  @Column('text', { array: true })
  scopes: string[];

  /** When the key is to expire by the wish of the device; null where it has none. */
  @Column('timestamptz', { name: 'key_expires_at', nullable: true })
  keyExpiresAt: Date | null;

  /** Where the device asked from. */
  @Column('text')
  ip: string;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'approved_at', nullable: true })
  approvedAt: Date | null;

  /** Denied by a person, or because who approved it may no longer when the key is fetched. */
  @Column('timestamptz', { name: 'denied_at', nullable: true })
  deniedAt: Date | null;

  /** When the key was made and handed over. */
  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt: Date | null;

  /** Who approved or denied it; stays when the user is gone. */
  @Column('uuid', { name: 'decided_by_user_id', nullable: true })
  decidedByUserId: string | null;

  /** Null for a session of an identity provider. */
  @Column('uuid', { name: 'decided_in_session_id', nullable: true })
  decidedInSessionId: string | null;

  @Column('uuid', { name: 'organization_id', nullable: true })
  @ForeignKey('Organization', { onDelete: 'CASCADE', name: 'device_logins_organization_id' })
  organizationId: string | null;

  @Column('uuid', { name: 'project_id', nullable: true })
  @ForeignKey('Project', { onDelete: 'CASCADE', name: 'device_logins_project_id' })
  projectId: string | null;

  @Column('text', { name: 'granted_scopes', array: true, nullable: true })
  grantedScopes: string[] | null;

  stateAt(now: Date): DeviceLoginState {
    if (this.deniedAt !== null) return 'denied';
    if (this.deliveredAt !== null) return 'delivered';
    if (this.expiresAt <= now) return 'expired';
    return this.approvedAt === null ? 'pending' : 'completed';
  }
}
