import { type TokenDescent } from '../../access/principal.js';

/** Why a token of `then` is dead where the generations are `now`; null where it is not. */
export function whyOutlived(
  then: TokenDescent,
  now: Omit<TokenDescent, 'secretId'>,
): string | null {
  if (then.organizationGeneration !== now.organizationGeneration) {
    return 'all tokens of the organization were revoked';
  }
  if (then.clientGeneration !== now.clientGeneration) {
    return 'all tokens of the client were revoked';
  }
  if (then.secretGeneration !== now.secretGeneration) {
    return 'all tokens of the secret were revoked';
  }
  return null;
}
