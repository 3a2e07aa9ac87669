import { STATUS_CODES } from 'node:http';
import { v7 } from 'uuid';
import { type Problem } from '../../problem.js';
import { dialectOf } from './dialect.js';
import { BadRequest, HeadersTooLarge, RequestTimeout, UriTooLong } from './http.errors.js';
import { URL_LIMIT } from '../server/refusals.js';
import { wordingOf } from './wording.js';

/** What Node says of a request that never became one, and what of it its client gets to read. */
export interface Unreadable extends Error {
  readonly code?: string;
  /** The bytes that could not be read, from the start of the last packet. */
  readonly rawPacket?: unknown;
}

/** What of a request is known that could not be read whole. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
}

/** Malformed framing, too large headers, too slow. */
export function problemOfUnreadable({ code, rawPacket }: Unreadable): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return requestLineOf(rawPacket).target.length > URL_LIMIT
        ? new UriTooLong()
        : new HeadersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestTimeout();
    default:
      return new BadRequest('the request is not valid HTTP', code);
  }
}

/**
 * A whole HTTP response, for a connection on which no response object exists.
 *
 * @param common headers of every answer
 */
export function rawAnswer(
  problem: Problem,
  { method, target }: RequestLine,
  common: Readonly<Record<string, string>>,
): string {
  const id = v7();
  const { headers, body } = wordingOf(dialectOf(target), problem, { id, path: target });
  const text = JSON.stringify(body);
  const all: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    ...common,
    'x-request-id': id,
    connection: 'close',
    ...headers,
    ...problem.headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`, ...lines];
  // Whoever asked by HEAD would take a body for the answer to the next request (RFC 9110 §9.3.2).
  return `${head.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : text}`;
}

/** How the packet begins: `/` is asked for where that is no request line, however badly spelled. */
export function requestLineOf(packet: unknown): RequestLine {
  const start = Buffer.isBuffer(packet) ? packet.toString('latin1', 0, 16 * 1024) : '';
  const [, method = '', target = '/'] = /^(\S+) (\S+)/.exec(start) ?? [];
  return { method, target };
}
