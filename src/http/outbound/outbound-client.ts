import { isIP } from 'node:net';
import { parseJsonBody } from '../input/json-body.js';
import {
  complaintAbout,
  type Deployment,
  hostOf,
  mayConnect,
  type Reach,
  reachOf,
} from './acceptable-url.js';
import { getBody } from './exchange.js';
import { type ResolveHost, resolverOfDns } from './host-resolver.js';
import { OutboundFailed, OutboundRefused } from './outbound.errors.js';

export interface OutboundOptions {
  /** By default what the deployment allows for addresses that tenants give. */
  readonly reach: Reach;
  readonly resolve: ResolveHost;
  /** Milliseconds for all of an exchange, from the question to DNS to the last byte of the body. */
  readonly limitMs: number;
  /** PEM of the authority to trust instead of those that Node trusts. */
  readonly ca?: string;
}

const LIMIT_MS = 3000;

/**
 * Asks URLs that tenants have given, which may name what only this machine can reach. It speaks to
 * servers on the Internet alone, over https on port 443 or 8443. Where the public URL of this
 * deployment is plain http on loopback, loopback is reached as well, by http and on any port. What
 * the operator gives may be anywhere (`operators_choice`).
 */
export class OutboundClient {
  private readonly options: OutboundOptions;

  constructor(deployment: Deployment, options: Partial<OutboundOptions> = {}) {
    const reach = reachOf(deployment);
    this.options = { reach, resolve: resolverOfDns(), limitMs: LIMIT_MS, ...options };
  }

  /**
   * The JSON object (as request bodies are read: 32 deep, no key that reaches a prototype) that a
   * GET of the URL is answered with: 200, at most 64 KB, within 3 s, without redirect.
   * @throws OutboundRefused where the URL or an address of its host is not allowed; nothing was sent
   * @throws OutboundFailed where such an answer did not come
   */
  async getJson(url: string): Promise<unknown> {
    const complaint = complaintAbout(url, this.options.reach);
    if (complaint !== null) throw new OutboundRefused(`the URL ${complaint}`);
    const signal = AbortSignal.timeout(this.options.limitMs);
    try {
      return jsonOf(await this.fetch(new URL(url), signal));
    } catch (error) {
      if (error instanceof OutboundRefused || error instanceof OutboundFailed) throw error;
      throw new OutboundFailed(this.reasonOf(error, signal));
    }
  }

  private async fetch(url: URL, signal: AbortSignal): Promise<Buffer> {
    const addresses = await this.addressesOf(url, signal);
    signal.throwIfAborted();
    if (addresses.length === 0) throw new OutboundFailed('the host has no address');
    if (!mayConnect(url, addresses, this.options.reach)) {
      throw new OutboundRefused('the host has an address that is not allowed');
    }
    return getBody({ url, addresses, signal, ca: this.options.ca });
  }

  /** Asked once: what is judged is what is connected to. */
  private async addressesOf(url: URL, signal: AbortSignal): Promise<readonly string[]> {
    const host = hostOf(url);
    return isIP(host) === 0 ? this.options.resolve(host, signal) : [host];
  }

  private reasonOf(error: unknown, signal: AbortSignal): string {
    if (signal.aborted) return `there was no whole answer within ${this.options.limitMs} ms`;
    const { code } = error as { code?: unknown };
    return `there was no whole answer (${typeof code === 'string' ? code : 'unknown reason'})`;
  }
}

function jsonOf(body: Buffer): unknown {
  // To a request, no body means an empty object.
  if (body.length === 0) throw new OutboundFailed('the answer is empty');
  try {
    return parseJsonBody(body);
  } catch {
    throw new OutboundFailed('the answer is no acceptable JSON object');
  }
}
