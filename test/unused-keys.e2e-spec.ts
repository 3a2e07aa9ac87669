import pg from 'pg';
import type { ApiKeyBody } from '../src/api-keys/api-keys.dto.js';
import { keyOfDevice, MODEST } from './support/device-logins.js';
import { byExtent } from './support/extent.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import type { TestServer } from './support/servers.js';
import { startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

/** Rounds of each race; the soak has more. */
const ROUNDS = byExtent({ quick: 20, thorough: 20, soak: 1000 });

let organization: TestOrganization;
let as: string;
/** A key that may verify others, at every server. */
let verifier: string;

beforeAll(async () => {
  organization = await newOrganization();
  as = organization.owner.session;
  verifier = (await organization.apiKey({ scopes: ['introspection'] })).plaintext;
});

const verify = async (key: string, more: object = {}, url?: string): Promise<string> => {
  const { code } = await ask<{ code: string }>('POST', '/v1/api-keys/verify', {
    as: verifier,
    body: { api_key: key, ...more },
    ...(url !== undefined && { url }),
  });
  return code;
};

const prefixOf = (key: string): string => key.slice(0, 'capy_live_'.length + 4);

async function listed(key: string, query = ''): Promise<KeyBody | undefined> {
  const { api_keys } = await ask<{ api_keys: KeyBody[] }>(
    'GET',
    `${organization.path}/api-keys?q=${prefixOf(key)}${query}`,
    { as },
  );
  return api_keys[0];
}

/** Moves the end of the ten minutes. */
const dueIn = (key: string, interval: string): Promise<{ due: Date }[]> =>
  inDatabase(
    `UPDATE api_keys SET must_be_used_by = now() + $2::interval WHERE key_prefix = $1
     RETURNING must_be_used_by AS due`,
    [prefixOf(key), interval],
  );

const stored = async (key: string): Promise<{ due: Date | null; revoked: Date | null }> => {
  const [row] = await inDatabase<{ due: Date | null; revoked: Date | null }>(
    'SELECT must_be_used_by AS due, revoked_at AS revoked FROM api_keys WHERE key_prefix = $1',
    [prefixOf(key)],
  );
  return row!;
};

/** A server that has swept once: it does so when it starts. */
async function sweep(): Promise<void> {
  const server = await startServer({ database: testVariable('KEYCAP_TEST_DATABASE_URL') });
  await server.stop();
}

describe('a key that was handed to a device', () => {
  it('has to be used within ten minutes', async () => {
    const key = await keyOfDevice(organization);
    const { due } = await stored(key);
    const minutes = (due!.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9.5);
    expect(minutes).toBeLessThanOrEqual(10);
  });

  it('is good for ever once it was used, which no other check counts as', async () => {
    const key = await keyOfDevice(organization);
    expect(await verify(key, { scope: 'members:write' })).toBe('scope_missing');
    expect((await stored(key)).due).not.toBeNull();
    expect(await verify(key)).toBe('valid');
    expect((await stored(key)).due).toBeNull();
    await sweep();
    expect(await verify(key)).toBe('valid');
  });

  it('counts its use at this API as well', async () => {
    const key = await keyOfDevice(organization);
    expect((await call('GET', '/v1/me', { as: key })).status).toBe(200);
    expect((await stored(key)).due).toBeNull();
  });

  it('is revoked in the second that the ten minutes are over, with no job involved', async () => {
    const key = await keyOfDevice(organization);
    const [{ due }] = (await dueIn(key, '0 seconds')) as [{ due: Date }];
    expect(await verify(key)).toBe('revoked');
    expect((await call('GET', '/v1/me', { as: key })).status).toBe(401);
    expect(await listed(key)).toMatchObject({ is_active: false, revoked_at: due.toISOString() });
    expect(await listed(key, '&is_active=true')).toBeUndefined();
    expect((await listed(key, '&is_active=false'))?.is_active).toBe(false);
    expect((await stored(key)).revoked).toBeNull();
  });

  it('is written down as revoked since then, once, with its event', async () => {
    const [unused, young] = [await keyOfDevice(organization), await keyOfDevice(organization)];
    const [{ due }] = (await dueIn(unused, '-1 minute')) as [{ due: Date }];
    await sweep();
    await sweep();
    expect((await stored(unused)).revoked).toEqual(due);
    expect((await stored(young)).revoked).toBeNull();
    const id = (await listed(unused))!.id;
    const events = await inDatabase(
      `SELECT actor_kind, metadata ->> 'cause' AS cause FROM audit_events
        WHERE action = 'api_key.revoked' AND target_id = $1`,
      [id],
    );
    expect(events).toEqual([{ actor_kind: 'system', cause: 'not_used_after_device_login' }]);
    expect(await verify(unused)).toBe('revoked');
  });

  it('makes nothing of its own after its end, nor before, for others', async () => {
    const key = await keyOfDevice(organization, { scopes: ['projects:write'] });
    await dueIn(key, '0 seconds');
    const body = { name: 'Late' };
    expect((await call('POST', '/v1/projects', { as: key, body })).status).toBe(401);
  });

  it('is called to attention by no list of what lives', async () => {
    const key = await keyOfDevice(organization, {
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const id = (await listed(key))!.id;
    const attention = async (): Promise<string[]> => {
      const { items } = await ask<{ items: { target_id: string }[] }>(
        'GET',
        `${organization.path}/attention`,
        { as },
      );
      return items.map(({ target_id }) => target_id);
    };
    expect(await attention()).toContain(id);
    await dueIn(key, '0 seconds');
    expect(await attention()).not.toContain(id);
  });

  it('is like any other to who made it by the API: no end of that kind', async () => {
    const { plaintext } = await organization.apiKey({ scopes: MODEST });
    expect((await stored(plaintext)).due).toBeNull();
  });
});

describe('the first use', () => {
  let second: TestServer;
  let urls: readonly string[];

  beforeAll(async () => {
    second = await startServer({ database: testVariable('KEYCAP_TEST_DATABASE_URL') });
    urls = [testVariable('KEYCAP_TEST_URL'), second.url];
  });
  afterAll(() => second.stop());

  it('may be ten at once, at two servers: all of them count', async () => {
    for (let round = 0; round < ROUNDS / 4; round++) {
      const key = await keyOfDevice(organization);
      const codes = await Promise.all(
        Array.from({ length: 10 }, (_, n) => verify(key, {}, urls[n % 2])),
      );
      expect(new Set(codes)).toEqual(new Set(['valid']));
    }
  });

  it('is none where the key is revoked under it', async () => {
    const key = await keyOfDevice(organization);
    const connectionString = testVariable('KEYCAP_TEST_DATABASE_URL');
    const revoking = new pg.Client({ connectionString });
    await revoking.connect();
    await revoking.query('BEGIN');
    const revoke = 'UPDATE api_keys SET revoked_at = now() WHERE key_prefix = $1';
    await revoking.query(revoke, [prefixOf(key)]);
    const { rows } = await revoking.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const code = verify(key);
    await until('the use waits for the revocation', async () => {
      const waiting = 'SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
      return (await inDatabase(waiting, [rows[0]!.pid])).length > 0;
    });
    await revoking.query('COMMIT');
    await revoking.end();
    expect(await code).toBe('revoked');
  });

  /** Writes down the end as the sweep does, should nobody have used the key. */
  const revokeUnused = (key: string): Promise<unknown> =>
    inDatabase(
      `UPDATE api_keys SET revoked_at = must_be_used_by
        WHERE key_prefix = $1 AND must_be_used_by <= clock_timestamp() AND revoked_at IS NULL`,
      [prefixOf(key)],
    );

  it('and the end of the ten minutes at once: used for good, or never', async () => {
    const key = await keyOfDevice(organization);
    await ask('GET', '/v1/me', { as: key });
    for (let round = 0; round < ROUNDS; round++) {
      await dueIn(key, `${String(round % 12)} milliseconds`);
      await inDatabase('UPDATE api_keys SET revoked_at = NULL WHERE key_prefix = $1', [
        prefixOf(key),
      ]);
      const [code] = await Promise.all([verify(key, {}, urls[round % 2]), revokeUnused(key)]);
      await revokeUnused(key);
      const { due, revoked } = await stored(key);
      expect([code, due === null, revoked === null]).toEqual(
        code === 'valid' ? ['valid', true, true] : ['revoked', false, expect.any(Boolean)],
      );
      expect(await verify(key)).toBe(code);
    }
  });
});
