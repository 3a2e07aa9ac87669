import { type FastifyReply, type FastifyRequest } from 'fastify';
import { allowedMethods } from './refusals.js';

/** What pages may send and read beside what every page may. */
const REQUEST_HEADERS = [
  'Authorization',
  'X-API-Key',
  'Content-Type',
  'Idempotency-Key',
  'X-Request-Id',
  'X-Setup-Token',
  'X-Invitation-Token',
  'X-Keycap-Poll-Token',
  'X-CapyDB-Poll-Token',
];
const RESPONSE_HEADERS = [
  'X-Request-Id',
  'Retry-After',
  'WWW-Authenticate',
  'Idempotency-Replayed',
  'Allow',
  'RateLimit',
  'RateLimit-Policy',
];
/** For how long a browser may remember what a preflight was answered, in seconds. */
const MAX_AGE_SECONDS = 600;

/**
 * Lets pages of the listed origins call with a bearer token (Fetch §3.2). They never call with a
 * cookie: `Access-Control-Allow-Credentials` is not sent to anyone.
 */
export class CrossOrigin {
  private readonly origins: ReadonlySet<string>;

  /** @param origins exact ones */
  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  /** For every answer: what a page of a listed origin may read of it. */
  headersFor({ headers }: FastifyRequest): Record<string, string> | null {
    if (this.origins.size === 0) return null;
    const { origin } = headers;
    const isListed = origin !== undefined && this.origins.has(origin);
    return {
      vary: 'Origin',
      ...(isListed && {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': RESPONSE_HEADERS.join(', '),
      }),
    };
  }

  /** Answers the question that a browser asks before a request of a listed origin. */
  answerPreflight(request: FastifyRequest, reply: FastifyReply): boolean {
    const { method, headers, server, url } = request;
    const asked = headers['access-control-request-method'];
    const isListed = this.origins.has(headers.origin ?? '');
    if (method !== 'OPTIONS' || asked === undefined || !isListed) return false;
    const allowed = allowedMethods(server, url);
    if (allowed.length === 0) return false;
    void reply
      .headers({
        'access-control-allow-methods': allowed.join(', '),
        'access-control-allow-headers': REQUEST_HEADERS.join(', '),
        'access-control-max-age': String(MAX_AGE_SECONDS),
      })
      .status(204)
      .send();
    return true;
  }
}
