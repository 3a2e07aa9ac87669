import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Problem } from '../../problem.js';
import { dialectOfRequest } from '../errors/dialect.js';
import { FormBody, isUtf8 } from './form-body.js';
import { BadRequest, UnsupportedMediaType } from '../errors/http.errors.js';
import { parseJsonBody } from './json-body.js';

/** Route configuration: JSON is read there although the path is one of OAuth. */
export const TAKES_JSON = { takesJson: true } as const;

/** Route configuration: bodies up to 1 MiB, for routes that take hundreds of things at once. */
export const TAKES_LARGE_BODIES = { bodyLimit: 1024 * 1024 } as const;

/**
 * Route configuration: the body stays the bytes that were sent, since a signature is over them; up to
 * 1 MiB.
 */
export const TAKES_SIGNED_BODIES = { keepsBytes: true, ...TAKES_LARGE_BODIES } as const;

/** JSON, but at `/o` forms and nothing else (RFC 6749 §3.2), a route that takes JSON aside. */
export function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = (type: string, read: (request: FastifyRequest, body: Buffer) => unknown): void => {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      try {
        done(null, read(request, body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    });
  };
  parse('application/json', (request, body) => {
    if (takesForms(request)) throw unsupportedMediaType(request);
    return hasConfig(request, 'keepsBytes') ? body : parseJsonBody(body);
  });
  parse('application/x-www-form-urlencoded', (request, body) => {
    if (!takesForms(request)) {
      refuseContent(request, body);
      return undefined;
    }
    if (!isUtf8(request.headers['content-type'] ?? '')) throw unsupportedMediaType(request);
    return FormBody.parse(body);
  });
  parse('*', refuseContent);
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as Partial<typeof TAKES_LARGE_BODIES>;
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    request.body ??= takesForms(request) ? FormBody.empty : {};
    done();
  });
}

function isOAuth(request: FastifyRequest): boolean {
  return dialectOfRequest(request) === 'oauth';
}

function takesForms(request: FastifyRequest): boolean {
  return isOAuth(request) && !hasConfig(request, 'takesJson');
}

function hasConfig({ routeConfig }: FastifyRequest, name: 'keepsBytes' | 'takesJson'): boolean {
  return routeConfig !== undefined && name in routeConfig;
}

/** An absent body may have any type; it is read as one without members. */
function refuseContent(request: FastifyRequest, body: Buffer): void {
  if (body.length > 0) throw unsupportedMediaType(request);
}

/** How a body that is not read is refused: at `/o` as RFC 6749 §5.2 says, elsewhere 415. */
export function unsupportedMediaType(request: FastifyRequest): Problem {
  const type = request.headers['content-encoding'] ?? request.headers['content-type'] ?? '';
  if (!isOAuth(request)) return new UnsupportedMediaType(type);
  const wanted = takesForms(request)
    ? 'application/x-www-form-urlencoded in UTF-8'
    : 'application/json';
  return new BadRequest(`send the body as ${wanted}`, 'media type');
}
