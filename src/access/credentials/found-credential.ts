/** The kinds of credentials that are known by what is shown of them. */
export const CREDENTIAL_KINDS = [
  'api_key',
  'access_token',
  'oauth_client',
  'session',
  'resource_server',
  'operator',
] as const;

/** What is known of a credential; never the credential, nor a digest of it. */
export interface FoundCredential {
  readonly kind: (typeof CREDENTIAL_KINDS)[number];
  /** Wire id, `client_id`, or the name of a token of the configuration. */
  readonly id: string;
  /** UUID. */
  readonly organizationId: string | null;
  /** UUID. */
  readonly projectId: string | null;
  /** UUID of the person that it is of, or who made it. */
  readonly userId: string | null;
  readonly name: string | null;
  /** Why it is good for nothing, as a sentence; null for one that is good. */
  readonly whyDead: string | null;
  readonly createdAt: Date | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Why an organization's credentials are good for nothing, or null. */
export function whyOrganizationDead(organization: {
  readonly deletedAt: Date | null;
  readonly suspendedAt: Date | null;
}): string | null {
  if (organization.deletedAt) return 'the organization is deleted';
  return organization.suspendedAt ? 'the organization is suspended' : null;
}
