import { Inject, Injectable } from '@nestjs/common';
import { compactVerify, type CryptoKey, generateKeyPair } from 'jose';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import {
  assertionAlgorithms,
  judgeClaims,
  judgeHeader,
  type ReadAssertion,
  type SignedAssertion,
} from './client-assertion.js';
import { type KnownClient } from './client-directory.js';
import { ClientKeys } from './client-keys.js';
import { type Proof, refused } from './client-proof.js';
import { UsedAssertions } from './used-assertions.js';

/** An ES256 signature has as many bytes; these are none of anything. */
const DECOY_SIGNATURE = new Uint8Array(64).fill(1);

/** Proves clients by what they have signed (RFC 7523 §2.2, §3). */
@Injectable()
export class AssertionProofs {
  /** What this deployment accepts signatures by. */
  readonly algorithms: readonly string[];
  private readonly issuer: string;
  /** A signature is checked by it where there is no client whose key could be asked. */
  private readonly decoy = generateKeyPair('ES256').then(({ publicKey }) => publicKey);

  constructor(
    @Inject(RUNTIME) { config, publicUrl }: Runtime,
    private readonly keys: ClientKeys,
    private readonly used: UsedAssertions,
  ) {
    this.issuer = publicUrl;
    this.algorithms = assertionAlgorithms(config.assertionsByRs256);
  }

  /** Checks one signature at least, in any case; a good assertion is used up by it. */
  async judge(client: KnownClient | null, read: ReadAssertion | null, now: Date): Promise<Proof> {
    const assertion = judgeHeader(read, this.algorithms);
    const isSigned = await this.isSigned(client, assertion, now);
    if (typeof assertion === 'string') return refused(assertion);
    if (!client) return refused('unknown client');
    if (!isSigned) return refused('no key of the client made the signature');
    const expected = { clientId: client.client_id, issuer: this.issuer };
    const claims = judgeClaims(assertion, expected, now);
    if (typeof claims === 'string') return refused(claims);
    const isFirst = await this.used.use(client.client_id, claims, now);
    if (!isFirst) return refused('the assertion was used before');
    return { isGood: true, secretId: null, secretGeneration: 0, endsAt: null };
  }

  private async isSigned(
    client: KnownClient | null,
    assertion: SignedAssertion | string,
    now: Date,
  ): Promise<boolean> {
    if (!client || typeof assertion === 'string') return this.verifyNothing();
    const candidates = await this.keys.candidates(client, assertion, now);
    if (candidates.length === 0) return this.verifyNothing();
    for (const key of candidates) if (await verifies(assertion, key)) return true;
    return false;
  }

  /** The work of one signature that is wrong. */
  private async verifyNothing(): Promise<boolean> {
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    return crypto.subtle.verify(algorithm, await this.decoy, DECOY_SIGNATURE, DECOY_SIGNATURE);
  }
}

async function verifies({ compact, algorithm }: SignedAssertion, key: CryptoKey): Promise<boolean> {
  try {
    await compactVerify(compact, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}
