import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The window that a limited key is in, or was in when it was used last. */
@Entity('api_key_windows')
export class KeyWindow {
  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName: 'api_key_windows_pkey' })
  @ForeignKey('ApiKey', { onDelete: 'CASCADE', name: 'api_key_windows_key_id_fkey' })
  keyId: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  /** So many uses of the window are in the hands of nodes, or done. */
  @Column('integer')
  taken: number;

  /** So many of them the last node got that asked. */
  @Column('integer')
  granted: number;
}
