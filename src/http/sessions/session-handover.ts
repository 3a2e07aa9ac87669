import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { CrossSite } from '../../access/access.errors.js';
import { siteOf } from '../../access/request-site.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { SessionCookie } from './session-cookie.js';

/** An answer that may hold the token of a session that has just begun. */
interface SessionAnswer {
  session_token?: string | null;
}

/**
 * Hands a new session to whoever asked: to a page of this deployment by cookie, out of the reach of
 * its scripts; to a program in the answer. Another site gets neither: it could sign a person in as
 * someone else. That is decided before anything is done.
 */
@Injectable()
class SessionHandover implements NestInterceptor {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly cookie: SessionCookie,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const site = siteOf(http.getRequest<FastifyRequest>().headers, this.runtime.publicUrl);
    if (site === 'foreign') throw new CrossSite();
    const answers = next.handle() as Observable<SessionAnswer>;
    if (site === 'unknown') return answers;
    return answers.pipe(map((answer) => this.byCookie(answer, http.getResponse<FastifyReply>())));
  }

  private byCookie(answer: SessionAnswer, reply: FastifyReply): SessionAnswer {
    const { session_token: token } = answer;
    if (typeof token !== 'string') return answer;
    this.cookie.set(reply, token);
    return { ...answer, session_token: null };
  }
}

/** Declares that the answer's `session_token` goes into the cookie where a page of ours asks. */
export function HandsOverSession(): MethodDecorator {
  return applyDecorators(UseInterceptors(SessionHandover));
}
