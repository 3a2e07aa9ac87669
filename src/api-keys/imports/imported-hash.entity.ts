import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { type ImportAlgorithm } from './foreign-hash.js';

/** How an imported key is recognised until it is known by a digest of our own. */
@Entity('imported_hashes')
@Unique('imported_hashes_fingerprint', ['fingerprint'])
@Index('imported_hashes_by_prefix', ['keyPrefix'], { where: 'slow_hash IS NOT NULL' })
export class ImportedHash {
  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName: 'imported_hashes_pkey' })
  @ForeignKey('ApiKey', { onDelete: 'CASCADE', name: 'imported_hashes_key_id_fkey' })
  keyId: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE', name: 'imported_hashes_organization_id_fkey' })
  organizationId: string;

  @Column('text', { name: 'key_prefix' })
  keyPrefix: string;

  @Column('text')
  algorithm: ImportAlgorithm;

  /**
   * Keyed hash of the imported one, which it outlives: nothing is imported twice. A fast hash is
   * stored as this alone.
   */
  @Column('bytea', { select: false })
  fingerprint: Buffer;

  /** Null for a fast hash, and when the key is known by a digest of our own. */
  @Column('text', { name: 'slow_hash', nullable: true, select: false })
  slowHash: string | null;
}
