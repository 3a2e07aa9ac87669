import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * The token that a client gets again. It is stored nowhere: it is a keyed hash of the seed, so
 * neither this row nor the master secret alone gives it.
 */
@Entity('oauth_reusable_tokens')
export class ReusableToken {
  @PrimaryColumn('text', {
    name: 'client_id',
    primaryKeyConstraintName: 'oauth_reusable_tokens_pkey',
  })
  @ForeignKey('OAuthClient', { onDelete: 'CASCADE', name: 'oauth_reusable_tokens_client_id_fkey' })
  clientId: string;

  /** Hash of the scopes, the audience and the secret that it was asked for with. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'oauth_reusable_tokens_pkey' })
  request: string;

  @Column('bytea')
  seed: Buffer;

  @Column('timestamptz', { name: 'expires_at' })
  @Index('oauth_reusable_tokens_by_expiry')
  expiresAt: Date;
}
