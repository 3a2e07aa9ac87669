import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { localTargetOf } from '../errors/dialect.js';
import { isForOperators } from './operator-paths.js';
import { applyLimits, HTTP_LIMITS } from './server-limits.js';

/** What supervisors ask, on either port. */
const OBSERVATION = /^\/health(?:[/?]|$)/;

/**
 * A port of its own for internal admin tooling: the same application on a second server, with the
 * same limits. Each of the two answers its own paths and hides the other's, as if there were none.
 */
export class AdminListener {
  readonly server: Server = createServer(HTTP_LIMITS);
  private readonly sockets = new WeakSet<Socket>();

  constructor() {
    applyLimits(this.server);
    this.server.on('connection', (socket: Socket) => this.sockets.add(socket));
  }

  /** Hands every request to the application, and ends with it. */
  serve(fastify: FastifyInstance): void {
    this.server.on('request', (request, response) => {
      fastify.routing(request, response);
    });
    let closed = Promise.resolve();
    fastify.addHook('preClose', (done) => {
      closed = closeOf(this.server);
      done();
    });
    fastify.addHook('onClose', () => closed);
  }

  /** @returns the port, which 0 leaves open */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, host }, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Whether the server that the request came to knows nothing of its path. */
  hides(request: FastifyRequest): boolean {
    return this.hidesPath(request.raw.socket, askedPathOf(request));
  }

  /** The same for a request that no route is looked up for. */
  hidesTarget({ socket, url = '/' }: IncomingMessage): boolean {
    return this.hidesPath(socket, decoded(url));
  }

  private hidesPath(socket: Socket, path: string): boolean {
    if (!this.sockets.has(socket)) return isForOperators(path);
    return !isForOperators(path) && !OBSERVATION.test(path);
  }
}

/** The template of the route, or what was asked for where there is none. */
export function askedPathOf({ url, is404, route }: FastifyRequest): string {
  return is404 ? decoded(url) : (route ?? url);
}

/** The path of a target as the router reads it: with its percent-encodings resolved. */
export function decoded(target: string): string {
  const [path = ''] = localTargetOf(target).split('?', 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function closeOf(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Its error says that it never listened.
    server.close(() => {
      resolve();
    });
  });
}
