import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { Unauthenticated } from '../../access/access.errors.js';
import { type MachinePrincipal, UNBOUNDED } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes.js';
import { randomBase62, SecretHasher } from '../../access/secret.js';
import { AccessToken } from './access-token.entity.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { type ClientState, whyRefused } from '../authentication/client-state.js';
import { periodOf } from './token-partitions.js';

/** 256 random bits; RFC 6749 §10.10 asks for 160. */
const TOKEN_LENGTH = 43;
const SECOND_MS = 1000;

/** A token that can be shown, this once. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
}

interface TokenRow extends ClientState {
  readonly scopes: string[];
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly client_id: string;
  readonly organization_id: string;
  readonly project_id: string | null;
  readonly client_scopes: string[];
}

const TOKEN_WITH_CLIENT = `
  SELECT t.scopes, t.expires_at, t.revoked_at,
         c.client_id, c.organization_id, c.project_id, c.scopes AS client_scopes,
         c.is_active, c.deleted_at,
         o.suspended_at AS organization_suspended_at, o.deleted_at AS organization_deleted_at
    FROM access_tokens t
    JOIN oauth_clients c ON c.client_id = t.client_id
    JOIN organizations o ON o.id = c.organization_id
   WHERE t.digest = ANY($1)`;

/** Opaque access tokens: letters and digits, stored as keyed hashes. */
@Injectable()
export class AccessTokensService {
  constructor(
    @InjectRepository(AccessToken) private readonly tokens: Repository<AccessToken>,
    private readonly hasher: SecretHasher,
    private readonly catalogue: ScopeCatalogue,
  ) {}

  async issue(
    client: AuthenticatedClient,
    scopes: readonly string[],
    now = new Date(),
  ): Promise<IssuedToken> {
    const token = randomBase62(TOKEN_LENGTH);
    const expiresAt = new Date(now.getTime() + client.tokenTtlSeconds * SECOND_MS);
    await this.tokens.insert({
      period: periodOf(expiresAt),
      digest: this.hasher.digest('access token', token),
      clientId: client.id,
      secretId: null,
      scopes: [...scopes],
      audience: null,
      organizationGeneration: 0,
      clientGeneration: 0,
      secretGeneration: 0,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    });
    return { token, expiresInSeconds: client.tokenTtlSeconds, scopes };
  }

  /**
   * Who calls with this token. It can do what it was issued for and its client may still do.
   *
   * @throws Unauthenticated for one that is unknown, expired or revoked, and for every token of a
   * client or an organization that is no longer good
   */
  async identify(token: string, now = new Date()): Promise<MachinePrincipal> {
    if (token.length !== TOKEN_LENGTH) throw new Unauthenticated('no token has this length');
    const digests = this.hasher.candidates('access token', token);
    const [row] = await this.tokens.query<TokenRow[]>(TOKEN_WITH_CLIENT, [digests]);
    if (!row) throw new Unauthenticated('unknown access token');
    if (row.revoked_at !== null) throw Unauthenticated.despiteIssue('the access token is revoked');
    if (row.expires_at <= now) throw Unauthenticated.despiteIssue('the access token has expired');
    const reason = whyRefused(row);
    if (reason !== null) throw Unauthenticated.despiteIssue(reason);
    const ofClient = this.catalogue.effective(row.client_scopes, row.project_id);
    const ofToken = [...this.catalogue.expand(row.scopes)];
    return {
      kind: 'oauth_client',
      id: row.client_id,
      organizationId: row.organization_id,
      projectId: row.project_id,
      scopes: new Set(ofToken.filter((scope) => ofClient.has(scope))),
      bounds: UNBOUNDED,
      authenticatedAsClient: false,
    };
  }
}
