import { Column, Entity, ForeignKey, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** How the imported keys of an organization begin. Rows are never taken away one by one. */
@Entity('imported_prefixes')
@Unique('imported_prefixes_of_organization', ['organizationId', 'prefix'])
export class ImportedPrefix {
  /** Rows are committed in the order of their ids, so what is new has a greater one. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'imported_prefixes_pkey',
  })
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', {
    onDelete: 'CASCADE',
    name: 'imported_prefixes_organization_id_fkey',
  })
  organizationId: string;

  @Column('text')
  prefix: string;
}
