import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** A part of an organization that credentials can be confined to. */
@Entity('projects')
@Unique('projects_slug', ['organizationId', 'slug'])
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
}
