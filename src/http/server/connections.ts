import { type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

const REAP_INTERVAL_MS = 100;
/** How long a client whose request could not be read may take to read why. */
const LAST_WORDS_MS = 1000;

/**
 * The servers' open connections: which of them wait for an answer, so that a shutdown waits for
 * those and for no others, and nobody writes into the midst of an answer.
 */
export class Connections {
  private readonly servers: Server[] = [];
  /** With the answers that each of them is owed, in order: a client may send several requests ahead. */
  private readonly owed = new Map<Socket, ServerResponse[]>();

  /** From now on the connections of this server count. */
  watch(server: Server): void {
    this.servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.owed.set(socket, []);
      socket.once('close', () => this.owed.delete(socket));
    });
  }

  /** An answer is now owed. */
  begin(response: ServerResponse): void {
    this.owed.get(response.req.socket)?.push(response);
  }

  end(response: ServerResponse): void {
    const owed = this.owed.get(response.req.socket) ?? [];
    // In the order of the requests, unless the connection breaks.
    if (owed[0] === response) owed.shift();
    else if (owed.includes(response)) owed.splice(owed.indexOf(response), 1);
  }

  /**
   * Called as soon as the servers accept nothing new. Node itself closes only the connections that
   * have been used before and are idle at this very moment; one that never sent a byte, or whose
   * answer is still to come, would be held open until its keep-alive runs out.
   */
  drain(): void {
    for (const [socket, owed] of this.owed) {
      if (socket.bytesRead === 0) socket.destroy();
      const last = owed.at(-1);
      if (last && !last.headersSent) last.setHeader('connection', 'close');
    }
    for (const server of this.servers) {
      const reaper = setInterval(() => {
        server.closeIdleConnections();
      }, REAP_INTERVAL_MS);
      server.once('close', () => {
        clearInterval(reaper);
      });
    }
  }

  /**
   * Whether `socket` owes no answer but, at most, the one to the request that is still arriving.
   * Otherwise anything written would be taken for the answer to an earlier request.
   */
  mayAnswer(socket: Socket): boolean {
    if (!socket.writable) return false;
    const owed = this.owed.get(socket) ?? [];
    return owed.every(({ req, headersSent }) => !req.complete && !headersSent) && owed.length <= 1;
  }

  /** Sends a last answer, and ends the connection whatever the other side does. */
  hangUp(socket: Socket, answer: string): void {
    socket.end(answer);
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  }
}
