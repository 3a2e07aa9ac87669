import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import {
  type AuthMethod,
  type JwkSet,
  OAuthClient,
  type TokenFormat,
} from '../clients/oauth-client.entity.js';
import { CoalescedWork } from '../../database/coalesced-work.js';
import { Metrics } from '../../metrics/metrics.js';
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
  readonly hasExpired: boolean;
  /** As JSON writes it; null for never. */
  readonly expiresAt: string | null;
}

/** So many secrets are looked at: all live ones, and the newest dead ones, to say what they were. */
export const SECRETS_LOOKED_AT = 10;

const CLIENTS = `
  SELECT c.client_id, c.organization_id, c.project_id, c.scopes, c.token_format,
         c.token_ttl_seconds, c.token_endpoint_auth_method, c.jwks, c.jwks_uri, c.ip_allowlist,
         c.resources, c.max_tokens_per_hour, c.reuse_tokens,
         c.is_active, c.deleted_at, c.token_generation AS client_generation,
         o.suspended_at AS organization_suspended_at, o.deleted_at AS organization_deleted_at,
         o.token_generation AS organization_generation,
         coalesce(s.secrets, '[]') AS secrets
    FROM unnest($1::text[], $2::timestamptz[]) AS asked (client_id, now)
    JOIN oauth_clients c ON c.client_id = asked.client_id
    JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN LATERAL (
      SELECT json_agg(looked_at) AS secrets
        FROM (
          SELECT id, encode(digest, 'hex') AS digest, token_generation AS generation,
                 revoked_at IS NOT NULL AS "isRevoked",
                 coalesce(expires_at <= asked.now, false) AS "hasExpired", expires_at AS "expiresAt"
            FROM oauth_client_secrets
           WHERE client_id = c.client_id
           ORDER BY revoked_at IS NOT NULL, coalesce(expires_at <= asked.now, false), id DESC
           LIMIT $3
        ) looked_at
    ) s ON true`;

/** Everything that an id may consist of (RFC 6749 appendix A.1). */
const VISIBLE = /^[\x20-\x7e]*$/;

/** Clients of one statement, and statements at the same time. */
const MOST_AT_ONCE = 100;
const QUERIES_AT_ONCE = 1;

interface Asked {
  readonly id: string;
  readonly now: Date;
}

/**
 * Finds clients by what they say they are. Those that are asked for at the same time are read together:
 * never from a memory, so what was revoked before a request came is never good.
 */
@Injectable()
export class ClientDirectory {
  private readonly reads: CoalescedWork<Asked, KnownClient | null>;

  constructor(
    @InjectRepository(OAuthClient) private readonly clients: Repository<OAuthClient>,
    metrics: Metrics,
  ) {
    this.reads = new CoalescedWork({
      batchSize: MOST_AT_ONCE,
      lanes: QUERIES_AT_ONCE,
      work: (asked) => this.findAll(asked),
      onBatch: (size) => {
        metrics.observeBatch('oauth_clients', size);
      },
    });
  }

  /** An id of characters that none has is looked up as well, as one that nobody has. */
  find(clientId: string, now: Date): Promise<KnownClient | null> {
    return this.reads.do({ id: VISIBLE.test(clientId) ? clientId : '', now });
  }

  private async findAll(asked: readonly Asked[]): Promise<(KnownClient | null)[]> {
    // Of one client's requests the last one decides what has expired.
    const latest = new Map(asked.map(({ id, now }) => [id, now]));
    const rows = await this.clients.query<KnownClient[]>(CLIENTS, [
      [...latest.keys()],
      [...latest.values()],
      SECRETS_LOOKED_AT,
    ]);
    const found = new Map(rows.map((client) => [client.client_id, client]));
    return asked.map(({ id }) => found.get(id) ?? null);
  }
}
