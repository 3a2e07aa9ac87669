import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Injectable,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { isDatabaseFault } from '../../database/faults.js';
import { Problem, ServiceUnavailable } from '../../problem.js';
import { unsupportedMediaType } from '../input/body-parsing.js';
import { dialectOf, pathOf } from './dialect.js';
import { describeFault } from './fault-description.js';
import {
  BadRequest,
  InternalError,
  PayloadTooLarge,
  RouteNotFound,
  UriTooLong,
} from './http.errors.js';
import { type RefusalObserver, refusedRequest } from './refusal-observer.js';
import { type Wording, wordingOf } from './wording.js';

/** Gives every error its wire form in the dialect of the path, and the log its reason. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly publicUrl: string,
    private readonly observer: RefusalObserver | null = null,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** For errors that arise before the framework is asked, too. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = problemOf(exception, request);
    request.problem = problem;
    const refused = refusedRequest(request, problem);
    if (refused) this.observer?.refused(refused);
    if (problem.status >= 500) {
      const { code, reason } = problem;
      this.logger.error({ request_id: request.id, code, reason, err: exception }, 'failed');
    }
    if (reply.sent) return;
    const { headers, body } = wordingFor(problem, request, this.publicUrl);
    void reply.status(problem.status).headers(headers).send(body);
  }
}

/** What the answer to `request` is, once it is known why it is refused. */
export function wordingFor(problem: Problem, request: FastifyRequest, publicUrl?: string): Wording {
  const path = pathOf(request);
  const { authorization = '' } = request.headers;
  const asked = {
    id: request.id,
    path,
    authorization,
    ...(publicUrl !== undefined && { publicUrl }),
  };
  const { headers, body } = wordingOf(dialectOf(path), problem, asked);
  return { headers: { ...headers, ...problem.headers }, body };
}

/** The named complaint behind anything thrown; what has no name is a defect and answers 500. */
export function problemOf(exception: unknown, request: FastifyRequest): Problem {
  if (exception instanceof Problem) return exception;
  if (isCutOff(exception)) return new BadRequest('the request did not arrive whole', 'cut off');
  if (isDatabaseFault(exception)) return new ServiceUnavailable(reasonOf(exception));
  const status = statusOf(exception);
  switch (status) {
    case 404:
      return new RouteNotFound();
    case 413:
      return new PayloadTooLarge();
    case 414:
      return new UriTooLong();
    case 415:
      return unsupportedMediaType(request);
    default:
      return status === undefined || status < 400 || status >= 500
        ? new InternalError(reasonOf(exception))
        : new BadRequest('the request cannot be read', reasonOf(exception));
  }
}

function reasonOf(exception: unknown): string {
  const { type, code, message } = describeFault(exception);
  return `${code ?? type}: ${message}`;
}

/** The client went away, or broke the framing, in the midst of its body. */
function isCutOff(exception: unknown): boolean {
  const { code, statusCode } = exception as { code?: unknown; statusCode?: unknown };
  return code === 'ECONNRESET' && statusCode === 400;
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (!(exception instanceof Error)) return undefined;
  const { statusCode, code } = exception as Error & { statusCode?: unknown; code?: unknown };
  // Only the HTTP framework's own errors: a status on some library's error means something else.
  const isFrameworks = typeof code === 'string' && code.startsWith('FST_');
  return isFrameworks && typeof statusCode === 'number' ? statusCode : undefined;
}
