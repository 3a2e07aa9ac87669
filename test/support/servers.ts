import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import pg from 'pg';

/** The built server's program. */
export const MAIN = resolve(import.meta.dirname, '../../dist/bundle/main.js');

/** A variable that global-setup.mjs has set. */
export function testVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this through npm test.`);
  return value;
}

/** A database with the current schema and nothing in it. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** The built server in a process of its own. */
export interface TestServer {
  /** Where it listens, without trailing slash. */
  readonly url: string;
  readonly databaseUrl: string;
  /** As the banner shows it; `null` where somebody owns the installation. */
  readonly setupToken: string | null;
  readonly pid: number;
  /** Everything that it has printed. */
  readonly log: () => string;
  /** Ends it as a supervisor does. @returns its exit code, `null` where a signal ended it */
  stop(): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `'fresh'` (default): an own one, dropped at the end. */
  readonly database?: string;
}

/** What a server tells its parent when it is up. */
export interface Listening {
  readonly url: string;
  readonly setupToken: string | null;
}

// Neither takes parameters in PostgreSQL.
const createStatement = (name: string): string =>
  `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE keycap_template`;
const dropStatement = (name: string): string =>
  `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`;

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: testVariable('KEYCAP_TEST_ADMIN_DATABASE_URL'),
  });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A copy of the migrated template. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `keycap_${randomBytes(8).toString('hex')}`;
  await asAdmin(createStatement(name));
  return {
    url: new URL(`/${name}`, testVariable('KEYCAP_TEST_ADMIN_DATABASE_URL')).href,
    drop: () => asAdmin(dropStatement(name)),
  };
}

/** A program that a test has started. */
export interface Program {
  readonly child: ChildProcess;
  /** Everything that it has printed. */
  readonly log: () => string;
  /** What it has printed on standard error. */
  readonly errors: () => string;
  /** Its exit code, `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a program that gets nothing of this process's environment but PATH. */
export function runProgram(
  command: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
  more: { cwd?: string; detached?: boolean } = {},
): Program {
  const child = spawn(command, parameters, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...more,
  });
  // What a failed test leaves running ends with the tests: it must not keep them from ending.
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
  let log = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    log += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    log += part;
    errors += part;
  });
  const ended = new Promise<number | null>((resolvePromise) => {
    child.once('close', (code) => {
      resolvePromise(code);
    });
  });
  return { child, log: () => log, errors: () => errors, ended };
}

/** Waits until a started server is up. @throws Error with all that it printed, should it end */
export async function untilListening({ child, ended, log }: Program): Promise<Listening> {
  const listening = new Promise<Listening>((resolvePromise) => {
    child.once('message', (message) => {
      resolvePromise(message as Listening);
    });
  });
  const first = await Promise.race([listening, ended]);
  if (typeof first === 'object' && first !== null) return first;
  throw new Error(`The server did not start (exit code ${String(first)}):\n${log()}`);
}

/** Starts the built server on a free port; it is up when this resolves. */
export async function startServer({
  env = {},
  database = 'fresh',
}: ServerOptions = {}): Promise<TestServer> {
  const own = database === 'fresh' ? await createDatabase() : null;
  const databaseUrl = own?.url ?? database;
  const program = runProgram(process.execPath, [MAIN], {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    KEYCAP_SECRET: testVariable('KEYCAP_TEST_SECRET'),
    KEYCAP_TRUSTED_PROXIES: '127.0.0.0/8',
    ...env,
  });
  const gone = program.ended.then(async (code) => {
    await own?.drop();
    return code;
  });
  const listening = await untilListening(program);
  const kill = (signal: NodeJS.Signals): Promise<number | null> => {
    program.child.kill(signal);
    return gone;
  };
  return {
    ...listening,
    databaseUrl,
    pid: program.child.pid ?? 0,
    log: program.log,
    stop: () => kill('SIGTERM'),
    kill,
  };
}
