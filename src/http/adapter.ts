import { type IncomingMessage, METHODS } from 'node:http';
import { type Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { v7 } from 'uuid';
import { AmbiguousCredentials } from '../access/access.errors.js';
import { dialectOf } from './dialect.js';
import { FormBody, isUtf8 } from './form-body.js';
import { BadRequest, MethodNotAllowed, UriTooLong } from './http.errors.js';
import { parseJsonBody } from './json-body.js';

/** Most bytes of a request body. */
export const BODY_LIMIT = 100 * 1024;
const HEADER_LIMIT = 8 * 1024;
const URL_LIMIT = 2 * 1024;
const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
]);

export interface AdapterOptions {
  /** CIDRs of the proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly logger: Logger;
}

/**
 * The HTTP server with its limits: both slash forms of every path without a redirect, bodies up
 * to 100 KB, headers up to 8 KB, and slow clients ended after 5 s (headers) or 10 s (the whole
 * request).
 */
export function createAdapter({ trustedProxies, logger }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    requestTimeout: 10_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerUnreadable,
    http: {
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
    },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  readBodies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    done(refusalOf(request));
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    const isOAuth = dialectOf(request.url) === 'oauth';
    request.body ??= isOAuth ? FormBody.empty : {};
    done(isOAuth ? refuseCredentialInQuery(request) : undefined);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    logger.info(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
      },
      'answered',
    );
    done();
  });
  return adapter;
}

/** A client's own request id is taken if it is harmless in a log. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : v7();
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
}

/** What is wrong with a request before anyone looks at its route. */
function refusalOf(request: FastifyRequest): Error | undefined {
  if (request.url.length > URL_LIMIT) return new UriTooLong();
  // Node keeps the first of repeated headers and drops the rest; a proxy may keep the last.
  const { rawHeaders } = request.raw;
  const count = (name: string): number =>
    rawHeaders.filter((each, index) => index % 2 === 0 && each.toLowerCase() === name).length;
  if (count('host') > 1) return new BadRequest('send one Host header');
  if (count('authorization') > 1 || count('x-api-key') > 1) return new AmbiguousCredentials();
  return undefined;
}

/** JSON, but at `/o` forms and nothing else (RFC 6749 §3.2). */
function readBodies(fastify: FastifyInstance): void {
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
    if (dialectOf(request.url) === 'oauth') throw mediaTypeRefusal();
    return parseJsonBody(body);
  });
  parse('application/x-www-form-urlencoded', (request, body) => {
    if (dialectOf(request.url) === 'oauth') {
      if (!isUtf8(request.headers['content-type'] ?? '')) throw mediaTypeRefusal();
      return FormBody.parse(body);
    }
    return emptyBody(body);
  });
  parse('*', (_request, body) => emptyBody(body));
}

/** The absent body, which is read as one without members. */
function emptyBody(body: Buffer): undefined {
  if (body.length > 0) throw mediaTypeRefusal();
}

/** Worded by the filter in the dialect of the path. */
function mediaTypeRefusal(): Error {
  return Object.assign(new Error('media type'), { code: 'FST_', statusCode: 415 });
}

/** OAuth credentials in a URL end up in logs and histories; they never authenticate (§2.3.1). */
function refuseCredentialInQuery({ query }: FastifyRequest): Error | undefined {
  const names = Object.keys(query as object);
  const isCredential = names.some((name) => CREDENTIAL_PARAMETERS.has(name));
  return isCredential ? new BadRequest('send credentials in a header or in the body') : undefined;
}

/**
 * Gives every path an answer to the methods that it does not take: 405 with `Allow`. Called once
 * all routes are known to `seen`.
 */
export function refuseOtherMethods(fastify: FastifyInstance, seen: SeenRoutes): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !fastify.supportedMethods.includes(method)) {
      fastify.addHttpMethod(method, { hasBody: false });
    }
  }
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  for (const [url, taken] of [...seen]) {
    const allowed = [...taken].sort();
    fastify.route({
      method: methods.filter((method) => !taken.has(method)),
      url,
      // Before the body is read: whoever uses the wrong method need not send it.
      onRequest: (request, _reply, done) => {
        done(new MethodNotAllowed(request.method, allowed));
      },
      handler: () => undefined,
    });
  }
}

/** The methods of each route's path. */
export type SeenRoutes = ReadonlyMap<string, ReadonlySet<string>>;

/** Collects every route that is registered from now on. */
export function watchRoutes(fastify: FastifyInstance): SeenRoutes {
  const seen = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const methods = seen.get(url) ?? new Set<string>();
    for (const each of Array.isArray(method) ? method : [method]) methods.add(each);
    seen.set(url, methods);
  });
  return seen;
}

const UNREADABLE: Readonly<Record<string, [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** Requests that never became one: malformed framing, too large headers, too slow. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({
    error: phrase.toLowerCase(),
    code: phrase.toLowerCase().replaceAll(' ', '_'),
    request_id: v7(),
  });
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
