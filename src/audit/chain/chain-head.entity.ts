import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a chain ends, and where what is kept of it begins. */
@Entity('audit_chain_heads')
export class ChainHead {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_chain_heads_pkey' })
  chain: string;

  /** Of the last event; 0 before the first. */
  @Column('bigint')
  sequence: string;

  @Column('bytea')
  hash: Buffer;

  /** Of the last event that was removed for its age; 0 while all are kept. */
  @Column('bigint', { name: 'anchor_sequence' })
  anchorSequence: string;

  @Column('bytea', { name: 'anchor_hash' })
  anchorHash: Buffer;

  /** Keyed hash of all of it; empty once the head was found to be not the one that was written. */
  @Column('bytea')
  mac: Buffer;
}
