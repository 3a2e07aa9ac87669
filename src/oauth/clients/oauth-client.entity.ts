import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What access tokens can be: known here alone, or readable by whoever gets them (RFC 9068). */
export const TOKEN_FORMATS = ['opaque', 'jwt'] as const;
export type TokenFormat = (typeof TOKEN_FORMATS)[number];

/**
 * How clients prove who they are (RFC 7591 §2). The first two are one class: a client with a
 * secret may send it either way.
 */
export const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** A set of public keys (RFC 7517 §5). */
export interface JwkSet {
  readonly keys: readonly object[];
}

/** A machine that gets access tokens with its own credentials (RFC 6749 §2). */
@Entity('oauth_clients')
@Index('oauth_clients_by_organization', ['organizationId', 'id'], { unique: true })
export class OAuthClient {
  /** 40 letters and digits, as Django OAuth Toolkit makes them. */
  @PrimaryColumn('text', { name: 'client_id' })
  clientId: string;

  /** Never shown: a UUIDv7, so that lists have an order to be cut into pages by. */
  @Column('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  organizationId: string;

  @Column('uuid', { name: 'project_id', nullable: true })
  @ForeignKey('Project', { onDelete: 'CASCADE' })
  projectId: string | null;

  @Column('text')
  name: string;

  @Column('text', { array: true })
  scopes: string[];

  /** Life of a new access token, in seconds. */
  @Column('integer', { name: 'token_ttl_seconds' })
  tokenTtlSeconds: number;

  @Column('text', { name: 'token_format', default: 'opaque' })
  tokenFormat: TokenFormat;

  @Column('text', { name: 'token_endpoint_auth_method', default: 'client_secret_basic' })
  authMethod: AuthMethod;

  /** The public keys of a client that signs, where it has registered them here. */
  @Column('jsonb', { nullable: true })
  jwks: JwkSet | null;

  /** The address of its public keys, where it publishes them itself. */
  @Column('text', { name: 'jwks_uri', nullable: true })
  jwksUri: string | null;

  /** CIDRs that the client and its tokens may be used from; null for any address. */
  @Column('text', { name: 'ip_allowlist', array: true, nullable: true })
  ipAllowlist: string[] | null;

  /** Identifiers of the resources that it may ask for tokens for (RFC 8707). */
  @Column('text', { array: true, default: () => "'{}'" })
  resources: string[];

  /** Most tokens within a clock hour; null for any number. */
  @Column('integer', { name: 'max_tokens_per_hour', nullable: true })
  maxTokensPerHour: number | null;

  /** Whether it gets the token again that it has, until 80 % of that one's life are over. */
  @Column('boolean', { name: 'reuse_tokens', default: false })
  reuseTokens: boolean;

  /** Access tokens of an earlier generation are dead; raised to revoke all of them at once. */
  @Column('integer', { name: 'token_generation', default: 1 })
  tokenGeneration: number;

  @Column('boolean', { name: 'is_active' })
  isActive: boolean;

  /** Whether it is disabled because who made it is paused, and is enabled when he comes back. */
  @Column('boolean', { name: 'paused_with_maker', default: false })
  pausedWithMaker: boolean;

  /** Stays when the user is gone. */
  @Column('uuid', { name: 'created_by_user_id', nullable: true })
  createdByUserId: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** Deleted for every caller; the row stays for the audit log. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
