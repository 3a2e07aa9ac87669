import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type SigningAlg } from '../../config-values.js';

/** A key pair that signs access tokens. It is published until its row is gone. */
@Entity('oauth_signing_keys')
export class SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  @PrimaryColumn('text')
  kid: string;

  @Column('text')
  alg: SigningAlg;

  /** The private JWK, encrypted; the public key is read from it, so nobody can slip another in. */
  @Column('bytea', { name: 'sealed_private_key', select: false })
  sealedPrivateKey: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** From then on it signs, until the next one does. */
  @Column('timestamptz', { name: 'activates_at' })
  activatesAt: Date;
}
