/** Ranks of people in an organization, highest first. */
export const ROLES = ['owner', 'admin', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** Whether `role` is at least as high as `needed`. */
export function outranks(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(needed);
}

/** The organization that a session token of an identity provider names. */
export interface NamedOrganization {
  /** Id, slug or `metadata.external_id`; null where it names none. */
  readonly name: string | null;
  readonly role: Role;
  /** Whether the provider decides on memberships: then the token is good there and nowhere else. */
  readonly isDecided: boolean;
}

/** A person with a live session. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  /** Null where the session is one of an identity provider. */
  readonly sessionId: string | null;
  /** When he last proved who he is: by password here, or at his identity provider. */
  readonly signedInAt: Date;
  /** Null for a session of Keycap's own. */
  readonly named: NamedOrganization | null;
  /** UUID of the named organization, if he is an active member of it: the guard looks for it. */
  readonly organizationId: string | null;
}

/** The organizations (UUIDs) that a person's session is confined to; null for all of his. */
export function confinementOf({ named, organizationId }: UserPrincipal): readonly string[] | null {
  if (!named?.isDecided) return null;
  return organizationId ? [organizationId] : [];
}

/** What narrows a machine beside its scopes and project. What it makes is never wider. */
export interface CredentialBounds {
  readonly expiresAt: Date | null;
  /** CIDRs of the addresses that it may be used from; null for any. */
  readonly ipAllowlist: readonly string[] | null;
}

/** The bounds of people. */
export const UNBOUNDED: CredentialBounds = Object.freeze({ expiresAt: null, ipAllowlist: null });

/**
 * What an access token descends from, as numbers that are raised to end all tokens of something. A
 * change is made only while they are current, so that a request under way ends with its token.
 */
export interface TokenDescent {
  readonly organizationGeneration: number;
  readonly clientGeneration: number;
  /** UUID; null for a client that signs. */
  readonly secretId: string | null;
  /** 0 without a secret. */
  readonly secretGeneration: number;
}

/** An API key or an OAuth client; it belongs to one organization and at most one project. */
export interface MachinePrincipal {
  readonly kind: 'api_key' | 'oauth_client';
  /** The key's UUID, or the `client_id`. */
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string | null;
  /** Effective scopes: expanded and, for a project-confined credential, confined. */
  readonly scopes: ReadonlySet<string>;
  readonly bounds: CredentialBounds;
  /** Whether an OAuth client showed its own credentials (C) rather than an access token (T). */
  readonly authenticatedAsClient: boolean;
  /** Of an OAuth client, by token or by its own credentials; null for an API key. */
  readonly descent: TokenDescent | null;
  /** Is told of the scope that the request needs and the machine has. */
  readonly needs?: (scope: string) => void;
}

/** One of the host's own APIs, named in KEYCAP_RESOURCE_SERVERS; sees all organizations. */
export interface ResourceServerPrincipal {
  readonly kind: 'resource_server';
  readonly name: string;
  /** The one resource whose access tokens it sees; null for all of them. */
  readonly resource: string | null;
}

/** Internal admin tooling, named in KEYCAP_OPERATOR_TOKENS; acts at `/v1/admin` alone. */
export interface OperatorPrincipal {
  readonly kind: 'operator';
  readonly name: string;
}

export type Principal =
  UserPrincipal | MachinePrincipal | ResourceServerPrincipal | OperatorPrincipal;

export function isMachine(principal: Principal): principal is MachinePrincipal {
  return principal.kind === 'api_key' || principal.kind === 'oauth_client';
}

/** Where a request came from, as the audit log records it. */
export interface Origin {
  readonly ip: string;
  readonly requestId: string;
  readonly userAgent: string | null;
}

/** Who calls, before an organization is known. */
export interface Caller {
  readonly principal: Principal;
  readonly origin: Origin;
  /** UUID of the organization of this request, once a person is known to be an active member. */
  memberOf?: string;
}

/** A principal acting in one organization: what services decide by. */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'oauth_client';
  /** User UUID, key UUID, or `client_id`. */
  readonly id: string;
  /** Null for machines. */
  readonly userId: string | null;
  /** When a person last proved who he is; null for machines. */
  readonly signedInAt: Date | null;
  readonly organizationId: string;
  readonly projectId: string | null;
  /** A person's current role; machines act with admin rank and never more. */
  readonly role: Role;
  /** Everything the actor holds here, expanded. */
  readonly scopes: ReadonlySet<string>;
  readonly bounds: CredentialBounds;
  /** Of an OAuth client; null for people and API keys. */
  readonly descent: TokenDescent | null;
  readonly origin: Origin;
}

/** The person who calls, on a route whose rule admits nobody else. */
export function signedInUser({ principal }: Caller): UserPrincipal {
  if (principal.kind !== 'user') throw new Error('the access rule of this route admits machines');
  return principal;
}
