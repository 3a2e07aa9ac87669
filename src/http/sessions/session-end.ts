import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { type AccessRequest } from '../../access/access-request.js';
import { decodeId } from '../../access/ids.js';
import { SessionCookie } from './session-cookie.js';

/** Takes the cookie away once the session in it has ended. */
@Injectable()
class SessionEnd implements NestInterceptor {
  constructor(private readonly cookie: SessionCookie) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const clear = (): void => {
      if (endsOwnCookie(http.getRequest<AccessRequest>())) {
        this.cookie.clear(http.getResponse<FastifyReply>());
      }
    };
    return next.handle().pipe(tap({ complete: clear }));
  }
}

/** On a route that names a session, only where that is the one in the cookie. */
function endsOwnCookie({ presentedCredential, caller, params }: AccessRequest): boolean {
  if (presentedCredential?.scheme !== 'cookie' || caller?.principal.kind !== 'user') return false;
  const { sessionID: named } = params as Readonly<Record<string, string | undefined>>;
  return named === undefined || decodeId('session', named) === caller.principal.sessionId;
}

/** Declares that the route ends the session that asks, or the one in its path. */
export function EndsSession(): MethodDecorator {
  return applyDecorators(UseInterceptors(SessionEnd));
}
