import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AccessRequest } from '../access/access-request.js';
import { type AuditActor } from '../audit/audit.service.js';

/** Which operator calls, as the audit log names him: by the name of his token. */
export const ActingOperator = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuditActor => {
    const { caller } = context.switchToHttp().getRequest<AccessRequest>();
    if (caller?.principal.kind !== 'operator') {
      throw new Error('@ActingOperator() needs a route that operators alone may call');
    }
    return { kind: 'operator', id: caller.principal.name, origin: caller.origin };
  },
);
