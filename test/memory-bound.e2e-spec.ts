import type { StatisticsAnswer } from '../src/operators/statistics.dto.js';
import type { IssuedKey } from './support/api-keys.js';
import { ask } from './support/keycap.js';
import { configuredToken } from './support/operator.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';

const [RESOURCE_SERVER, RESOURCE_SERVERS] = configuredToken('kcr', 'host');
const [OPERATOR, OPERATORS] = configuredToken('kco', 'tests');
const MIB = 1024 * 1024;
/** Far more than fit: each weighs twice its metadata. */
const KEYS = 100;
const METADATA = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`field_${index}`, 'x'.repeat(1000)]),
);

let own: OwnServer;
let keys: string[];

beforeAll(async () => {
  const env = {
    KEYCAP_CACHE_MB: '1',
    KEYCAP_RESOURCE_SERVERS: RESOURCE_SERVERS,
    KEYCAP_OPERATOR_TOKENS: OPERATORS,
  };
  own = await startOwnServer({ env });
  const made: string[] = [];
  const body = { name: 'Heavy', scopes: ['backups:read'], metadata: METADATA };
  while (made.length < KEYS) {
    const { body: issued } = await own.call<IssuedKey>('POST', `${own.path}/api-keys`, { body });
    made.push(issued.plaintext_api_key);
  }
  keys = made;
});
afterAll(() => own.server.stop());

async function cache(): Promise<StatisticsAnswer['cache']> {
  const asked = { url: own.url, as: OPERATOR };
  return (await ask<StatisticsAnswer>('GET', '/v1/admin/stats', asked)).cache;
}

it('KEYCAP_CACHE_MB bounds what is in memory, and what has no room is asked of the database', async () => {
  for (const round of [1, 2]) {
    for (const api_key of keys) {
      const verification = { url: own.url, as: RESOURCE_SERVER, body: { api_key } };
      const { code } = await ask<{ code: string }>('POST', '/v1/api-keys/verify', verification);
      expect(code).toBe('valid');
    }
    const { bytes, entries, misses } = await cache();
    expect(bytes).toBeLessThanOrEqual(MIB);
    expect(entries).toBeLessThan(KEYS);
    // The oldest go first, so whoever asks for all of them in turn finds none.
    expect(misses).toBeGreaterThanOrEqual(round * KEYS);
  }
});
