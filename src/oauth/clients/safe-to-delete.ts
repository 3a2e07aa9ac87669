import { type ClientSecret } from '../client-secret.entity.js';

/**
 * Whether nobody will miss the secret: it has expired, or another live one was used after the
 * last use of this one.
 *
 * @param all the secrets of the client that are not revoked
 */
export function isSafeToDelete(
  secret: ClientSecret,
  all: readonly ClientSecret[],
  now = new Date(),
): boolean {
  if (hasExpired(secret, now)) return true;
  const others = all.filter((each) => each.id !== secret.id && !hasExpired(each, now));
  return others.some(
    ({ lastUsedAt }) =>
      lastUsedAt !== null && (secret.lastUsedAt === null || lastUsedAt > secret.lastUsedAt),
  );
}

function hasExpired({ expiresAt }: ClientSecret, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}
