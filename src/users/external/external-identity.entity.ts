import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** By what an identity provider knows a person; whom he is here never changes. */
@Entity('external_identities')
@Unique('external_identities_subject', ['issuer', 'subject'])
export class ExternalIdentity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'external_identities_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey('User', { name: 'external_identities_user', onDelete: 'CASCADE' })
  @Index('external_identities_user_id')
  userId: string;

  @Column('text')
  issuer: string;

  @Column('text')
  subject: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
