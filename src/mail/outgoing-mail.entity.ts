import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What mails are about. */
export const MAIL_KINDS = [
  'invitation',
  'password_reset',
  'email_verification',
  'leaked_key',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** `waiting` also where no mail is configured; `expired`: what it says is of no use any more. */
export const MAIL_STATES = ['waiting', 'sent', 'failed', 'expired'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** One mail of the transactional outbox. */
@Entity('outgoing_mails')
@Check('outgoing_mails_state', `"state" IN ('waiting', 'sent', 'failed', 'expired')`)
@Index('outgoing_mails_by_recipient', ['recipient', 'id'])
@Index('outgoing_mails_due', ['nextAttemptAt'], { where: `"state" = 'waiting'` })
export class OutgoingMail {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outgoing_mails_pkey' })
  id: string;

  @Column('text')
  kind: MailKind;

  /** Normalised address. */
  @Column('text')
  recipient: string;

  @Column('uuid', { name: 'organization_id', nullable: true })
  @ForeignKey('Organization', { onDelete: 'CASCADE', name: 'outgoing_mails_organization' })
  organizationId: string | null;

  /** Subject and text, encrypted, since the text may hold a secret link; erased once sent or expired. */
  @Column('bytea', { nullable: true, select: false })
  sealed: Buffer | null;

  @Column('text')
  state: MailState;

  @Column('integer')
  attempts: number;

  @Column('timestamptz', { name: 'next_attempt_at' })
  nextAttemptAt: Date;

  /** Why the last attempt failed, in words without secrets. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  /** After it the mail is not sent any more: its link would be dead. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
