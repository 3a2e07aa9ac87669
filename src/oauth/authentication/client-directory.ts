import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type Found, type LookUp, LookUpCache } from '../../changes/look-up-cache.js';
import { subjects } from '../../changes/subjects.js';
import {
  type AuthMethod,
  type JwkSet,
  OAuthClient,
  type TokenFormat,
} from '../clients/oauth-client.entity.js';
import { isClientId } from '../clients/client-id.js';
import { type ClientState } from './client-state.js';

/** A client as authentication needs it. */
export interface KnownClient extends ClientState {
  readonly client_id: string;
  readonly organization_id: string;
  readonly project_id: string | null;
  readonly scopes: string[];
  readonly token_format: TokenFormat;
  readonly token_ttl_seconds: number;
  readonly token_endpoint_auth_method: AuthMethod;
  readonly jwks: JwkSet | null;
  readonly jwks_uri: string | null;
  readonly ip_allowlist: string[] | null;
  readonly resources: string[];
  readonly max_tokens_per_hour: number | null;
  readonly reuse_tokens: boolean;
  readonly client_generation: number;
  readonly organization_generation: number;
  readonly secrets: readonly KnownSecret[];
}

/** One of its secrets, live or dead. */
export interface KnownSecret {
  readonly id: string;
  /** Hexadecimal. */
  readonly digest: string;
  readonly generation: number;
  readonly isRevoked: boolean;
  /** As JSON writes it; null for never. */
  readonly expiresAt: string | null;
}

/** So many secrets are looked at: all live ones, and the newest dead ones, to say what they were. */
export const SECRETS_LOOKED_AT = 10;

const CLIENT = `
  SELECT c.client_id, c.organization_id, c.project_id, c.scopes, c.token_format,
         c.token_ttl_seconds, c.token_endpoint_auth_method, c.jwks, c.jwks_uri, c.ip_allowlist,
         c.resources, c.max_tokens_per_hour, c.reuse_tokens,
         c.is_active, c.deleted_at, c.token_generation AS client_generation,
         o.suspended_at AS organization_suspended_at, o.deleted_at AS organization_deleted_at,
         o.token_generation AS organization_generation,
         coalesce(s.secrets, '[]') AS secrets
    FROM oauth_clients c
    JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN LATERAL (
      SELECT json_agg(looked_at) AS secrets
        FROM (
          SELECT id, encode(digest, 'hex') AS digest, token_generation AS generation,
                 revoked_at IS NOT NULL AS "isRevoked",
                 expires_at AS "expiresAt"
            FROM oauth_client_secrets
           WHERE client_id = c.client_id
           ORDER BY revoked_at IS NOT NULL, coalesce(expires_at <= now(), false), id DESC
           LIMIT $2
        ) looked_at
    ) s ON true
   WHERE c.client_id = $1`;

/** Finds clients by what they say they are: in memory, at once, or with one query. */
@Injectable()
export class ClientDirectory {
  constructor(
    @InjectRepository(OAuthClient) private readonly clients: Repository<OAuthClient>,
    private readonly cache: LookUpCache,
  ) {}

  /** What no client can be called is looked up as well, as what nobody is called: '', whatever its length. */
  find(clientId: string): KnownClient | null | Promise<KnownClient | null> {
    const name = isClientId(clientId) ? clientId : '';
    // Who it belongs to is what is looked for.
    const lookUp: LookUp = { purpose: 'OAuth client', tenant: null, name };
    const recalled = this.cache.recall<KnownClient>(lookUp);
    return recalled ? recalled.value : this.search({ ...lookUp, name: copyOf(name) });
  }

  private async search(lookUp: LookUp): Promise<KnownClient | null> {
    const [client = null] = await this.cache.find([lookUp], async () => [
      await this.load(lookUp.name),
    ]);
    return client;
  }

  private async load(clientId: string): Promise<Found<KnownClient>> {
    const [client] = await this.clients.query<KnownClient[]>(CLIENT, [clientId, SECRETS_LOOKED_AT]);
    const own = subjects.oauthClient(clientId);
    if (!client) return { value: null, dependsOn: [own] };
    return { value: client, dependsOn: [own, subjects.organization(client.organization_id)] };
  }
}

/**
 * The same text by itself. What was cut out of a request holds on to all of it, and what is looked up
 * stays in memory, be it that nobody is called so.
 */
function copyOf(name: string): string {
  return Buffer.from(name, 'latin1').toString('latin1');
}
