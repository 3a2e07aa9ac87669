import { join } from 'node:path';
import pg from 'pg';
import { withinOne } from './support/calendar.js';
import { cutWaiters, lockTokens } from './support/database-faults.js';
import type { Answer } from './support/keycap.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';
import { openConnection, request } from './support/raw-http.js';

/** Tokens of concurrent requests are stored by one statement, and each is answered after its commit. */
interface Token {
  readonly access_token: string;
}

const FORM = { grant_type: 'client_credentials' };
const times = (count: number): unknown[] => Array.from({ length: count });

let own: OwnServer;

beforeAll(async () => {
  const counting = `--import=${join(import.meta.dirname, 'support/count-statements.mjs')}`;
  own = await startOwnServer({ env: { NODE_OPTIONS: counting } });
});
afterAll(() => own.server.stop());

/** A client of its own, and what can be known of its tokens. */
async function newClient(more: object = {}) {
  const made = await own.call<{ basic_credential: string; oauth_client: { client_id: string } }>(
    'POST',
    `${own.path}/oauth-clients`,
    { body: { name: 'Test', ...more } },
  );
  const authorization = `Basic ${made.body.basic_credential}`;
  return {
    authorization,
    issue: (): Promise<Answer<Token>> =>
      own.call<Token>('POST', '/o/token/', { as: authorization, form: FORM }),
    areActive: async (tokens: readonly string[]): Promise<boolean[]> => {
      const { body } = await own.call<{ results: { active: boolean }[] }>(
        'POST',
        '/o/introspect-batch/',
        { as: authorization, body: { tokens } },
      );
      return body.results.map(({ active }) => active);
    },
    stored: async (): Promise<number> => {
      const client = new pg.Client({ connectionString: own.server.databaseUrl });
      await client.connect();
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM access_tokens WHERE client_id = $1',
        [made.body.oauth_client.client_id],
      );
      await client.end();
      return rows[0]!.count;
    },
  };
}

const statusesOf = (answers: readonly Answer<unknown>[]): number[] =>
  answers.map(({ status }) => status);

describe('tokens of concurrent requests', () => {
  it('are stored by fewer statements than there are tokens, and every one is good', async () => {
    const client = await newClient();
    const start = own.server.log().length;
    // A quick disk has stored each before the next one comes; so it is kept waiting.
    const lock = await lockTokens(own.server.databaseUrl);
    const first = client.issue();
    await lock.waiters();
    const gathering = times(49).map(client.issue);
    await own.call('GET', '/health/live');
    await lock.release();
    const answers = await Promise.all([first, ...gathering]);
    const inserts = own.server
      .log()
      .slice(start)
      .split('\n')
      .filter((line) => line.includes('INSERT INTO access_tokens'));
    expect(statusesOf(answers)).toEqual(Array(50).fill(200));
    expect(inserts.length).toBeGreaterThan(0);
    expect(inserts.length).toBeLessThan(50);
    const tokens = answers.map(({ body }) => body.access_token);
    expect(new Set(tokens).size).toBe(50);
    expect(await client.stored()).toBe(50);
    expect(await client.areActive(tokens)).toEqual(Array(50).fill(true));
  });

  it('fail exactly where their own statement fails: 503, nothing stored, and the others unharmed', async () => {
    const client = await newClient();
    const lock = await lockTokens(own.server.databaseUrl);
    const first = client.issue();
    await lock.waiters();
    const gathering = times(8).map(client.issue);
    await cutWaiters(own.server.databaseUrl);
    expect(await first).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
    });
    await lock.release();
    const answers = await Promise.all(gathering);
    expect(statusesOf(answers)).toEqual(Array(8).fill(200));
    expect(await client.stored()).toBe(8);
    const tokens = answers.map(({ body }) => body.access_token);
    expect(await client.areActive(tokens)).toEqual(Array(8).fill(true));
  });

  it('are issued to everyone else when one of them has gone away', async () => {
    const client = await newClient();
    const lock = await lockTokens(own.server.databaseUrl);
    const first = client.issue();
    await lock.waiters();
    const gone = await openConnection(own.url);
    const bytes = request(
      'POST',
      '/o/token/',
      [`Authorization: ${client.authorization}`, 'Content-Type: application/x-www-form-urlencoded'],
      'grant_type=client_credentials',
    );
    await new Promise((resolve) => gone.socket.write(bytes, resolve));
    const beside = times(4).map(client.issue);
    gone.socket.destroy();
    await lock.release();
    const answers = await Promise.all([first, ...beside]);
    expect(statusesOf(answers)).toEqual(Array(5).fill(200));
  });

  it('keep the limits of their clients', () =>
    withinOne('hour', async () => {
      const client = await newClient({ max_tokens_per_hour: 5 });
      const answers = await Promise.all(times(12).map(client.issue));
      expect(statusesOf(answers).toSorted()).toEqual([
        ...Array(5).fill(200),
        ...Array(7).fill(429),
      ]);
      expect(await client.stored()).toBe(5);
    }));
});
