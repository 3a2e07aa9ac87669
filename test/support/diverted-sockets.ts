import { type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, Socket, type TcpSocketConnectOpts } from 'node:net';

type Connect = (this: Socket, options: TcpSocketConnectOpts, listener: () => void) => Socket;

/** Every TCP connection that this process opens, led to one port of loopback until restored. */
export interface DivertedSockets {
  /** The addresses and ports that they were meant for, such as `192.0.2.1:443`. */
  readonly destinations: string[];
  restore(): void;
}

/** Lets a test see where connections to the Internet would go, without one leaving the machine. */
export function divertSockets(port: number): DivertedSockets {
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect') ?? {};
  const destinations: string[] = [];
  Object.defineProperty(Socket.prototype, 'connect', {
    ...original,
    value(this: Socket, ...given: unknown[]): Socket {
      // Node itself passes both in one array.
      const [meant, listener] = given.flat() as Parameters<Connect>;
      const diverted = { ...meant, host: 'diverted', port, lookup: recording(meant, destinations) };
      return (original.value as Connect).call(this, diverted, listener);
    },
  });
  return {
    destinations,
    restore: () => void Object.defineProperty(Socket.prototype, 'connect', original),
  };
}

/** Notes what the name would have been connected to, and answers loopback. */
function recording(meant: TcpSocketConnectOpts, destinations: string[]): LookupFunction {
  return (_name, options, answer) => {
    const { host = '', lookup } = meant;
    const record = (addresses: readonly string[]): void => {
      destinations.push(...addresses.map((address) => `${address}:${meant.port}`));
      answer(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    if (isIP(host) !== 0 || !lookup) process.nextTick(record, [host]);
    else {
      lookup(host, options, (_error, found) => {
        record((found as LookupAddress[]).map(({ address }) => address));
      });
    }
  };
}
