import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How many access tokens a client was issued on one day (UTC). */
@Entity('oauth_client_usage')
export class ClientUsage {
  @PrimaryColumn('text', {
    name: 'client_id',
    primaryKeyConstraintName: 'oauth_client_usage_pkey',
  })
  @ForeignKey('OAuthClient', { onDelete: 'CASCADE', name: 'oauth_client_usage_client_id_fkey' })
  clientId: string;

  /** `2026-11-25`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'oauth_client_usage_pkey' })
  day: string;

  @Column('integer', { name: 'tokens_issued' })
  tokensIssued: number;
}
