import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { environmentOf, processesWith } from './support/processes.js';
import type { Program } from './support/servers.js';
import { MAIN, runProgram, untilListening } from './support/servers.js';
import { until } from './support/until.js';

const isRoot = process.getuid?.() === 0;
const SECRET = 'vD8cY1mQz4Lr7Xw0Ks3Jt6Hb9Ng2Pf5A';

let parent: string;
let dataDir: string;
const programs: Program[] = [];
/** A data folder as a server that has ended leaves it: to make a cluster takes longer than to start. */
let left: Promise<string> | undefined;

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keycap-embedded-'));
  // As root PostgreSQL runs as another user, who has to pass.
  if (isRoot) await chmod(folder, 0o711);
  return folder;
}

beforeEach(async () => {
  parent = await newFolder();
  dataDir = join(parent, 'data');
});

afterEach(async () => {
  for (const { child } of programs.splice(0)) child.kill('SIGTERM');
  await until('everything has ended', () => processesWith(dataDir).length === 0);
  await rm(parent, { recursive: true, force: true });
});

afterAll(async () => {
  if (left !== undefined) await rm(dirname(await left), { recursive: true, force: true });
});

const inData = (...path: string[]): string => join(dataDir, ...path);
const modeOf = async (path: string): Promise<string> =>
  ((await stat(path)).mode & 0o777).toString(8);
const contentOf = async (path: string): Promise<string> => (await readFile(path, 'utf8')).trim();
const postmaster = async (): Promise<number> =>
  Number.parseInt(await contentOf(inData('postgres', 'postmaster.pid')), 10);

function launch(env: Record<string, string> = {}): Program {
  const program = runProgram(
    process.execPath,
    [MAIN],
    { PORT: '0', KEYCAP_DATA_DIR: dataDir, ...env },
    { cwd: parent },
  );
  programs.push(program);
  return program;
}

async function start(env: Record<string, string> = {}): Promise<Program & { url: string }> {
  const program = launch(env);
  const { url } = await untilListening(program);
  return { ...program, url };
}

async function stop({ child, ended }: Program): Promise<number | null> {
  child.kill('SIGTERM');
  return ended;
}

async function leaveFolder(): Promise<string> {
  const folder = join(await newFolder(), 'data');
  const program = launch({ KEYCAP_DATA_DIR: folder });
  await untilListening(program);
  expect(await stop(program)).toBe(0);
  return folder;
}

/** For what is no first start: the data folder is there already. */
async function copyFolder(): Promise<void> {
  left ??= leaveFolder();
  // With owners and modes, which Node's own copying would lose.
  await promisify(execFile)('cp', ['-Rp', await left, dataDir]);
}

/** Starts on a data folder that a server has left. */
async function startAgain(): Promise<Program & { url: string }> {
  await copyFolder();
  return start();
}

/** Rows of a statement, asked of the running database. */
async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: await contentOf(inData('database-url')) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isUp = async (url: string): Promise<boolean> => (await fetch(`${url}/health/live`)).ok;

describe('the embedded PostgreSQL', () => {
  it('keeps everything in the data folder, readable by its owner alone', async () => {
    await start();
    expect(await modeOf(dataDir)).toBe(isRoot ? '711' : '700');
    expect(await modeOf(inData('postgres'))).toBe('700');
    for (const file of ['secret', 'database-password', 'database-url', 'postgres.log']) {
      expect(`${file} ${await modeOf(inData(file))}`).toBe(`${file} 600`);
    }
    expect((await contentOf(inData('secret'))).length).toBeGreaterThanOrEqual(43);
  });

  it('listens on loopback alone, with a password', async () => {
    await startAgain();
    const settings = await query(
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('listen_addresses', 'unix_socket_directories', 'password_encryption',
         'server_encoding', 'data_checksums', 'TimeZone') ORDER BY name COLLATE "C"`,
    );
    expect(settings).toEqual([
      { name: 'TimeZone', setting: 'UTC' },
      { name: 'data_checksums', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'password_encryption', setting: 'scram-sha-256' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    const methods = await query('SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }]);
  });

  it('learns nothing of what the server is configured with', async () => {
    await start({ KEYCAP_SECRET: SECRET });
    const processes = processesWith(inData('postgres'));
    // PostgreSQL and the watcher.
    expect(processes).toHaveLength(2);
    for (const pid of processes) expect(environmentOf(pid)).not.toContain('KEYCAP');
    await expect(stat(inData('secret'))).rejects.toThrow('ENOENT');
  });

  it('logs no statement of an application', async () => {
    await startAgain();
    await expect(query("SELECT 'hunter2' FROM nowhere")).rejects.toThrow('does not exist');
    expect(await contentOf(inData('postgres.log'))).not.toContain('hunter2');
  });

  it('keeps data and secret over a restart, and leaves nothing running between', async () => {
    const first = await startAgain();
    await query('CREATE TABLE kept AS SELECT 42 AS answer');
    const secret = await contentOf(inData('secret'));
    expect(await stop(first)).toBe(0);
    expect(processesWith(dataDir)).toEqual([]);
    await expect(stat(inData('database-url'))).rejects.toThrow('ENOENT');
    await start();
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await contentOf(inData('secret'))).toBe(secret);
  });

  it('refuses a second server on its folder, which can join by DATABASE_URL', async () => {
    await startAgain();
    const second = launch();
    expect(await second.ended).toBe(1);
    expect(second.errors()).toBe(
      `Another Keycap uses ${dataDir}; to join its database, start with ` +
        `DATABASE_URL="$(cat ${inData('database-url')})" KEYCAP_SECRET="$(cat ${inData('secret')})" and another PORT.\n`,
    );
    const joined = await start({
      DATABASE_URL: await contentOf(inData('database-url')),
      KEYCAP_SECRET: await contentOf(inData('secret')),
    });
    expect(await isUp(joined.url)).toBe(true);
    expect(await stop(joined)).toBe(0);
    expect(await query('SELECT 1 AS still')).toEqual([{ still: 1 }]);
  });

  it('lets one of several first starts at once have the folder', async () => {
    const contenders = [launch(), launch(), launch()];
    const outcomes = await Promise.all(
      contenders.map((program) =>
        untilListening(program).then(
          () => 'listening',
          () => program.errors(),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'listening')).toHaveLength(1);
    const refused = outcomes.filter((outcome) => outcome.startsWith('Another Keycap uses '));
    expect(refused).toHaveLength(2);
    expect(await query('SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  });

  it('is ended when the server is killed', async () => {
    const { child, ended } = await startAgain();
    expect(processesWith(dataDir)).not.toEqual([]);
    child.kill('SIGKILL');
    await ended;
    await until('PostgreSQL has ended', () => processesWith(dataDir).length === 0);
  });

  it('is taken over from a server that was killed together with its watcher', async () => {
    const killed = await startAgain();
    await query('CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await postmaster();
    for (const other of processesWith(dataDir)) if (other !== pid) process.kill(other, 'SIGKILL');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(processesWith(dataDir)).toContain(pid);
    const heir = await start();
    expect(await postmaster()).toBe(pid);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    // The heir looks after it as if it had started it.
    heir.child.kill('SIGKILL');
    await heir.ended;
    await until('PostgreSQL has ended', () => processesWith(dataDir).length === 0);
  });

  it('is started again on the same port when it dies', async () => {
    const { url } = await startAgain();
    await query('CREATE TABLE kept AS SELECT 42 AS answer');
    const address = await contentOf(inData('database-url'));
    const pid = await postmaster();
    process.kill(pid, 'SIGKILL');
    await until('another one answers', async () => {
      const rows = await query('SELECT answer FROM kept');
      return rows.length === 1 && (await postmaster()) !== pid;
    });
    expect(await contentOf(inData('database-url'))).toBe(address);
    expect(await isUp(url)).toBe(true);
  });

  it('starts beside a postmaster.pid whose number is another process by now', async () => {
    await copyFolder();
    const { uid, gid } = await stat(inData('postgres', 'PG_VERSION'));
    const stale = inData('postgres', 'postmaster.pid');
    await writeFile(stale, `${process.pid}\n${inData('postgres')}\n0\n1\n\n127.0.0.1\n\nready\n`);
    await chown(stale, uid, gid);
    await start();
    expect(await query('SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  });
});

describe('SIGTERM', () => {
  it('lets a request in flight finish before PostgreSQL ends, also when it comes twice', async () => {
    const server = await startAgain();
    const { hostname, port } = new URL(server.url);
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'not the password' });
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    );
    await until('the request has arrived', () => socket.bytesWritten > 100 && isUp(server.url));

    server.child.kill('SIGTERM');
    await until('nothing new is accepted', () =>
      fetch(server.url).then(
        () => false,
        () => true,
      ),
    );
    server.child.kill('SIGTERM');
    expect(processesWith(dataDir)).not.toEqual([]);
    socket.write(body.slice(9));
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(await server.ended).toBe(0);
    expect(processesWith(dataDir)).toEqual([]);
  });
});
