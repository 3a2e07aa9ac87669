import { type Server } from 'node:http';
import { HEADER_LIMIT } from './refusals.js';

/** How slow clients may be, in milliseconds. */
export const TIMEOUTS = {
  /** From the first byte to the last of a request. */
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  /** Without a byte in either direction. */
  connectionTimeout: 12_000,
} as const;

/** What `http.createServer` is told. */
export const HTTP_LIMITS = {
  maxHeaderSize: HEADER_LIMIT,
  headersTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // Refused with everything else that is wrong with a request (refusals.ts).
  requireHostHeader: false,
} as const;

/** Gives a server of one's own what the framework gives its own one. */
export function applyLimits(server: Server): void {
  server.requestTimeout = TIMEOUTS.requestTimeout;
  server.keepAliveTimeout = TIMEOUTS.keepAliveTimeout;
  server.setTimeout(TIMEOUTS.connectionTimeout);
}
