import { namesIn } from '../isolation/requests.js';
import type { Description, PlacedOperation } from '../support/openapi.js';

/** Members of a request that say what someone may do, and from where or how long. */
const RIGHTS = ['scopes', 'role', 'ip_allowlist', 'is_active', 'max_tokens_per_hour', 'keys'];
/** Members of an answer by which someone may do it. */
const SECRETS = ['client_secret', 'plaintext_api_key', 'accept_url'];

/** The operations by which somebody is handed something, by what their description says. */
export function handingOut(description: Description): string[] {
  return description.operations
    .filter((operation) => {
      const { body } = namesIn(description, operation) as { body: string[] };
      return (
        body.some((name) => RIGHTS.includes(name)) ||
        answered(description, operation).some((name) => SECRETS.includes(name))
      );
    })
    .map(({ operationId }) => operationId)
    .toSorted();
}

function answered(description: Description, operation: PlacedOperation): string[] {
  const status = Object.keys(operation.responses).find((each) => each.startsWith('2'));
  const { content } = description.response(operation, Number(status));
  const { $ref } = (content?.['application/json']?.schema ?? {}) as { readonly $ref?: string };
  const schema = $ref === undefined ? {} : description.at($ref);
  return Object.keys((schema as { properties?: object }).properties ?? {});
}
