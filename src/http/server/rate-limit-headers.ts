import { type RateLimitState } from '../../access/throttling/rate-limit.js';

/**
 * What a caller is told of its limit (draft-ietf-httpapi-ratelimit-headers-10): structured
 * fields (RFC 9651), `q` and `r` in uses, `w` and `t` in seconds.
 */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  const { limit, windowSeconds, remaining, secondsLeft } = state;
  return {
    'ratelimit-policy': `"key";q=${limit};w=${windowSeconds}`,
    ratelimit: `"key";r=${remaining};t=${secondsLeft}`,
  };
}
