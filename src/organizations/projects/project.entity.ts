import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A part of an organization that credentials can be confined to. */
@Entity('projects')
@Index('projects_slug', ['organizationId', 'slug'], {
  unique: true,
  where: '"deleted_at" IS NULL',
})
export class Project {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  organizationId: string;

  @Column('text')
  name: string;

  @Column('text')
  slug: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** Deleted for every caller; the row stays for the credentials that were confined to it. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
