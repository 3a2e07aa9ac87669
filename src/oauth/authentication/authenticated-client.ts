import { type MachinePrincipal, UNBOUNDED } from '../../access/principal.js';

/** An OAuth client that has just proven itself by its own credentials. */
export class AuthenticatedClient implements MachinePrincipal {
  readonly kind = 'oauth_client';
  readonly authenticatedAsClient = true;
  readonly bounds = UNBOUNDED;
  /** The `client_id`. */
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string | null;
  /** Everything that its tokens may do, expanded. */
  readonly scopes: ReadonlySet<string>;
  /** What its tokens get where no scope is asked for, in the order of registration. */
  readonly defaultScopes: readonly string[];
  readonly tokenTtlSeconds: number;

  constructor(client: Omit<AuthenticatedClient, 'kind' | 'authenticatedAsClient' | 'bounds'>) {
    this.id = client.id;
    this.organizationId = client.organizationId;
    this.projectId = client.projectId;
    this.scopes = client.scopes;
    this.defaultScopes = client.defaultScopes;
    this.tokenTtlSeconds = client.tokenTtlSeconds;
  }
}
