import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Injectable,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { isDatabaseFault } from '../database/faults.js';
import { Problem, ServiceUnavailable } from '../problem.js';
import { dialectOf } from './dialect.js';
import {
  BadRequest,
  InternalError,
  PayloadTooLarge,
  RouteNotFound,
  UnsupportedMediaType,
  UriTooLong,
} from './http.errors.js';
import { wordingOf } from './wording.js';

/** Gives every error its wire form in the dialect of the path, and the log its reason. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(exception, request);
    this.log(problem, exception, request);
    if (reply.sent) return;
    const { headers, body } = wordingOf(dialectOf(request.url), problem, request);
    void reply
      .status(problem.status)
      .headers({ ...headers, ...problem.headers })
      .send(body);
  }

  private log(problem: Problem, exception: unknown, request: FastifyRequest): void {
    const entry = {
      request_id: request.id,
      status: problem.status,
      code: problem.code,
      reason: problem.reason,
    };
    if (problem.status < 500) this.logger.info(entry, 'refused');
    else this.logger.error({ ...entry, err: exception }, 'failed');
  }
}

/** The named complaint behind anything thrown; what has no name is a defect and answers 500. */
export function problemOf(exception: unknown, request: FastifyRequest): Problem {
  if (exception instanceof Problem) return exception;
  if (isDatabaseFault(exception)) return new ServiceUnavailable((exception as Error).message);
  const status = statusOf(exception);
  const reason = exception instanceof Error ? exception.message : String(exception);
  switch (status) {
    case 404:
      return new RouteNotFound();
    case 413:
      return new PayloadTooLarge();
    case 414:
      return new UriTooLong();
    case 415:
      return dialectOf(request.url) === 'oauth'
        ? new BadRequest('send the body as application/x-www-form-urlencoded in UTF-8', reason)
        : new UnsupportedMediaType(request.headers['content-type'] ?? '');
    default:
      if (status === undefined || status < 400 || status >= 500) return new InternalError(reason);
      return new BadRequest('the request cannot be read', reason);
  }
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (!(exception instanceof Error)) return undefined;
  const { statusCode, code } = exception as Error & { statusCode?: unknown; code?: unknown };
  // Only the HTTP framework's own errors: a status on some library's error means something else.
  const isFrameworks = typeof code === 'string' && code.startsWith('FST_');
  return isFrameworks && typeof statusCode === 'number' ? statusCode : undefined;
}
