import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client assertion that was taken once, and is taken never again while it is valid. */
@Entity('used_client_assertions')
export class UsedAssertion {
  /** SHA-256 of the client's id and the assertion's `jti`. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'used_client_assertions_pkey' })
  digest: Buffer;

  @Column('timestamptz', { name: 'expires_at' })
  @Index('used_client_assertions_by_expiry')
  expiresAt: Date;
}
