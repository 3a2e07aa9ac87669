import { type FastifyInstance } from 'fastify';
import { type Problem } from '../../problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The pattern of the matched route. */
    route: string | undefined;
    /** What the matched route was registered with. */
    routeConfig: object | undefined;
    /** Why it is refused, once that is known. */
    problem: Problem | undefined;
  }
}

/** Set by those who find it out: this file, the filter, the guard and the strategies. */
const MEMBERS = [
  'route',
  'routeConfig',
  'problem',
  'presentedCredential',
  'caller',
  'actor',
  'rateLimit',
] as const;

/**
 * Gives every request the members that it gets on its way, so that all requests are of one shape, and
 * tells it its route: `routeOptions` is a new object each time it is asked for.
 */
export function prepareRequests(fastify: FastifyInstance): void {
  for (const name of MEMBERS) fastify.decorateRequest(name);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions;
    request.route = url;
    request.routeConfig = config;
    done();
  });
}
