import { type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { AddressRanges } from '../../access/addresses/address-ranges.js';
import { BadRequest } from '../errors/http.errors.js';

/**
 * Says which address a request comes from. `X-Forwarded-For` and `Forwarded` (RFC 7239) are
 * believed exactly as far as proxies of KEYCAP_TRUSTED_PROXIES wrote them: read from the right,
 * the first address that is no such proxy is the client's. What a proxy wrote that is no address
 * makes its own address, the peer's, the answer.
 *
 * Where both headers are there and name different clients, one of them came from the client past
 * a proxy that knows only the other, and nothing tells which: such a request is refused.
 */
export class ClientAddresses {
  private readonly proxies: AddressRanges;

  /** @param trustedProxies CIDRs */
  constructor(trustedProxies: readonly string[]) {
    this.proxies = new AddressRanges(trustedProxies);
  }

  /**
   * @param remoteAddress of the connection
   * @throws BadRequest for two headers that contradict each other
   */
  of(remoteAddress: string | undefined, headers: IncomingHttpHeaders): string {
    const peer = plainAddress(remoteAddress ?? '');
    const forwardedFor = headers['x-forwarded-for'];
    const { forwarded } = headers;
    if (forwardedFor === undefined && forwarded === undefined) return peer;
    if (!this.proxies.include(peer)) return peer;
    const clients = [
      forwardedFor === undefined ? [] : [hopsOfForwardedFor(forwardedFor)],
      forwarded === undefined ? [] : [hopsOfForwarded(forwarded)],
    ].flatMap(([hops]) => (hops ? [this.clientBehind(peer, hops)] : []));
    if (new Set(clients).size > 1) {
      throw new BadRequest('X-Forwarded-For and Forwarded name different clients');
    }
    return clients[0] ?? peer;
  }

  private clientBehind(peer: string, hops: readonly (string | null)[]): string {
    let client = peer;
    for (const hop of hops.toReversed()) {
      if (hop === null) return peer;
      client = hop;
      if (!this.proxies.include(hop)) break;
    }
    return client;
  }
}

/** IPv4 as a socket that serves both families shows it (`::ffff:192.0.2.1`) becomes IPv4. */
function plainAddress(address: string): string {
  if (!address.startsWith('::')) return address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address;
}

/** One entry for each hop, left to right; null for one that is no address. */
function hopsOfForwardedFor(header: string | readonly string[]): (string | null)[] {
  return [header].flat().join(',').split(',').map(addressOf);
}

/** `address`, `address:port`, `[address]` or `[address]:port`. */
function addressOf(node: string): string | null {
  const text = node.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, withPort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  const address = bracketed ?? withPort ?? text;
  const isAddress = bracketed === undefined ? isIP(address) !== 0 : isIP(address) === 6;
  // A zone (fe80::1%eth0) means something on one machine alone.
  return isAddress && !address.includes('%') ? plainAddress(address) : null;
}

/** `name=token` or `name="quoted string"`, and what separates it from the next (RFC 7239 §4). */
const PAIR =
  /[ \t]*([!#$%&'*+.^`|~\w-]+)=(?:([!#$%&'*+.^`|~\w-]+)|"((?:[^"\\]|\\.)*)")[ \t]*([;,]|$)/y;

/** The `for` of each element; a header that breaks the grammar names nobody. */
function hopsOfForwarded(header: string): (string | null)[] {
  const hops: (string | null)[] = [null];
  let end = 0;
  while (end < header.length) {
    PAIR.lastIndex = end;
    const [pair, name, token, quoted, separator] = PAIR.exec(header) ?? [];
    if (pair === undefined) return [null];
    end += pair.length;
    if (name?.toLowerCase() === 'for') {
      hops[hops.length - 1] = addressOf(token ?? quoted?.replace(/\\(.)/g, '$1') ?? '');
    }
    if (separator === ',') hops.push(null);
  }
  return hops;
}
