import { type CredentialRequest } from './credentials/credential-strategy.js';
import { type Actor, type Caller, type Origin } from './principal.js';

/** What the guard needs of the HTTP request, and what it leaves there for the handlers. */
export interface AccessRequest extends CredentialRequest {
  readonly method: string;
  readonly url: string;
  readonly params: unknown;
  /** Set where a credential was asked for. */
  caller?: Caller;
  /** Set where the path names an organization. */
  actor?: Actor;
}

/** Where a request came from. */
export function originOf(request: CredentialRequest): Origin {
  return {
    ip: request.ip,
    requestId: request.id,
    userAgent: request.headers['user-agent']?.slice(0, 512) ?? null,
  };
}
