import { Injectable } from '@nestjs/common';
import { equalInConstantTime, SecretHasher } from '../../access/secrets/secret.js';
import { type KnownClient, type KnownSecret, SECRETS_LOOKED_AT } from './client-directory.js';
import { type Proof, refused } from './client-proof.js';

/** Compared against where there is no secret; no digest is all zeros. */
const DECOY = Buffer.alloc(32);

/** Proves clients by one of their secrets (RFC 6749 §2.3.1). */
@Injectable()
export class SecretProofs {
  constructor(private readonly hasher: SecretHasher) {}

  /** Always does the comparisons of a client that has as many secrets as are looked at. */
  judge(client: KnownClient | null, shown: string, now: Date): Proof {
    const match = this.matching(client?.secrets ?? [], shown);
    if (!match) return refused('no secret of the client is the one shown');
    if (match.isRevoked) return refused('the secret is revoked');
    const { id: secretId, generation: secretGeneration, expiresAt } = match;
    const endsAt = expiresAt === null ? null : new Date(expiresAt);
    if (endsAt !== null && endsAt <= now) return refused('the secret has expired');
    return { isGood: true, secretId, secretGeneration, endsAt };
  }

  private matching(secrets: readonly KnownSecret[], shown: string): KnownSecret | null {
    const digests = this.hasher.candidates('client secret', shown);
    let match: KnownSecret | null = null;
    for (let index = 0; index < SECRETS_LOOKED_AT; index++) {
      const secret = secrets[index];
      const known = secret ? Buffer.from(secret.digest, 'hex') : DECOY;
      for (const digest of digests) {
        const isEqual = equalInConstantTime(known, digest);
        match = (isEqual ? secret : null) ?? match;
      }
    }
    return match;
  }
}
