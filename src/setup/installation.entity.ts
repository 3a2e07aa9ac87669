import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that says whether this deployment has been set up. */
@Entity('installation')
export class Installation {
  @PrimaryColumn('uuid')
  id: string;

  @Column('timestamptz', { name: 'set_up_at', nullable: true })
  setUpAt: Date | null;

  /** Digest of this row's id under the master secret: tells a wrong secret before it does harm. */
  @Column('bytea', { name: 'secret_check', nullable: true, select: false })
  secretCheck: Buffer | null;
}
