import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { callingPrincipal } from '../server/calling-principal.js';
import { logOften } from './logger.js';

/**
 * One line for each answer. The route's pattern stands for the URL and ids for credentials, so
 * nothing that a caller chose reaches the log but a checked address and request id.
 */
export function logAnswer(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { problem } = request;
  const principal = callingPrincipal(request);
  logOften(
    logger,
    {
      request_id: request.id,
      method: request.method,
      route: request.route ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      principal: principal?.kind,
      principal_id: principal?.id,
      code: problem?.code,
      reason: problem?.reason,
    },
    'answered',
  );
}
