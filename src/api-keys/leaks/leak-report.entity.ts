import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A string that somebody says is a leaked key, until it was looked up. Whether it is one is found out
 * after the answer, so that nobody learns it from how long that takes.
 */
@Entity('leak_reports')
export class LeakReport {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'leak_reports_pkey' })
  id: string;

  /** Under which the key may be stored, one for each pepper; of what is no key as well. */
  @Column('bytea', { array: true })
  digests: Buffer[];

  /** Where it was found, if that was said. */
  @Column('text', { name: 'source_url', nullable: true })
  sourceUrl: string | null;

  /** Of whoever reported it. */
  @Column('text')
  ip: string;

  @Column('text', { name: 'request_id' })
  requestId: string;

  @Column('timestamptz', { name: 'reported_at' })
  reportedAt: Date;
}
