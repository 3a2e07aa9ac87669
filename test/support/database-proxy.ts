import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Between a server and its database; what it holds back, neither side hears of. */
export interface DatabaseProxy {
  /** The database, by way of the proxy. */
  readonly url: string;
  /** Stops forwarding for connections that call themselves so, those that are still to come as well. */
  hold(applicationName: string): void;
  release(): void;
  /** Cuts all connections; those that come from now on are led to another database. */
  lead(databaseUrl: string): void;
  close(): Promise<void>;
}

interface Options {
  /** False for a pooler that lends connections: nobody is told of NOTIFY. */
  readonly forwardsHints?: boolean;
}

/** NotificationResponse (PostgreSQL's protocol, "Message Formats"). */
const NOTIFICATION = 'A'.charCodeAt(0);

export async function startDatabaseProxy(
  databaseUrl: string,
  { forwardsHints = true }: Options = {},
): Promise<DatabaseProxy> {
  let database = new URL(databaseUrl);
  const held = new Set<string>();
  const lines = new Set<Line>();
  const server = createServer((client) => {
    const line = new Line(client, Number(database.port), database.hostname, forwardsHints);
    lines.add(line);
    client.once('close', () => lines.delete(line));
    client.once('data', (startup) => {
      line.begin(startup);
      if (held.has(line.name)) line.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold: (applicationName) => {
      held.add(applicationName);
      for (const line of lines) if (line.name === applicationName) line.pause();
    },
    release: () => {
      held.clear();
      for (const line of lines) line.resume();
    },
    lead: (otherUrl) => {
      database = new URL(otherUrl);
      for (const line of lines) line.end();
    },
    close: () =>
      new Promise((resolve) => {
        for (const line of lines) line.end();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** One connection, both halves of it. */
class Line {
  name = '';
  private readonly database: Socket;
  private waiting: (() => void)[] | null = null;
  private rest = Buffer.alloc(0);

  constructor(
    private readonly client: Socket,
    port: number,
    host: string,
    private readonly forwardsHints: boolean,
  ) {
    this.database = connect(port, host);
    for (const [one, other] of [
      [client, this.database],
      [this.database, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
  }

  /** The first message names the program: pairs of names and values, each ended by a zero. */
  begin(startup: Buffer): void {
    const words = startup.subarray(8).toString('utf8').split('\0');
    this.name = words[words.indexOf('application_name') + 1] ?? '';
    this.forward(() => this.database.write(startup));
    this.client.on('data', (part: Buffer) => {
      this.forward(() => this.database.write(part));
    });
    this.database.on('data', (part: Buffer) => {
      const wanted = this.forwardsHints ? part : this.withoutHints(part);
      this.forward(() => this.client.write(wanted));
    });
  }

  pause(): void {
    this.waiting ??= [];
  }

  resume(): void {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const each of waiting) each();
  }

  end(): void {
    this.client.destroy();
  }

  private forward(send: () => void): void {
    if (this.waiting) this.waiting.push(send);
    else send();
  }

  /** Whole messages, each a letter, its length without the letter, and that much. */
  private withoutHints(part: Buffer): Buffer {
    this.rest = Buffer.concat([this.rest, part]);
    const kept: Buffer[] = [];
    while (this.rest.length >= 5 && this.rest.length > this.rest.readInt32BE(1)) {
      const length = this.rest.readInt32BE(1) + 1;
      const message = this.rest.subarray(0, length);
      if (message[0] !== NOTIFICATION) kept.push(message);
      this.rest = this.rest.subarray(length);
    }
    return Buffer.concat(kept);
  }
}
