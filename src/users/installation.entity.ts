import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that says whether this deployment has been set up. */
@Entity('installation')
export class Installation {
  @PrimaryColumn('uuid')
  id: string;

  @Column('timestamptz', { name: 'set_up_at', nullable: true })
  setUpAt: Date | null;
}
