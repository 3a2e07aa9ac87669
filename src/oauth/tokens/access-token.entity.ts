import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * An opaque access token; only its digest is stored. The table is partitioned by `period`, and a
 * token's text says its own, so that a look-up probes one index: there is no other.
 *
 * No foreign key to the client: its check would lock the client's row for every token, and dropping
 * a partition would lock the clients' table.
 */
@Entity('access_tokens')
export class AccessToken {
  /** The hour, counted from the epoch, that `expiresAt` is in; see `periodOf`. */
  @PrimaryColumn('integer')
  period: number;

  @PrimaryColumn('bytea')
  digest: Buffer;

  @Column('text', { name: 'client_id' })
  clientId: string;

  /** The client's secret that it was issued for; null where there was none. */
  @Column('uuid', { name: 'secret_id', nullable: true })
  secretId: string | null;

  @Column('text', { array: true })
  scopes: string[];

  @Column('text', { nullable: true })
  audience: string | null;

  @Column('integer', { name: 'organization_generation' })
  organizationGeneration: number;

  @Column('integer', { name: 'client_generation' })
  clientGeneration: number;

  @Column('integer', { name: 'secret_generation' })
  secretGeneration: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
