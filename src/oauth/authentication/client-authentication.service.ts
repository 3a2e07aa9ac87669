import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { Unauthenticated } from '../../access/access.errors.js';
import { addressKey, FailureThrottle } from '../../access/failure-throttle.js';
import { ScopeCatalogue } from '../../access/scopes.js';
import { equalInConstantTime, SecretHasher } from '../../access/secret.js';
import { AuthenticatedClient } from './authenticated-client.js';
import { MAX_LIVE_SECRETS } from '../clients/client-secret.entity.js';
import { type ClientState, whyRefused } from './client-state.js';
import { OAuthClient } from '../clients/oauth-client.entity.js';
import { SecretUseRecorder } from './secret-use-recorder.js';

/** What a client shows of itself, by header or by form, decoded. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** A client with one of its live secrets; the last two are null where it has none. */
interface ClientRow extends ClientState {
  readonly client_id: string;
  readonly organization_id: string;
  readonly project_id: string | null;
  readonly scopes: string[];
  readonly token_ttl_seconds: number;
  readonly secret_id: string | null;
  readonly digest: Buffer | null;
}

const CLIENT_WITH_LIVE_SECRETS = `
  SELECT c.client_id, c.organization_id, c.project_id, c.scopes, c.token_ttl_seconds,
         c.is_active, c.deleted_at,
         o.suspended_at AS organization_suspended_at, o.deleted_at AS organization_deleted_at,
         s.id AS secret_id, s.digest
    FROM oauth_clients c
    JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN oauth_client_secrets s
      ON s.client_id = c.client_id AND s.revoked_at IS NULL
     AND (s.expires_at IS NULL OR s.expires_at > $2)
   WHERE c.client_id = $1`;

/** Everything that an id or a secret may consist of (RFC 6749 appendix A.1 and A.2). */
const VISIBLE = /^[\x20-\x7e]*$/;
const COUNTED_ID_LENGTH = 64;
/** Compared against where there is no secret; no digest is all zeros. */
const DECOY = Buffer.alloc(32);

/**
 * Proves that a client is who it says it is (RFC 6749 §2.3.1). Unknown, disabled and deleted
 * clients, wrong, expired and revoked secrets and suspended organizations are refused alike: one
 * query, the same number of comparisons, one sentence. Only the log knows which it was.
 */
@Injectable()
export class ClientAuthenticationService {
  constructor(
    @InjectRepository(OAuthClient) private readonly clients: Repository<OAuthClient>,
    private readonly hasher: SecretHasher,
    private readonly catalogue: ScopeCatalogue,
    private readonly throttle: FailureThrottle,
    private readonly uses: SecretUseRecorder,
  ) {}

  /**
   * A right secret always works, however many wrong ones came before it, and makes them forgotten.
   *
   * @param ip where the request came from
   * @throws Unauthenticated
   * @throws TooManyRequests instead, once this client from this address, or the address, has
   * failed too often within the minute
   */
  async authenticate(shown: ClientCredentials, ip: string): Promise<AuthenticatedClient> {
    const address = addressKey(ip);
    const clientAtAddress = `${shown.clientId.slice(0, COUNTED_ID_LENGTH)} ${address}`;
    const rows = await this.find(shown.clientId);
    const secretId = this.matchingSecret(rows, shown.secret);
    const [client] = rows;
    const reason = client ? whyRefused(client) : 'unknown client';
    if (client && secretId !== null && reason === null) {
      await this.throttle.forgive('clientSecretFailuresPerClientPerMinute', clientAtAddress);
      this.uses.record(secretId, { at: new Date(), ip });
      return this.principalOf(client);
    }
    await this.throttle.count('clientSecretFailuresPerClientPerMinute', clientAtAddress);
    await this.throttle.count('clientSecretFailuresPerAddressPerMinute', address);
    throw new Unauthenticated(reason ?? 'no live secret of the client is the one shown');
  }

  /** An id of characters that none has is looked up as well, as one that nobody has. */
  private find(clientId: string, now = new Date()): Promise<ClientRow[]> {
    const id = VISIBLE.test(clientId) ? clientId : '';
    return this.clients.query(CLIENT_WITH_LIVE_SECRETS, [id, now]);
  }

  /** Always does the comparisons of a client that has all the secrets it may have. */
  private matchingSecret(rows: readonly ClientRow[], secret: string): string | null {
    const shown = this.hasher.candidates('client secret', secret);
    let match: string | null = null;
    for (let index = 0; index < MAX_LIVE_SECRETS; index++) {
      const row = rows[index];
      for (const digest of shown) {
        const isEqual = equalInConstantTime(row?.digest ?? DECOY, digest);
        match = (isEqual ? row?.secret_id : null) ?? match;
      }
    }
    return match;
  }

  private principalOf(row: ClientRow): AuthenticatedClient {
    const scopes = this.catalogue.effective(row.scopes, row.project_id);
    return new AuthenticatedClient({
      id: row.client_id,
      organizationId: row.organization_id,
      projectId: row.project_id,
      scopes,
      defaultScopes: row.scopes.filter((each) => scopes.has(each) && this.catalogue.isKnown(each)),
      tokenTtlSeconds: row.token_ttl_seconds,
    });
  }
}
