import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AccessRequest, originOf } from './access-request.js';
import { type AccessRule, declareAccess } from './access-rule.js';
import { type Actor, type Caller, type Origin } from './principal.js';

/** Declares who may call a route. A route without a declaration answers 500. */
export function Allow(rule: AccessRule): MethodDecorator {
  return (_target, _name, descriptor) => {
    declareAccess(descriptor.value as object, rule);
  };
}

/** Declares a route that anyone may call. */
export function Public(): MethodDecorator {
  return Allow({ public: true });
}

/** Who calls, acting in the organization of the path. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AccessRequest>();
  if (!actor) throw new Error('@CurrentActor() needs a route with an organization in its path');
  return actor;
});

/** Who calls, on routes without an organization in their path. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => {
    const { caller } = context.switchToHttp().getRequest<AccessRequest>();
    if (!caller) throw new Error('@CurrentCaller() needs a route that asks for a credential');
    return caller;
  },
);

/** The signed-in person on a route that anyone may call, or null. */
export const OptionalCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | null =>
    context.switchToHttp().getRequest<AccessRequest>().caller ?? null,
);

/** Whether the dashboard, by its cookie, or a program asks. */
export const CredentialSource = createParamDecorator(
  (_: unknown, context: ExecutionContext): 'api' | 'dashboard' => {
    const { presentedCredential } = context.switchToHttp().getRequest<AccessRequest>();
    return presentedCredential?.scheme === 'cookie' ? 'dashboard' : 'api';
  },
);

/** Where the request came from, also on public routes. */
export const RequestOrigin = createParamDecorator((_: unknown, context: ExecutionContext): Origin =>
  originOf(context.switchToHttp().getRequest<AccessRequest>()),
);
