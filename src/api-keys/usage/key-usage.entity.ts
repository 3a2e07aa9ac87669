import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** How many uses of a key came to the same outcome on one day (UTC). */
@Entity('api_key_usage')
@Index('api_key_usage_by_day', ['day'])
export class KeyUsage {
  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName: 'api_key_usage_pkey' })
  @ForeignKey('ApiKey', { onDelete: 'CASCADE', name: 'api_key_usage_key_id_fkey' })
  keyId: string;

  /** `2026-11-25`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'api_key_usage_pkey' })
  day: string;

  /** The code of the verdict. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'api_key_usage_pkey' })
  outcome: string;

  /** A number of 64 bits, as text. */
  @Column('bigint')
  uses: string;

  /** So many of them after the key had been replaced. */
  @Column('bigint', { name: 'after_rotation' })
  afterRotation: string;
}
