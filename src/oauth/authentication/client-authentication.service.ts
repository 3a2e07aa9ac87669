import { Injectable } from '@nestjs/common';
import { AddressRanges } from '../../access/addresses/address-ranges.js';
import { type Origin } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { DatabaseClock } from '../../changes/database-clock.js';
import { AuthenticatedClient } from './authenticated-client.js';
import { AuthenticationOutcomes } from './authentication-outcomes.js';
import { readAssertion } from './client-assertion.js';
import { ClientDirectory, type KnownClient } from './client-directory.js';
import { type Proof, type ShownAssertion, type ShownSecret } from './client-proof.js';
import { ClientProofs } from './client-proofs.js';
import { whyRefused } from './client-state.js';

type Rights = Pick<AuthenticatedClient, 'scopes' | 'defaultScopes'>;
type GoodProof = Extract<Proof, { isGood: true }>;

/**
 * Proves that a client is who it says it is (RFC 6749 §2.3). Unknown, disabled and deleted clients,
 * wrong, expired and revoked secrets, bad signatures, a method of the other class, foreign addresses
 * and suspended organizations are refused alike: one look-up, the same work, one sentence. Only the
 * log and the organization's audit view know which it was. One thing can't be alike: an assertion in
 * the name of a client with a `jwks_uri` may wait for its keys.
 */
@Injectable()
export class ClientAuthenticationService {
  private readonly rights = new WeakMap<KnownClient, Rights>();

  constructor(
    private readonly directory: ClientDirectory,
    private readonly proofs: ClientProofs,
    private readonly outcomes: AuthenticationOutcomes,
    private readonly catalogue: ScopeCatalogue,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * By its secret (`client_secret_basic`, `client_secret_post`).
   *
   * @throws Unauthenticated
   * @throws TooManyRequests instead, once this client from this address, or the address, has
   * failed too often within the minute
   */
  async bySecret(shown: ShownSecret, origin: Origin): Promise<AuthenticatedClient> {
    const found = this.directory.find(shown.clientId);
    // What is in memory is not waited for: each wait would be a turn of its own.
    const client = found instanceof Promise ? await found : found;
    const proof = this.proofs.bySecret(client, shown.secret, this.clock.now());
    return this.conclude(shown.clientId, client, proof, origin);
  }

  /**
   * By what it has signed (`private_key_jwt`, RFC 7523 §2.2).
   *
   * @throws Unauthenticated
   * @throws TooManyRequests as with a secret
   */
  async byAssertion(shown: ShownAssertion, origin: Origin): Promise<AuthenticatedClient> {
    const read = readAssertion(shown.assertion);
    const subject = read?.claims.sub;
    const clientId = typeof subject === 'string' ? subject : '';
    const client = await this.directory.find(clientId);
    // For a client that gets nothing here no keys are fetched, and no assertion is used up.
    const fit = client && whyUnfit(client, origin) === null ? client : null;
    const proof = await this.proofs.byAssertion(fit, read, shown.clientId, this.clock.now());
    return this.conclude(clientId, client, proof, origin);
  }

  private async conclude(
    clientId: string,
    client: KnownClient | null,
    proof: Proof,
    origin: Origin,
  ): Promise<AuthenticatedClient> {
    const reason = client && whyUnfit(client, origin);
    if (client && reason === null && proof.isGood) {
      await this.outcomes.succeeded(clientId, proof.secretId, origin);
      return this.principalOf(client, proof);
    }
    const why = reason ?? (proof.isGood ? '' : proof.reason);
    return this.outcomes.failed(clientId, client, why, origin);
  }

  private rightsOf(client: KnownClient): Rights {
    let rights = this.rights.get(client);
    if (!rights) {
      const scopes = this.catalogue.effective(client.scopes, client.project_id);
      const defaultScopes = client.scopes.filter(
        (each) => scopes.has(each) && this.catalogue.isKnown(each),
      );
      rights = { scopes, defaultScopes };
      this.rights.set(client, rights);
    }
    return rights;
  }

  private principalOf(client: KnownClient, proof: GoodProof): AuthenticatedClient {
    const { scopes, defaultScopes } = this.rightsOf(client);
    return new AuthenticatedClient({
      id: client.client_id,
      organizationId: client.organization_id,
      projectId: client.project_id,
      scopes,
      bounds: { expiresAt: proof.endsAt, ipAllowlist: client.ip_allowlist },
      defaultScopes,
      tokens: {
        format: client.token_format,
        ttlSeconds: lifeWithin(proof.endsAt, client.token_ttl_seconds, this.clock.now()),
        maxPerHour: client.max_tokens_per_hour,
        reuse: client.reuse_tokens,
        resources: client.resources,
      },
      descent: {
        organizationGeneration: client.organization_generation,
        clientGeneration: client.client_generation,
        secretId: proof.secretId,
        secretGeneration: proof.secretGeneration,
      },
    });
  }
}

/** No token outlives the secret that it is got by, in seconds. */
function lifeWithin(endsAt: Date | null, ttlSeconds: number, now: Date): number {
  if (endsAt === null) return ttlSeconds;
  const left = Math.floor((endsAt.getTime() - now.getTime()) / 1000);
  return Math.max(1, Math.min(ttlSeconds, left));
}

/** Why the client gets nothing here, whatever it shows. */
function whyUnfit(client: KnownClient, { ip }: Origin): string | null {
  const isForeign =
    client.ip_allowlist !== null && !AddressRanges.of(client.ip_allowlist).include(ip);
  return whyRefused(client) ?? (isForeign ? 'the address is not on the allowlist' : null);
}
