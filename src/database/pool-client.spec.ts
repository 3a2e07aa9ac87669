import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PoolClient } from './pool-client.js';

/** A message of PostgreSQL's protocol: a letter, the length without it, and the rest. */
function message(letter: string, rest: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(rest.length + 4);
  return Buffer.concat([Buffer.from(letter), length, rest]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const DONE = message('C', Buffer.from('SELECT 0\0'));
const SILENCE = 'silence';

/** Answers every simple query with nothing, and the one about silence with silence. */
function serve(socket: Socket): void {
  socket.once('data', () => {
    socket.write(Buffer.concat([AUTHENTICATED, READY]));
    socket.on('data', (part) => {
      if (!part.includes(SILENCE) && part.toString('latin1', 0, 1) === 'Q') {
        socket.write(Buffer.concat([DONE, READY]));
      }
    });
  });
  socket.on('error', () => undefined);
}

describe('a connection of the pool', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer(serve);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  async function connected(limit: { statement_timeout?: number } = {}): Promise<PoolClient> {
    const { port } = server.address() as AddressInfo;
    const client = new PoolClient({ host: '127.0.0.1', port, user: 'keycap', ...limit });
    await client.connect();
    return client;
  }

  it('is given up once the server is silent for longer than its own limit', async () => {
    const limit = { statement_timeout: 1 };
    const [idle, busy] = [await connected(limit), await connected(limit)];
    await idle.query('SELECT');
    await expect(busy.query(SILENCE)).rejects.toThrow(
      'Connection terminated: the server says nothing',
    );
    // It has been waiting for longer by now, but for nothing.
    expect((await idle.query('SELECT')).command).toBe('SELECT');
    await idle.end();
  });

  it('waits as long as it takes where the server has no limit', async () => {
    const [patient, busy] = [await connected(), await connected({ statement_timeout: 1 })];
    const answer = patient.query(SILENCE).then(
      () => 'answered',
      (error: unknown) => String(error),
    );
    await expect(busy.query(SILENCE)).rejects.toThrow();
    expect(await Promise.race([answer, Promise.resolve('still waiting')])).toBe('still waiting');
    await patient.end();
    await answer;
  });
});
