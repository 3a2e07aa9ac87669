/** The shortest and the longest that a client's `token_ttl_seconds` can be. */
export const SHORTEST_TOKEN_LIFE_SECONDS = 60;
export const LONGEST_TOKEN_LIFE_SECONDS = 86_400;

/** When a token that is issued now ends. */
export function tokenExpiry(ttlSeconds: number, now: Date): Date {
  return new Date(now.getTime() + ttlSeconds * 1000);
}
