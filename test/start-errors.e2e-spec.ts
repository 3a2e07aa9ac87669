import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDatabase, MAIN, runProgram, testVariable } from './support/servers.js';

const isRoot = process.getuid?.() === 0;

let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keycap-start-errors-'));
  // As root PostgreSQL runs as another user, who has to pass.
  if (isRoot) await chmod(folder, 0o711);
});

afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Listens on a free port of 127.0.0.1. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    // Neither keeps a failed test's process alive.
    socket.unref();
    onConnection(socket);
  }).unref();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Starts the server where it must give up, and answers all that it said. */
async function refusal(env: Record<string, string>): Promise<string> {
  const { ended, log, errors } = runProgram(
    process.execPath,
    [MAIN],
    { PORT: '0', KEYCAP_DATA_DIR: join(folder, 'never'), ...env },
    { cwd: folder },
  );
  expect(await ended).toBe(1);
  const lines = errors().split('\n');
  expect(lines).toEqual([expect.stringMatching(/[.]$/), '']);
  expect(log()).not.toContain('http://');
  return errors().trimEnd();
}

const withDatabase = (url: string): Record<string, string> => ({
  DATABASE_URL: url,
  KEYCAP_SECRET: testVariable('KEYCAP_TEST_SECRET'),
});

/** PostgreSQL's messages as a server of 2016 would send them: a type, a length, a body. */
const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const int = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
};
const READY = message('Z', Buffer.from('I'));
const WELCOME = Buffer.concat([message('R', int(0, 4)), READY]);
const VERSION = Buffer.concat([
  message('T', Buffer.concat([int(1, 2), Buffer.from('server_version\0'), Buffer.alloc(18)])),
  message('D', Buffer.concat([int(1, 2), int(5, 4), Buffer.from('13.16')])),
  message('C', Buffer.from('SHOW\0')),
  READY,
]);

/** Speaks just enough to say that it is PostgreSQL 13. */
function oldPostgres(socket: Socket): void {
  socket.once('data', () => {
    socket.write(WELCOME);
    socket.on('data', (data) => {
      if (data[0] === 'Q'.charCodeAt(0)) socket.write(VERSION);
    });
  });
}

describe('a start that cannot succeed says why in one sentence', () => {
  it('where a variable is wrong', async () => {
    expect(await refusal({ KEYCAP_CACHE_MB: '0' })).toBe(
      'KEYCAP_CACHE_MB is "0" but must be a whole number from 1 to 65536.',
    );
  });

  it('where the port is taken', async () => {
    const port = await listen((socket) => socket.destroy());
    const env = { PORT: String(port) };
    expect(await refusal(env)).toBe(`Port ${port} on 127.0.0.1 is taken: set PORT to another one.`);
  });

  it('where the address is not of this machine', async () => {
    const env = { HOST: '192.0.2.1', KEYCAP_PUBLIC_URL: 'https://auth.example.com' };
    expect(await refusal(env)).toBe('HOST is "192.0.2.1", which is no address of this machine.');
  });

  it('where the data folder is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await refusal({ KEYCAP_DATA_DIR: file })).toBe(
      `KEYCAP_DATA_DIR (${file}) is not writable: it is no folder.`,
    );
  });

  it(
    isRoot
      ? "where PostgreSQL's user may not enter the data folder"
      : 'where the data folder may not be written',
    async () => {
      const parent = await mkdtemp(join(folder, 'closed-'));
      await chmod(parent, isRoot ? 0o700 : 0o500);
      const sentence = await refusal({ KEYCAP_DATA_DIR: join(parent, 'data') });
      expect(sentence).toContain(
        isRoot
          ? 'lies below a folder that the user PostgreSQL runs as'
          : 'is not writable: permission denied.',
      );
      expect(sentence).toContain(`KEYCAP_DATA_DIR (${join(parent, 'data')})`);
    },
  );

  it('where nothing listens at DATABASE_URL', async () => {
    const url = 'postgresql://somebody:hunter2@127.0.0.1:1/keycap';
    expect(await refusal(withDatabase(url))).toBe(
      "The database at 127.0.0.1:1 can't be reached: connection refused.",
    );
  });

  it('where something else listens there and says nothing', async () => {
    const port = await listen(() => undefined);
    const url = `postgresql://somebody:hunter2@127.0.0.1:${port}/keycap`;
    expect(await refusal(withDatabase(url))).toBe(
      `The database at 127.0.0.1:${port} can't be reached: no answer in time.`,
    );
  });

  it('where the password is wrong, which it does not repeat', async () => {
    const url = new URL(testVariable('KEYCAP_TEST_DATABASE_URL'));
    url.password = 'hunter2';
    expect(await refusal(withDatabase(url.href))).toBe(
      `The database at ${url.host} refuses the user or password of DATABASE_URL.`,
    );
  });

  it('where there is no such database', async () => {
    const url = new URL('/nowhere', testVariable('KEYCAP_TEST_DATABASE_URL'));
    expect(await refusal(withDatabase(url.href))).toBe(
      `The database at ${url.host} has no database named nowhere.`,
    );
  });

  it('where the database is too old', async () => {
    const port = await listen(oldPostgres);
    const url = `postgresql://somebody:hunter2@127.0.0.1:${port}/keycap`;
    expect(await refusal(withDatabase(url))).toBe(
      'The database is PostgreSQL 13.16, and Keycap needs 14 or later.',
    );
  });

  it('where a newer version has migrated the database', async () => {
    const database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `INSERT INTO keycap_migrations (timestamp, name) VALUES (9999999999999, 'AddWonders9999999999999')`,
    );
    await client.end();
    expect(await refusal(withDatabase(database.url))).toBe(
      'The database was migrated by a newer Keycap (AddWonders9999999999999): start that version, or restore an earlier backup.',
    );
    await database.drop();
  });

  it('S55: where an own database comes without a secret, or with a weak one', async () => {
    const url = testVariable('KEYCAP_TEST_DATABASE_URL');
    expect(await refusal({ DATABASE_URL: url })).toMatch(/^KEYCAP_SECRET must be set with/);
    const weak = { DATABASE_URL: url, KEYCAP_SECRET: 'changeme' };
    expect(await refusal(weak)).toMatch(/^KEYCAP_SECRET must be at least 32 random bytes/);
  });

  it('S55: where the data folder holds a secret that is none', async () => {
    const data = await mkdtemp(join(folder, 'weak-'));
    await chmod(data, 0o711);
    await writeFile(join(data, 'secret'), 'changeme', { mode: 0o600 });
    expect(await refusal({ KEYCAP_DATA_DIR: data })).toBe(
      `${join(data, 'secret')} holds no usable secret: restore it from a backup.`,
    );
  });
});
