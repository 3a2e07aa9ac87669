import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of the audit log's chains, encrypted under the master secret. The latest one writes. */
@Entity('audit_keys')
export class AuditKey {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'audit_keys_pkey' })
  id: number;

  @Column('bytea')
  sealed: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
