import { Injectable } from '@nestjs/common';
import { type CryptoKey } from 'jose';
import { verificationKeys } from '../../access/secrets/verification-keys.js';
import { type JwkSet } from '../clients/oauth-client.entity.js';
import { type SignedAssertion } from './client-assertion.js';
import { type KnownClient } from './client-directory.js';
import { PublishedKeys } from './published-keys.js';

/** The public keys by which a client's signatures are checked. */
@Injectable()
export class ClientKeys {
  constructor(private readonly published: PublishedKeys) {}

  /** The client's keys that may have made the signature. */
  async candidates(
    client: KnownClient,
    assertion: SignedAssertion,
    now: Date,
  ): Promise<CryptoKey[]> {
    const set = await this.keySetOf(client, assertion.keyId, now);
    return verificationKeys(set?.keys ?? [], assertion);
  }

  private async keySetOf(
    { jwks, jwks_uri: uri }: KnownClient,
    keyId: string | undefined,
    now: Date,
  ): Promise<JwkSet | null> {
    return jwks !== null || uri === null ? jwks : this.published.find(uri, keyId, now);
  }
}
