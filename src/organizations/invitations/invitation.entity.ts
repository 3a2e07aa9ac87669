import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { type Role } from '../../access/principal.js';

/** An offer to join an organization. Whether it is expired is computed, never stored. */
@Entity('invitations')
@Unique('invitations_mailed_digest', ['mailedDigest'])
@Index('invitations_one_open', ['organizationId', 'email'], {
  unique: true,
  where:
    '"accepted_at" IS NULL AND "revoked_at" IS NULL AND "declined_at" IS NULL AND "superseded_at" IS NULL',
})
export class Invitation {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  @Index()
  organizationId: string;

  /** Normalised as users' addresses are. */
  @Column('text')
  email: string;

  @Column('text')
  role: Role;

  /** Digest of the token in the link that was shown to the inviter. */
  @Column('bytea', { unique: true, select: false })
  digest: Buffer;

  /** Digest of the one that was mailed and shown to nobody; null where nothing was mailed. */
  @Column('bytea', { name: 'mailed_digest', select: false, nullable: true })
  mailedDigest: Buffer | null;

  @Column('uuid', { name: 'invited_by_user_id', nullable: true })
  @ForeignKey('User', { onDelete: 'SET NULL' })
  invitedByUserId: string | null;

  /** Set where a machine invited. */
  @Column('text', { name: 'invited_by_machine_kind', nullable: true })
  invitedByMachineKind: 'api_key' | 'oauth_client' | null;

  /** The key's UUID, or the `client_id`. */
  @Column('text', { name: 'invited_by_machine_id', nullable: true })
  invitedByMachineId: string | null;

  /** The operator's name, where one invited. */
  @Column('text', { name: 'invited_by_operator', nullable: true })
  invitedByOperator: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'accepted_at', nullable: true })
  acceptedAt: Date | null;

  @Column('uuid', { name: 'accepted_by_user_id', nullable: true })
  @ForeignKey('User', { onDelete: 'SET NULL' })
  acceptedByUserId: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('timestamptz', { name: 'declined_at', nullable: true })
  declinedAt: Date | null;

  /** Set when a new invitation took the place of this expired one. */
  @Column('timestamptz', { name: 'superseded_at', nullable: true })
  supersededAt: Date | null;
}
