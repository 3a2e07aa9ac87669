import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How many tokens a limited client was issued within its latest clock hour. */
@Entity('oauth_token_quotas')
export class TokenQuota {
  @PrimaryColumn('text', {
    name: 'client_id',
    primaryKeyConstraintName: 'oauth_token_quotas_pkey',
  })
  @ForeignKey('OAuthClient', { onDelete: 'CASCADE', name: 'oauth_token_quotas_client_id_fkey' })
  clientId: string;

  /** Hours since the epoch. */
  @Column('integer')
  hour: number;

  @Column('integer')
  issued: number;
}
