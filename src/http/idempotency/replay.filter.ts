import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type KeptAnswer } from './idempotency-records.js';

/** Thrown instead of carrying a request out again: the handler's own status must not be used. */
export class ReplayedAnswer extends Error {
  constructor(readonly answer: KeptAnswer) {
    super('replayed');
  }
}

/** Sends the first answer again. */
@Catch(ReplayedAnswer)
export class ReplayFilter implements ExceptionFilter<ReplayedAnswer> {
  catch({ answer: { status, body } }: ReplayedAnswer, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(status).header('idempotency-replayed', 'true');
    void (body === null ? reply.send() : reply.type('application/json; charset=utf-8').send(body));
  }
}
