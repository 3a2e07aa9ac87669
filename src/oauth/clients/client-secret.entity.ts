import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** As many secrets of one client may be live at once. */
export const MAX_LIVE_SECRETS = 5;

/** One of a client's secrets; only its digest is stored. */
@Entity('oauth_client_secrets')
export class ClientSecret {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'client_id' })
  @ForeignKey('OAuthClient', { onDelete: 'CASCADE' })
  @Index()
  clientId: string;

  @Column('bytea', { select: false })
  digest: Buffer;

  @Column('text', { nullable: true })
  label: string | null;

  /** The secret's last four characters, to tell secrets apart. */
  @Column('text')
  hint: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /** Access tokens that an earlier generation of this secret got are dead. */
  @Column('integer', { name: 'token_generation', default: 1 })
  tokenGeneration: number;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('text', { name: 'last_used_ip', nullable: true })
  lastUsedIp: string | null;
}
