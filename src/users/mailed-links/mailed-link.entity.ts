import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

export const LINK_PURPOSES = ['password_reset', 'email_verification'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A link that was mailed to a person and shown to nobody; only the digest of its token is stored. */
@Entity('mailed_links')
@Check('mailed_links_purpose', `"purpose" IN ('password_reset', 'email_verification')`)
@Index('mailed_links_user', ['userId', 'purpose'])
@Unique('mailed_links_digest', ['digest'])
export class MailedLink {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mailed_links_pkey' })
  id: string;

  @Column('text')
  purpose: LinkPurpose;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey('User', { onDelete: 'CASCADE', name: 'mailed_links_user_id' })
  userId: string;

  /** Normalised address that it was mailed to: it proves that one and no other. */
  @Column('text')
  email: string;

  @Column('bytea', { select: false })
  digest: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt: Date | null;
}
