/** What a change is of, as the triggers write it; an answer in memory names all that it depends on. */
export const subjects = {
  apiKey: (digest: Buffer): string => `api_key \\x${digest.toString('hex')}`,
  accessToken: (digest: Buffer): string => `access_token \\x${digest.toString('hex')}`,
  /** Its secrets included. */
  oauthClient: (clientId: string): string => `oauth_client ${clientId}`,
  organization: (id: string): string => `organization ${id}`,
  member: (organizationId: string, userId: string): string => `member ${organizationId} ${userId}`,
  user: (id: string): string => `user ${id}`,
  project: (id: string): string => `project ${id}`,
  /** Of a table that was emptied. */
  everything: 'everything',
} as const;
