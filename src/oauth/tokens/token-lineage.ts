/**
 * What an access token descends from, with the generations that were current when it was issued.
 * To revoke all tokens of an organization, a client or a secret is to raise one number: whatever
 * descends from an earlier generation is dead, and nothing has to be found.
 */
export interface TokenLineage {
  readonly organizationGeneration: number;
  readonly clientGeneration: number;
  /** UUID of the secret that the client showed; null where it signed. */
  readonly secretId: string | null;
  /** 0 without a secret. */
  readonly secretGeneration: number;
}

/** Why a token of `then` is dead where the generations are `now`; null where it is not. */
export function whyOutlived(
  then: TokenLineage,
  now: Omit<TokenLineage, 'secretId'>,
): string | null {
  if (then.organizationGeneration !== now.organizationGeneration) {
    return 'all tokens of the organization were revoked';
  }
  if (then.clientGeneration !== now.clientGeneration)
    return 'all tokens of the client were revoked';
  if (then.secretGeneration !== now.secretGeneration)
    return 'all tokens of the secret were revoked';
  return null;
}
