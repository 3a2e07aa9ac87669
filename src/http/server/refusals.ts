import { type IncomingHttpHeaders } from 'node:http';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AmbiguousCredentials } from '../../access/access.errors.js';
import { type Problem } from '../../problem.js';
import { unsupportedMediaType } from '../input/body-parsing.js';
import { dialectOfRequest, pathOf } from '../errors/dialect.js';
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
  if (dialectOfRequest(request) === 'oauth' && Object.keys(query as object).some(isCredential)) {
    return new BadRequest('send credentials in a header or in the body');
  }
  return undefined;
}

/** Django REST Framework judges `Accept` before anything else; its pages of documentation are HTML. */
function negotiationRefusal(request: FastifyRequest): Problem | undefined {
  if (dialectOfRequest(request) !== 'drf') return undefined;
  const answersJson = !pathOf(request).startsWith('/api/v3/public/docs');
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
  const repeated = firstRepeated(raw.rawHeaders, headers);
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
  let size = 2 * rawHeaders.length;
  for (const text of rawHeaders) size += text.length;
  return size;
}

function firstRepeated(
  rawHeaders: readonly string[],
  headers: IncomingHttpHeaders,
): string | undefined {
  // As many names as headers: none of them is repeated.
  if (2 * Object.keys(headers).length === rawHeaders.length) return undefined;
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
