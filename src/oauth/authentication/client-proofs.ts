import { Injectable } from '@nestjs/common';
import { AssertionProofs } from './assertion-proofs.js';
import { type ReadAssertion } from './client-assertion.js';
import { type KnownClient } from './client-directory.js';
import { type Proof, refused } from './client-proof.js';
import { SecretProofs } from './secret-proofs.js';

/** Holds what was shown against the client, by the class of method that it is registered for. */
@Injectable()
export class ClientProofs {
  constructor(
    private readonly secrets: SecretProofs,
    private readonly assertions: AssertionProofs,
  ) {}

  bySecret(client: KnownClient | null, secret: string, now: Date): Proof {
    const proof = this.secrets.judge(client, secret, now);
    if (!client) return refused('unknown client');
    return signs(client) ? refused('the client signs and has no secret') : proof;
  }

  /** @param clientId the `client_id` beside the assertion, where there is one */
  async byAssertion(
    client: KnownClient | null,
    read: ReadAssertion | null,
    clientId: string | undefined,
    now: Date,
  ): Promise<Proof> {
    const isAnothers = clientId !== undefined && clientId !== (read?.claims.sub ?? clientId);
    const isOfClass = client !== null && signs(client) && !isAnothers;
    const proof = await this.assertions.judge(isOfClass ? client : null, read, now);
    if (isAnothers) return refused('client_id is not who signed');
    return client && !isOfClass ? refused('the client has a secret and does not sign') : proof;
  }
}

function signs({ token_endpoint_auth_method: method }: KnownClient): boolean {
  return method === 'private_key_jwt';
}
