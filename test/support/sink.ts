import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { type ServerIdentity } from './certificate.js';

/** A server on loopback that tells what has reached it. */
export interface Sink {
  readonly port: number;
  /** Those accepted so far, whatever came over them. */
  connections(): number;
  /** Those that are open now. */
  open(): number;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** @param identity makes it an https server */
export async function openSink(answer: RequestListener, identity?: ServerIdentity): Promise<Sink> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = identity ? https.createServer(identity, listener) : http.createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
