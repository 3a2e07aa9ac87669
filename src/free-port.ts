import { randomInt } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Below the ports that systems hand out to clients, so that none of those takes it meanwhile. */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 20;

/** A TCP port on which nothing listens at the moment. */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if ((await tryListen(port, host)) === port) return port;
  }
  return tryListen(0, host);
}

/** Listens and stops at once. @returns the port, or -1 where it is taken. */
export function tryListen(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(-1) : reject(error),
    );
    server.listen({ port, host, exclusive: true }, () => {
      const { port: actual } = server.address() as AddressInfo;
      server.close(() => resolve(actual));
    });
  });
}
