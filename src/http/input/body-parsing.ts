import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Problem } from '../../problem.js';
import { dialectOf, pathOf } from '../errors/dialect.js';
import { FormBody, isUtf8 } from './form-body.js';
import { BadRequest, UnsupportedMediaType } from '../errors/http.errors.js';
import { parseJsonBody } from './json-body.js';

/** JSON, but at `/o` forms and nothing else (RFC 6749 §3.2). */
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
    if (isOAuth(request)) throw unsupportedMediaType(request);
    return parseJsonBody(body);
  });
  parse('application/x-www-form-urlencoded', (request, body) => {
    if (!isOAuth(request)) {
      refuseContent(request, body);
      return undefined;
    }
    if (!isUtf8(request.headers['content-type'] ?? '')) throw unsupportedMediaType(request);
    return FormBody.parse(body);
  });
  parse('*', refuseContent);
  fastify.addHook('preValidation', (request, _reply, done) => {
    request.body ??= isOAuth(request) ? FormBody.empty : {};
    done();
  });
}

function isOAuth(request: FastifyRequest): boolean {
  return dialectOf(pathOf(request)) === 'oauth';
}

/** An absent body may have any type; it is read as one without members. */
function refuseContent(request: FastifyRequest, body: Buffer): void {
  if (body.length > 0) throw unsupportedMediaType(request);
}

/** How a body that is not read is refused: at `/o` as RFC 6749 §5.2 says, elsewhere 415. */
export function unsupportedMediaType(request: FastifyRequest): Problem {
  const type = request.headers['content-encoding'] ?? request.headers['content-type'] ?? '';
  return isOAuth(request)
    ? new BadRequest('send the body as application/x-www-form-urlencoded in UTF-8', 'media type')
    : new UnsupportedMediaType(type);
}
