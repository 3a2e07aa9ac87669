import { type FastifyRequest } from 'fastify';
import { askedPathOf, decoded } from './admin-listener.js';
import { isMetrics } from './operator-paths.js';

const OPERATOR = /^Bearer +kco_/i;

/**
 * Whether the metrics are to be unknown to this request: where they share the port of the API, to whoever
 * shows nothing that looks like an operator's token. What does is judged like any credential.
 */
export function hidesMetrics(request: FastifyRequest): boolean {
  return isMetrics(askedPathOf(request)) && !OPERATOR.test(request.headers.authorization ?? '');
}

/** The same for a request that no route is looked up for, which shows no credential. */
export function hidesMetricsTarget(target: string): boolean {
  return isMetrics(decoded(target));
}
