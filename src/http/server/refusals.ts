import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AmbiguousCredentials } from '../../access/access.errors.js';
import { type Problem } from '../../problem.js';
import { unsupportedMediaType } from '../input/body-parsing.js';
import { dialectOf, pathOf } from '../errors/dialect.js';
import { acceptsJson } from '../errors/drf-negotiation.js';
import {
  BadRequest,
  HeadersTooLarge,
  MethodNotAllowed,
  NotAcceptable,
  RouteNotFound,
  UriTooLong,
} from '../errors/http.errors.js';

/** Most characters of a request target. */
export const URL_LIMIT = 2 * 1024;
/** Most bytes of the headers. Node counts neither separators nor line ends, so many small ones. */
export const HEADER_LIMIT = 8 * 1024;
const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
]);

/**
 * What is wrong with a request, seen before its body is read and before anyone asks who calls.
 *
 * @param isHidden whether its path is none on the port that it came to
 */
export function refusalOf(request: FastifyRequest, isHidden: boolean): Problem | undefined {
  return (
    targetRefusal(request) ??
    headerRefusal(request) ??
    (isHidden ? new RouteNotFound() : undefined) ??
    (request.is404
      ? unknownTarget(request)
      : (credentialRefusal(request) ?? negotiationRefusal(request)))
  );
}

function targetRefusal({ url }: FastifyRequest): Problem | undefined {
  if (url.length > URL_LIMIT) return new UriTooLong();
  return url.includes('%00') ? new BadRequest('the URL must not hold NUL') : undefined;
}

/** OAuth credentials in a URL end up in logs and histories (RFC 6749 §2.3.1). */
function credentialRefusal(request: FastifyRequest): Problem | undefined {
  const { query } = request;
  const isCredential = (name: string): boolean => CREDENTIAL_PARAMETERS.has(name);
  if (dialectOf(pathOf(request)) === 'oauth' && Object.keys(query as object).some(isCredential)) {
    return new BadRequest('send credentials in a header or in the body');
  }
  return undefined;
}

/** Django REST Framework judges `Accept` before anything else; its pages of documentation are HTML. */
function negotiationRefusal(request: FastifyRequest): Problem | undefined {
  const path = pathOf(request);
  const answersJson = dialectOf(path) === 'drf' && !path.startsWith('/api/v3/public/docs');
  return answersJson && !acceptsJson(request.headers.accept) ? new NotAcceptable() : undefined;
}

/** Headers that count only once. Node keeps the first or joins them; a proxy may keep the last. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'x-api-key',
  'content-type',
  'idempotency-key',
]);

function headerRefusal(request: FastifyRequest): Problem | undefined {
  const { raw, headers } = request;
  if (sizeOf(raw.rawHeaders) > HEADER_LIMIT) return new HeadersTooLarge();
  const repeated = firstRepeated(raw.rawHeaders);
  if (repeated === 'authorization' || repeated === 'x-api-key') return new AmbiguousCredentials();
  if (repeated !== undefined) return new BadRequest(`send one ${repeated} header`);
  if (headers.host === undefined && raw.httpVersion !== '1.0') {
    return new BadRequest('send a Host header');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  // Nothing is decompressed, so no body can be larger than it was sent.
  return encoding === 'identity' ? undefined : unsupportedMediaType(request);
}

/** Bytes on the wire: each name with `: `, each value with its line end. */
function sizeOf(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((size, text) => size + text.length + 2, 0);
}

function firstRepeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** 405 where the path takes other methods, else 404. */
function unknownTarget({ server, method, url }: FastifyRequest): Problem {
  const allowed = allowedMethods(server, url);
  return allowed.length > 0 ? new MethodNotAllowed(method, allowed) : new RouteNotFound();
}

/** The methods that the path of `url` takes, in alphabetical order. */
export function allowedMethods(server: FastifyInstance, url: string): string[] {
  // Its type promises a route where it finds none.
  const find = (method: string): object | null => server.findRoute({ method, url });
  return server.supportedMethods.filter((method) => find(method) !== null).sort();
}
