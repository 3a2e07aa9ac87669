import { createHash } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { type CallingPrincipal } from '../server/calling-principal.js';

/** Which record a request belongs to, and what it asks for. Both are SHA-256 digests. */
export interface RequestIdentity {
  /** Of principal, method, path and the client's key. */
  readonly recordId: Buffer;
  /** Of query and body. */
  readonly requestDigest: Buffer;
}

type Identified = Pick<FastifyRequest, 'method' | 'params' | 'query' | 'body'> & {
  /** The pattern of the route. */
  readonly route: string | undefined;
};

/**
 * Tokens of one client differ in what they hold, and a narrow one must not be told the answer of a
 * wide one, so its scopes are part of who it is.
 */
export interface IdentifiedPrincipal extends CallingPrincipal {
  readonly scopes: readonly string[] | null;
}

/** However the path is spelled and the members of the body are ordered, it is the same request. */
export function identityOf(
  request: Identified,
  principal: IdentifiedPrincipal,
  key: string,
): RequestIdentity {
  const { method, params, query, body, route } = request;
  const { kind, id, scopes } = principal;
  return {
    recordId: digest([kind, id, scopes, method, route, params, key]),
    requestDigest: digest([query, body]),
  };
}

function digest(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value, inOneOrder)).digest();
}

/** A `JSON.stringify` replacer. */
function inOneOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
