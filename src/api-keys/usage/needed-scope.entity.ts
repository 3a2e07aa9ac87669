import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A scope that a key was asked for and had. */
@Entity('api_key_needed_scopes')
export class NeededScope {
  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName: 'api_key_needed_scopes_pkey' })
  @ForeignKey('ApiKey', { onDelete: 'CASCADE', name: 'api_key_needed_scopes_key_id_fkey' })
  keyId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'api_key_needed_scopes_pkey' })
  scope: string;

  /** The last one (UTC) on which it was asked for. */
  @Column('date')
  day: string;
}
