/** A year. */
const HSTS_SECONDS = 31_536_000;

/** What browsers are told about every answer. Pages say by themselves what they may load instead. */
const OF_EVERY_ANSWER = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'",
  // Pages elsewhere read answers by CORS alone, which this says nothing about.
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** @param publicUrl of this deployment; one that is reached by https is reached by nothing else */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  if (!publicUrl.startsWith('https:')) return OF_EVERY_ANSWER;
  return {
    ...OF_EVERY_ANSWER,
    'strict-transport-security': `max-age=${HSTS_SECONDS}; includeSubDomains`,
  };
}
