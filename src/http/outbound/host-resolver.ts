import { lookup, Resolver } from 'node:dns/promises';
import { isLoopbackHost } from '../../config-values.js';

/**
 * All addresses of a host name; none where there are none or nobody says.
 * @param signal drops the question
 */
export type ResolveHost = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1'];

/**
 * Asks DNS itself, past the machine's list of hosts and its search domains, which only name what
 * tenants must not reach. `dns.lookup` would also hold one of the few threads of the process, until
 * long after the signal, for every name server that a tenant leaves silent.
 *
 * @param servers `address:port`; the machine's own by default
 */
export function resolverOfDns(servers?: readonly string[]): ResolveHost {
  return async (name, signal) => {
    // RFC 6761 §6.3: these are this machine, and DNS need not know them.
    if (isLoopbackHost(name)) return LOOPBACK_ADDRESSES;
    const resolver = new Resolver();
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

/** Asks as every program of the machine does, its list of hosts included: for names of operators. */
export const resolveAsTheMachine: ResolveHost = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};
