import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AccessRequest } from '../access/access-request.js';
import { FormBody } from '../http/input/form-body.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';

/** The client that calls, on a route that takes clients alone. */
export const CurrentClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedClient => {
    const principal = requestOf(context).caller?.principal;
    if (principal instanceof AuthenticatedClient) return principal;
    throw new Error('@CurrentClient() needs a route that asks for client credentials alone');
  },
);

/** The parameters in the body. */
export const Form = createParamDecorator((_: unknown, context: ExecutionContext): FormBody => {
  const { body } = requestOf(context);
  if (body instanceof FormBody) return body;
  throw new Error('@Form() needs a route at which bodies are forms');
});

function requestOf(context: ExecutionContext): AccessRequest {
  return context.switchToHttp().getRequest<AccessRequest>();
}
