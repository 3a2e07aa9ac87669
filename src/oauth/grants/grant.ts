import { type FormBody } from '../../http/input/form-body.js';
import { type IssuedToken } from '../tokens/known-token.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';

/** One way of getting an access token (RFC 6749 §1.3); each is a file, GRANTS lists them. */
export interface Grant {
  /** The `grant_type`; compared case-sensitively. */
  readonly type: string;

  /** Whether the client may use this grant. */
  permits(client: AuthenticatedClient): boolean;

  /** Reads the grant's own parameters, the scope among them, and issues. */
  issue(client: AuthenticatedClient, form: FormBody): Promise<IssuedToken>;
}

/** Injection token of the list of grants. */
export const GRANTS = Symbol('GRANTS');
