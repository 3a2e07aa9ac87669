import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Problem } from '../../problem.js';
import { callingPrincipal } from './calling-principal.js';

const problems = new WeakMap<object, Problem>();

/** Remembers why a request was refused, for the line that is logged once it is answered. */
export function noteProblem(request: FastifyRequest, problem: Problem): void {
  problems.set(request, problem);
}

/**
 * One line for each answer. The route's pattern stands for the URL and ids for credentials, so
 * nothing that a caller chose reaches the log but a checked address and request id.
 */
export function logAnswer(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problems.get(request);
  const principal = callingPrincipal(request);
  logger.info(
    {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...(principal && { principal: principal.kind, principal_id: principal.id }),
      ...(problem && { code: problem.code, reason: problem.reason }),
    },
    'answered',
  );
}
