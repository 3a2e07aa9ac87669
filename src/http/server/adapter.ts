import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { type Logger } from 'pino';
import { type DirectRoutes } from '../direct/direct-routes.js';
import { readBodies } from '../input/body-parsing.js';
import { type AccessRequest } from '../../access/access-request.js';
import { type AdminListener } from './admin-listener.js';
import { ClientAddresses } from './client-address.js';
import { Connections } from './connections.js';
import { CrossOrigin } from './cross-origin.js';
import { MethodNotAllowed } from '../errors/http.errors.js';
import { ProblemFilter } from '../errors/problem.filter.js';
import {
  problemOfUnreadable,
  rawAnswer,
  requestLineOf,
  type Unreadable,
} from '../errors/raw-answer.js';
import { allowedMethods, HEADER_LIMIT, refusalOf } from './refusals.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { hidesMetrics, hidesMetricsTarget } from './metrics-visibility.js';
import { requestIdOf } from './request-ids.js';
import { prepareRequests } from './request-members.js';
import { logAnswer } from '../log/request-log.js';
import { securityHeaders } from './security-headers.js';
import { HTTP_LIMITS, TIMEOUTS } from './server-limits.js';

/** Most bytes of a request body. */
const BODY_LIMIT = 100 * 1024;

export interface AdapterOptions {
  /** CIDRs of the proxies whose `X-Forwarded-For` and `Forwarded` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Of this deployment; challenges name it. */
  readonly publicUrl: string;
  /** Whose pages may call. */
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  /** The routes that the server answers itself, where it is to answer. */
  readonly directRoutes?: DirectRoutes;
  /** The second server, where `/v1/admin` has a port of its own. */
  readonly admin?: AdminListener | null;
}

/**
 * The HTTP server with its limits: both slash forms of every path without a redirect, bodies up
 * to 100 KB, headers up to 8 KB, and slow clients ended 5 s (headers) or 10 s (the whole request)
 * after they began, found out once a second. Clients that read nothing of their answers are ended
 * after 12 to 24 s: Node looks every 12 s whether any of it has left since.
 */
export function createAdapter({
  trustedProxies,
  publicUrl,
  corsOrigins,
  logger,
  directRoutes,
  admin = null,
}: AdapterOptions): FastifyAdapter {
  const filter = new ProblemFilter(logger, publicUrl);
  const crossOrigin = new CrossOrigin(corsOrigins);
  const security = securityHeaders(publicUrl);
  const options: FastifyHttpOptions<Server> = {
    bodyLimit: BODY_LIMIT,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // A path parameter of any length is the route's to judge: an id that is none is 404.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: HEADER_LIMIT },
    ...TIMEOUTS,
    // What arrives on a connection that is still open during a shutdown is answered all the same.
    return503OnClosing: false,
    clientErrorHandler: (error: Unreadable, socket: Socket) => {
      answerUnreadable(error, socket);
    },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(request, reply, { crossOrigin, security });
      filter.answer(error, request, reply);
      logAnswer(logger, request, reply);
    },
    http: { ...HTTP_LIMITS },
  };
  // Nothing here is middleware of the kind that it would run.
  const adapter = new FastifyAdapter({ ...options, skipMiddie: true });
  const fastify = adapter.getInstance<FastifyInstance>();
  const connections = new Connections();
  const answerUnreadable = (error: Unreadable, socket: Socket): void => {
    logger.info({ code: error.code }, 'unreadable request');
    if (!connections.mayAnswer(socket)) socket.destroy();
    else {
      const line = requestLineOf(error.rawPacket);
      const answer = rawAnswer(problemOfUnreadable(error), line, security);
      connections.hangUp(socket, answer);
    }
  };
  for (const server of admin ? [fastify.server, admin.server] : [fastify.server]) {
    connections.watch(server);
    // By itself Node drops what comes after 1,000 headers, so nobody would see a second Host there.
    server.maxHeadersCount = 0;
    answerOddRequests(server, fastify, connections, { admin, security });
  }
  admin?.server.on('clientError', answerUnreadable);
  prepareRequests(fastify);
  readBodies(fastify);
  directRoutes?.takeOver(fastify);
  readRequests(fastify, connections, {
    addresses: new ClientAddresses(trustedProxies),
    crossOrigin,
    security,
    admin,
  });
  fastify.addHook('onSend', (request: FastifyRequest & Partial<AccessRequest>, reply, _, done) => {
    if (request.rateLimit) void reply.headers(rateLimitHeaders(request.rateLimit));
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    connections.end(reply.raw);
    logAnswer(logger, request, reply);
    done();
  });
  fastify.addHook('preClose', (done) => {
    connections.drain();
    done();
  });
  admin?.serve(fastify);
  return adapter;
}

/** What the headers of every answer depend on. */
interface CommonHeaders {
  readonly crossOrigin: CrossOrigin;
  readonly security: Readonly<Record<string, string>>;
}

/** What is asked about each request. */
interface RequestReading extends CommonHeaders {
  readonly addresses: ClientAddresses;
  readonly admin: AdminListener | null;
}

/** What comes before any route: the headers of every answer, the client's address, refusals. */
function readRequests(
  fastify: FastifyInstance,
  connections: Connections,
  { addresses, crossOrigin, security, admin }: RequestReading,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    connections.begin(reply.raw);
    setCommonHeaders(request, reply, { crossOrigin, security });
    const ip = addresses.of(request.socket.remoteAddress, request.headers);
    if (ip !== request.ip) Object.defineProperty(request, 'ip', { value: ip });
    const refusal = refusalOf(request, admin?.hides(request) ?? hidesMetrics(request));
    if (refusal instanceof MethodNotAllowed && crossOrigin.answerPreflight(request, reply)) return;
    done(refusal);
  });
}

/** Requests that Node would answer, or hang up on, by itself. */
function answerOddRequests(
  server: Server,
  fastify: FastifyInstance,
  connections: Connections,
  { admin, security }: Pick<RequestReading, 'admin' | 'security'>,
): void {
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const { method = 'CONNECT', url: target = '/' } = request;
    const isHidden = admin?.hidesTarget(request) ?? hidesMetricsTarget(target);
    const allowed = isHidden ? [] : allowedMethods(fastify, target);
    const problem = new MethodNotAllowed(method, allowed);
    connections.hangUp(socket, rawAnswer(problem, { method, target }, security));
  });
  // RFC 9110 §10.1.1: an expectation that means nothing here may be ignored.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}

function setCommonHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  { crossOrigin, security }: CommonHeaders,
): void {
  void reply
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .headers(security);
  const ofOrigin = crossOrigin.headersFor(request);
  if (ofOrigin) void reply.headers(ofOrigin);
}
