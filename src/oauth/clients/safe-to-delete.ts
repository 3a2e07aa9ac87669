import { type ClientSecret } from './client-secret.entity.js';

/**
 * Whether nobody will miss the secret: it has expired, or a newer live one has taken over, which was
 * used after the last use of this one. The newest is never, however unused: it is about to be.
 *
 * @param live the live secrets of the client, this one among them or not
 */
export function isSafeToDelete(
  secret: ClientSecret,
  live: readonly ClientSecret[],
  now = new Date(),
): boolean {
  if (hasExpired(secret, now)) return true;
  const others = live.filter((each) => each.id !== secret.id && !hasExpired(each, now));
  return others.some(
    ({ createdAt, lastUsedAt }) =>
      createdAt > secret.createdAt &&
      lastUsedAt !== null &&
      (secret.lastUsedAt === null || lastUsedAt > secret.lastUsedAt),
  );
}

function hasExpired({ expiresAt }: ClientSecret, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}
