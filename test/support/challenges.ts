import { testVariable } from './servers.js';

/**
 * The challenge of a 401 (RFC 6750 §3, RFC 9728 §5.1).
 *
 * @param wasShown whether a credential was, which is then called invalid
 */
export function bearerChallenge(wasShown: boolean, url = testVariable('KEYCAP_TEST_URL')): string {
  const error = wasShown ? ' error="invalid_token",' : '';
  return `Bearer realm="keycap",${error} resource_metadata="${url}/.well-known/oauth-protected-resource"`;
}
