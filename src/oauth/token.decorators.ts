import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AccessRequest } from '../access/access-request.js';
import { FormBody } from '../http/input/form-body.js';
import { InvalidTokenRequest } from './oauth.errors.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';
import { provesClient } from './authentication/form-credentials.js';

/** The client that calls, on a route that takes clients alone. */
export const CurrentClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedClient => {
    const principal = requestOf(context).caller?.principal;
    if (principal instanceof AuthenticatedClient) return principal;
    throw new Error('@CurrentClient() needs a route that asks for client credentials alone');
  },
);

/**
 * The parameters in the body.
 *
 * @throws InvalidTokenRequest where they prove a client beside the token or key of the header
 */
export const Form = createParamDecorator((_: unknown, context: ExecutionContext): FormBody => {
  const { body, caller } = requestOf(context);
  if (!(body instanceof FormBody)) {
    throw new Error('@Form() needs a route at which bodies are forms');
  }
  if (!(caller?.principal instanceof AuthenticatedClient) && provesClient(body)) {
    throw new InvalidTokenRequest('authenticate by one method only');
  }
  return body;
});

/** The token that a form is about (RFC 7009 §2.1, RFC 7662 §2.1). @throws InvalidTokenRequest */
export function tokenIn(form: FormBody): string {
  const token = form.get('token');
  if (token === undefined) throw new InvalidTokenRequest('token is missing');
  return token;
}

function requestOf(context: ExecutionContext): AccessRequest {
  return context.switchToHttp().getRequest<AccessRequest>();
}
