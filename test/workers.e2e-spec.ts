import pg from 'pg';
import { call, type Method } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import { configuredToken } from './support/operator.js';
import { processesWith } from './support/processes.js';
import { createDatabase, MAIN, startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

/** KEYCAP_WORKERS: several processes on one port and one database. */
const WORKERS = 2;
const ENV = { KEYCAP_WORKERS: String(WORKERS) };
const LANES = 8;
const ENOUGH = 100;

const isAlive = (pid: number): boolean => processesWith(MAIN).includes(pid);

/** The processes that serve for the one that was started. */
async function workersOf(primary: number): Promise<readonly number[]> {
  const { readFile } = await import('node:fs/promises');
  const children = await readFile(`/proc/${primary}/task/${primary}/children`, 'utf8');
  const pids = children.trim().split(' ').map(Number);
  return processesWith(MAIN).filter((pid) => pids.includes(pid));
}

describe('several server processes', () => {
  it('lose nothing that was acknowledged when one is killed under load, and it is replaced', async () => {
    const own = await startOwnServer({ env: ENV });
    const enough = new AbortController();
    try {
      const client = await own.call<{ basic_credential: string }>(
        'POST',
        `${own.path}/oauth-clients`,
        { body: { name: 'Test' } },
      );
      const as = `Basic ${client.body.basic_credential}`;
      const send = <T>(method: Method, path: string, form: Record<string, string>) =>
        call<T>(method, path, { url: own.url, as, form });

      const before = await workersOf(own.server.pid);
      expect(before).toHaveLength(WORKERS);
      const acknowledged: string[] = [];
      const lane = async (): Promise<void> => {
        while (!enough.signal.aborted) {
          // The one that is killed resets its connections.
          const answer = await send<{ access_token: string }>('POST', '/o/token/', {
            grant_type: 'client_credentials',
          }).catch(() => null);
          if (answer) expect(answer.status).toBe(200);
          if (answer) acknowledged.push(answer.body.access_token);
        }
      };
      const load = Promise.all(Array.from({ length: LANES }, lane));
      await until('tokens are issued', () => acknowledged.length > ENOUGH);
      process.kill(before[0]!, 'SIGKILL');
      await until('another one serves', async () => {
        const now = await workersOf(own.server.pid);
        return now.length === WORKERS && !now.includes(before[0]!);
      });
      const count = acknowledged.length;
      await until('tokens are issued again', () => acknowledged.length > count + ENOUGH);
      enough.abort();
      await load;

      expect(new Set(acknowledged).size).toBe(acknowledged.length);
      const database = new pg.Client({ connectionString: own.server.databaseUrl });
      await database.connect();
      const { rows } = await database.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM access_tokens',
      );
      await database.end();
      expect(rows[0]!.count).toBeGreaterThanOrEqual(acknowledged.length);
      for (let start = 0; start < acknowledged.length; start += 100) {
        const batch = acknowledged.slice(start, start + 100);
        const { body } = await call<{ results: { active: boolean }[] }>(
          'POST',
          '/o/introspect-batch/',
          { url: own.url, as, body: { tokens: batch } },
        );
        expect(body.results.filter(({ active }) => !active)).toEqual([]);
      }
      expect(own.server.log()).toContain('a server process has ended (SIGKILL) and is replaced');
    } finally {
      enough.abort();
      await own.server.stop();
    }
  });

  it('tell their metrics together, whichever of them is asked', async () => {
    const [token, entry] = configuredToken('kco', 'rita');
    const server = await startServer({ env: { ...ENV, KEYCAP_OPERATOR_TOKENS: entry } });
    try {
      const { url } = server;
      // Each connection goes to the next of them.
      const alone = { url, headers: { connection: 'close' } };
      for (let request = 0; request < 2 * WORKERS; request++)
        await call('GET', '/health/live', alone);
      const line = 'keycap_http_request_duration_seconds_count{';
      const counted = async (): Promise<string | undefined> => {
        const { text } = await call('GET', '/metrics', { ...alone, as: token });
        const lines = text.split('\n').filter((each) => each.startsWith(line));
        return lines
          .find((each) => each.includes('/health/live'))
          ?.split(' ')
          .at(-1);
      };
      const scrapes: (string | undefined)[] = [];
      for (let scrape = 0; scrape < WORKERS; scrape++) scrapes.push(await counted());
      expect(scrapes).toEqual(Array.from({ length: WORKERS }, () => String(2 * WORKERS)));
    } finally {
      await server.stop();
    }
  });

  it('all end with the one that started them, which answers to SIGTERM as ever', async () => {
    const server = await startServer({ env: ENV });
    const all = [server.pid, ...(await workersOf(server.pid))];
    expect(all).toHaveLength(WORKERS + 1);
    expect(await server.stop()).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
  });

  it('end when the one that started them is killed', async () => {
    const server = await startServer({ env: ENV });
    const workers = await workersOf(server.pid);
    expect(workers).toHaveLength(WORKERS);
    await server.kill('SIGKILL');
    await until('all have ended', () => !workers.some(isAlive));
  });

  it('say once why they can not start', async () => {
    const database = await createDatabase();
    try {
      await (await startServer({ database: database.url })).stop();
      const KEYCAP_SECRET = `${testVariable('KEYCAP_TEST_SECRET')} of another`;
      const start = startServer({ database: database.url, env: { ...ENV, KEYCAP_SECRET } });
      const failure = await start.then(
        () => '',
        (error: unknown) => String(error),
      );
      expect(failure).toContain('exit code 1');
      expect(failure.split('was set up with another KEYCAP_SECRET')).toHaveLength(2);
    } finally {
      await database.drop();
    }
  });
});
