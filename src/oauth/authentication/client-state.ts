/** What decides whether a client, and all that it holds, is good for anything. */
export interface ClientState {
  readonly is_active: boolean;
  readonly deleted_at: Date | null;
  readonly organization_suspended_at: Date | null;
  readonly organization_deleted_at: Date | null;
}

/** Why the client is refused, for the log alone, or null where it is live. */
export function whyRefused(client: ClientState): string | null {
  if (client.deleted_at !== null) return 'the client is deleted';
  if (!client.is_active) return 'the client is disabled';
  if (client.organization_deleted_at !== null) return 'the organization is deleted';
  if (client.organization_suspended_at !== null) return 'the organization is suspended';
  return null;
}
