import { type AccessRequest } from '../../access/access-request.js';

/** Which principal calls, in names that hold no secret. */
export interface CallingPrincipal {
  readonly kind: string;
  /** User or key UUID, `client_id`, or the name of a resource server's or operator's token. */
  readonly id: string;
}

/** Who the guard found to call, or null: a public route, or a request that did not get that far. */
export function callingPrincipal(request: Partial<AccessRequest>): CallingPrincipal | null {
  const principal = request.caller?.principal;
  switch (principal?.kind) {
    case undefined:
      return null;
    case 'user':
      return { kind: principal.kind, id: principal.userId };
    case 'api_key':
    case 'oauth_client':
      return { kind: principal.kind, id: principal.id };
    case 'operator':
    case 'resource_server':
      return { kind: principal.kind, id: principal.name };
  }
}
