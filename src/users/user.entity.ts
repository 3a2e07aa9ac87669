import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A person who signs in. */
@Entity('users')
@Unique('users_email', ['email'])
export class User {
  @PrimaryColumn('uuid')
  id: string;

  /** Normalised: NFKC, trimmed, lower case. Null where an identity provider gives none. */
  @Column('text', { nullable: true })
  email: string | null;

  @Column('text')
  name: string;

  /** PHC string of argon2id. */
  @Column('text', { name: 'password_hash', select: false, nullable: true })
  passwordHash: string | null;

  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt: Date | null;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
