import type { Description } from '../support/openapi.js';

/** Members of a request that say what someone may do, and from where or how long. */
const RIGHTS = ['scopes', 'role', 'ip_allowlist', 'is_active', 'max_tokens_per_hour', 'keys'];
/** Members of an answer by which someone may do it. */
const SECRETS = ['client_secret', 'plaintext_api_key', 'accept_url'];

/** The operations by which somebody is handed something, by what their description says. */
export function handingOut(description: Description): string[] {
  return description.operations
    .filter((operation) => {
      const { request, answer } = description.bodiesOf(operation);
      return (
        description.namesIn(request).some((name) => RIGHTS.includes(name)) ||
        description.namesIn(answer).some((name) => SECRETS.includes(name))
      );
    })
    .map(({ operationId }) => operationId)
    .toSorted();
}
