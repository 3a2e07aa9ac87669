import { type FastifyInstance } from 'fastify';
import { type Metrics } from './metrics.js';

/** Measures every answer that is given. */
export function measureAnswers(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observeAnswer({
      method: request.method,
      route: request.route ?? null,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
}
