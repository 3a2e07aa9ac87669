import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One life of the primary, as it began: by a restart, or when it was promoted. */
@Entity('incarnations')
export class Incarnation {
  /** See `Reading.incarnation`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'incarnations_pkey' })
  name: string;

  /** When a node first read from it. */
  @Column('timestamptz', { name: 'seen_at' })
  seenAt: Date;
}
