import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type AccessRequest } from '../access/access-request.js';
import { type Principal } from '../access/principal.js';
import { type Problem } from '../problem.js';

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
  logger.info(
    {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...principalFields((request as unknown as Partial<AccessRequest>).caller?.principal),
      ...(problem && { code: problem.code, reason: problem.reason }),
    },
    'answered',
  );
}

function principalFields(principal: Principal | undefined): object {
  switch (principal?.kind) {
    case undefined:
      return {};
    case 'user':
      return { principal: principal.kind, principal_id: principal.userId };
    case 'api_key':
    case 'oauth_client':
      return { principal: principal.kind, principal_id: principal.id };
    case 'resource_server':
      return { principal: principal.kind, principal_id: principal.name };
  }
}
