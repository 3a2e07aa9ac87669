import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A place that a chain is known to have reached. The latest of each chain; the log has all. */
@Entity('audit_checkpoints')
export class AuditCheckpoint {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_checkpoints_pkey' })
  chain: string;

  @Column('bigint')
  sequence: string;

  @Column('bytea')
  hash: Buffer;

  /** Keyed hash of all of it. */
  @Column('bytea')
  mac: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
