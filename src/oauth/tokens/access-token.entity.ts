import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An opaque access token; only its digest is stored. */
@Entity('access_tokens')
export class AccessToken {
  @PrimaryColumn('bytea')
  digest: Buffer;

  @Column('text', { name: 'client_id' })
  @ForeignKey('OAuthClient', { onDelete: 'CASCADE' })
  @Index()
  clientId: string;

  @Column('text', { array: true })
  scopes: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  @Index()
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
