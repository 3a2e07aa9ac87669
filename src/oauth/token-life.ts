/** The shortest and the longest that a client's `token_ttl_seconds` can be. */
export const SHORTEST_TOKEN_LIFE_SECONDS = 60;
export const LONGEST_TOKEN_LIFE_SECONDS = 86_400;
