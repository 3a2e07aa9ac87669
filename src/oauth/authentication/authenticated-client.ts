import {
  type CredentialBounds,
  type MachinePrincipal,
  type TokenDescent,
} from '../../access/principal.js';
import { type TokenFormat } from '../clients/oauth-client.entity.js';

/** What the tokens of a client are to be like. */
export interface TokenSettings {
  readonly format: TokenFormat;
  readonly ttlSeconds: number;
  /** Most tokens within a clock hour; null for any number. */
  readonly maxPerHour: number | null;
  readonly reuse: boolean;
  /** Identifiers of the resources that tokens may be asked for. */
  readonly resources: readonly string[];
}

/** An OAuth client that has just proven itself by its own credentials. */
export class AuthenticatedClient implements MachinePrincipal {
  readonly kind = 'oauth_client';
  readonly authenticatedAsClient = true;
  /** The `client_id`. */
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string | null;
  /** Everything that its tokens may do, expanded. */
  readonly scopes: ReadonlySet<string>;
  readonly bounds: CredentialBounds;
  /** What its tokens get where no scope is asked for, in the order of registration. */
  readonly defaultScopes: readonly string[];
  readonly tokens: TokenSettings;
  /** What its tokens descend from, and die with. */
  readonly descent: TokenDescent;

  constructor(client: Omit<AuthenticatedClient, 'kind' | 'authenticatedAsClient'>) {
    this.id = client.id;
    this.organizationId = client.organizationId;
    this.projectId = client.projectId;
    this.scopes = client.scopes;
    this.bounds = client.bounds;
    this.defaultScopes = client.defaultScopes;
    this.tokens = client.tokens;
    this.descent = client.descent;
  }
}
