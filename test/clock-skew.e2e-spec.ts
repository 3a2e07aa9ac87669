import { resolve } from 'node:path';
import { decodeId } from '../src/access/ids.js';
import type { StatisticsAnswer } from '../src/operators/statistics.dto.js';
import type { IssuedKey } from './support/api-keys.js';
import { untilEveryNodeKnows } from './support/changes.js';
import { ask, call, inDatabase } from './support/keycap.js';
import type { IssuedSecret } from './support/oauth-clients.js';
import { configuredToken } from './support/operator.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  createDatabase,
  startServer,
  type TestDatabase,
  type TestServer,
} from './support/servers.js';
import { until } from './support/until.js';

const [RESOURCE_SERVER, RESOURCE_SERVERS] = configuredToken('kcr', 'host');
const [OPERATOR, OPERATORS] = configuredToken('kco', 'tests');
const ENV = { KEYCAP_RESOURCE_SERVERS: RESOURCE_SERVERS, KEYCAP_OPERATOR_TOKENS: OPERATORS };
const SHIFTED = `--import=${resolve(import.meta.dirname, 'support/shift-clock.mjs')}`;

let database: TestDatabase;
let right: OwnServer;

beforeAll(async () => {
  database = await createDatabase();
  right = await startOwnServer({ database: database.url, env: ENV });
});
afterAll(async () => {
  await right.server.stop();
  await database.drop();
});

/** A key, and a token, that end so many seconds from now by the clock of the database. */
async function endingIn(seconds: number): Promise<{ key: string; token: string }> {
  const body = { name: 'Test', scopes: ['backups:read'] };
  const made = await right.call<IssuedKey>('POST', `${right.path}/api-keys`, { body });
  const { api_key: key, plaintext_api_key: plaintext } = made.body;
  const end = "now() + $2 * interval '1 second'";
  await inDatabase(
    `UPDATE api_keys SET expires_at = ${end} WHERE id = $1`,
    [decodeId('apiKey', key.id), seconds],
    database.url,
  );
  const client = await right.call<IssuedSecret>('POST', `${right.path}/oauth-clients`, {
    body: { name: 'Test' },
  });
  const { access_token: token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    url: right.url,
    as: `Basic ${client.body.basic_credential}`,
    form: { grant_type: 'client_credentials' },
  });
  await inDatabase(
    `UPDATE access_tokens SET expires_at = ${end} WHERE client_id = $1`,
    [client.body.oauth_client.client_id, seconds],
    database.url,
  );
  return { key: plaintext, token };
}

/** What a server says of both. */
async function judgedAt(
  url: string,
  { key, token }: { key: string; token: string },
): Promise<[string, boolean]> {
  const as = RESOURCE_SERVER;
  const verification = { url, as, body: { api_key: key } };
  const { code } = await ask<{ code: string }>('POST', '/v1/api-keys/verify', verification);
  const introspection = { url, as, form: { token } };
  const { active } = await ask<{ active: boolean }>('POST', '/o/introspect/', introspection);
  return [code, active];
}

describe.each([300, -300])('row 33: a node whose clock is %i s off', (seconds) => {
  let wrong: TestServer;

  beforeAll(async () => {
    const shift = { NODE_OPTIONS: SHIFTED, SHIFTED_MS: String(seconds * 1000) };
    wrong = await startServer({ database: database.url, env: { ...ENV, ...shift } });
    await until('it has read the log', async () => (await offset()) !== 0);
  });
  afterAll(() => wrong.stop());

  async function offset(): Promise<number> {
    const asked = { url: wrong.url, as: OPERATOR };
    const { change_log: log } = await ask<StatisticsAnswer>('GET', '/v1/admin/stats', asked);
    return Math.round(log.clock_offset_seconds);
  }

  it('knows it, and is not ready', async () => {
    expect(Math.abs((await offset()) + seconds)).toBeLessThanOrEqual(1);
    expect((await call('GET', '/health/ready', { url: wrong.url })).status).toBe(503);
    expect((await call('GET', '/health/live', { url: wrong.url })).status).toBe(200);
    expect((await call('GET', '/health/ready', { url: right.url })).status).toBe(200);
  });

  it('accepts nothing that has expired, and refuses nothing early', async () => {
    const over = await endingIn(-10);
    const lasting = await endingIn(120);
    await untilEveryNodeKnows((sql, values = []) => inDatabase(sql, [...values], database.url));
    for (const { url } of [wrong, right]) {
      expect(await judgedAt(url, over)).toEqual(['expired', false]);
      expect(await judgedAt(url, lasting)).toEqual(['valid', true]);
      // And from memory.
      expect(await judgedAt(url, lasting)).toEqual(['valid', true]);
    }
  });
});
