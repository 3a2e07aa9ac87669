import { Entity, PrimaryColumn } from 'typeorm';

/** That something which answers depend on has changed; written by triggers, in the same transaction. */
@Entity('changes')
export class Change {
  /** As `pg_current_xact_id()` counts them. */
  @PrimaryColumn('bigint', {
    name: 'transaction_id',
    primaryKeyConstraintName: 'changes_pkey',
  })
  transactionId: string;

  /** See `subjects.ts`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'changes_pkey' })
  subject: string;

  /** After a database was restored elsewhere, numbers of transactions come again. */
  @PrimaryColumn('timestamptz', { name: 'changed_at', primaryKeyConstraintName: 'changes_pkey' })
  changedAt: Date;
}
