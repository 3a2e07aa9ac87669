import { encodeId, newId } from '../src/access/ids.js';
import type { ApiKeyList, ListedApiKeyBody } from '../src/api-keys/key-list.dto.js';
import type { KeyUsageBody } from '../src/api-keys/usage/key-usage.dto.js';
import { utcDay, withinOne } from './support/calendar.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import { createDatabase, startServer } from './support/servers.js';
import { until } from './support/until.js';
import type { Issued } from './support/verification.js';
import { codeOf, issueKey, uuidOf, VERIFY } from './support/verification.js';

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

const pathOf = ({ api_key }: Issued, query = '', own = organization) =>
  `${own.path}/api-keys/${api_key.id}/usage${query}`;

const usageOf = (key: Issued, query = '') =>
  ask<KeyUsageBody>('GET', pathOf(key, query), { as: organization.owner.session });

/** Resolves with the usage once it is as it is to be; what is counted is written one by one. */
const usageWhere = (key: Issued, isWritten: (usage: KeyUsageBody) => boolean) =>
  until('the uses were written', async () => {
    const usage = await usageOf(key);
    return isWritten(usage) && usage;
  });

/** Resolves with the usage once it has as many uses as that. */
const usageWith = (key: Issued, uses: number) =>
  usageWhere(key, ({ days }) => {
    const counts = days.flatMap(({ verifications }) => Object.values(verifications));
    return counts.reduce((sum, each) => sum + each, 0) >= uses;
  });

/** Newest first. */
async function listOf(own: TestOrganization, query: string): Promise<ListedApiKeyBody[]> {
  const path = `${own.path}/api-keys?${query}`;
  return (await ask<ApiKeyList>('GET', path, { as: own.owner.session })).api_keys;
}

const change = (key: Issued, columns: string, values: readonly unknown[] = []) =>
  inDatabase(`UPDATE api_keys SET ${columns} WHERE id = $1`, [uuidOf(key.api_key.id), ...values]);

it('is empty for a key that nobody has used', () =>
  withinOne('day', async () => {
    const usage = await usageOf(await issueKey(organization), '?days=2');
    expect(usage).toEqual({
      days: [
        { date: utcDay(0), verifications: {} },
        { date: utcDay(1), verifications: {} },
      ],
      last_used_at: null,
      last_used_ip: null,
      last_used_user_agent: null,
      unused_scopes: ['backups:read'],
      uses_after_rotation: null,
    });
  }));

it('counts by outcome, wherever the key is judged', () =>
  withinOne('day', async () => {
    const key = await issueKey(organization, {
      scopes: ['backups:read', 'projects:read'],
      ip_allowlist: ['10.0.0.0/8'],
      rate_limit: { limit: 4, window_seconds: 86_400 },
    });
    const ip = '10.1.1.1';
    await call('GET', '/v1/projects', { as: key.plaintext_api_key, from: ip });
    await call('GET', '/v1/me', { as: key.plaintext_api_key, from: '11.1.1.1' });
    const codes = [
      await codeOf(key, { ip, scope: 'backups:read' }),
      await codeOf(key, { ip, cost: 2 }),
      await codeOf(key, { ip }),
      await codeOf(key, { ip, scope: 'backups:write' }),
      await codeOf(key, { ip, project_id: 'prj_1' }),
      await codeOf(key),
    ];
    await change(key, 'expires_at = now()');
    codes.push(await codeOf(key));
    await change(key, 'revoked_at = now()');
    codes.push(await codeOf(key), await codeOf(key));
    await change(key, 'disabled_at = now()');
    codes.push(await codeOf(key));
    expect(codes).toEqual([
      'valid',
      'valid',
      'rate_limited',
      'scope_missing',
      'project_mismatch',
      'ip_denied',
      'expired',
      'revoked',
      'revoked',
      'disabled',
    ]);
    const { days } = await usageWith(key, 12);
    expect(days[0]).toEqual({
      date: utcDay(0),
      verifications: {
        disabled: 1,
        expired: 1,
        ip_denied: 2,
        project_mismatch: 1,
        rate_limited: 1,
        revoked: 2,
        scope_missing: 1,
        valid: 3,
      },
    });
    await usageWhere(key, ({ unused_scopes }) => unused_scopes.length === 0);
  }));

it('has every day of the range, newest first', () =>
  withinOne('day', async () => {
    const key = await issueKey(organization);
    await inDatabase(
      `INSERT INTO api_key_usage (key_id, day, outcome, uses, after_rotation)
       VALUES ($1, $2, 'valid', 5000000000, 0), ($1, $2, 'revoked', 1, 0), ($1, $3, 'valid', 7, 0)`,
      [uuidOf(key.api_key.id), utcDay(1), utcDay(3)],
    );
    expect((await usageOf(key, '?days=3')).days).toEqual([
      { date: utcDay(0), verifications: {} },
      { date: utcDay(1), verifications: { revoked: 1, valid: 5_000_000_000 } },
      { date: utcDay(2), verifications: {} },
    ]);
    expect((await usageOf(key)).days).toHaveLength(30);
    expect((await usageOf(key, '?days=365')).days).toHaveLength(365);
  }));

it.each(['days=0', 'days=366', 'days=x', 'days=1.5', 'day=1'])('refuses ?%s', async (query) => {
  const key = await issueKey(organization);
  const { status, body } = await call('GET', pathOf(key, `?${query}`), {
    as: organization.owner.session,
  });
  expect([status, body.code]).toEqual([400, 'validation_error']);
});

it('says when, from where and by what the key was used last', async () => {
  const key = await issueKey(organization, { scopes: ['read'] });
  await codeOf(key, { ip: '203.0.113.7' });
  const first = await usageWhere(key, ({ last_used_at }) => last_used_at !== null);
  expect(first).toMatchObject({ last_used_ip: '203.0.113.7', last_used_user_agent: null });
  await call('GET', '/v1/me', {
    as: key.plaintext_api_key,
    from: '203.0.113.8',
    headers: { 'user-agent': 'deploy/1.2' },
  });
  // Refused after that, which is no use.
  await codeOf(key, { scope: 'backups:write', ip: '198.51.100.1' });
  const second = await usageWhere(key, ({ last_used_at }) => last_used_at !== first.last_used_at);
  expect(second).toMatchObject({
    last_used_ip: '203.0.113.8',
    last_used_user_agent: 'deploy/1.2',
  });
  await codeOf(key);
  const third = await usageWhere(key, ({ last_used_at }) => last_used_at !== second.last_used_at);
  expect(third).toMatchObject({ last_used_ip: null, last_used_user_agent: null });
});

it('names the scopes that nothing has needed', async () => {
  const scopes = ['read', 'write', 'backups:read', 'backups:write', 'api_keys:read'];
  const key = await issueKey(organization, { scopes });
  const all = await issueKey(organization, { scopes: ['*'] });
  expect((await usageOf(key)).unused_scopes).toEqual(scopes);
  expect((await usageOf(all)).unused_scopes).toEqual(['*']);
  await codeOf(key, { scope: 'members:read backups:read' });
  await codeOf(key, { scope: 'backups:write jobs:read' });
  await call('GET', `${organization.path}/api-keys`, { as: key.plaintext_api_key });
  await codeOf(all, { scope: 'jobs:read' });
  const narrow = await usageWhere(key, ({ unused_scopes }) => unused_scopes.length < 5);
  expect(narrow.unused_scopes).toEqual(['write', 'backups:write']);
  await usageWhere(all, ({ unused_scopes }) => unused_scopes.length === 0);
});

it('lists the keys with scopes that nothing has needed, and those without', async () => {
  const own = await newOrganization();
  const scopes = ['read', 'backups:read'];
  const [half, whole, idle] = [
    await issueKey(own, { scopes }),
    await issueKey(own, { scopes }),
    await issueKey(own, { scopes: ['*'] }),
  ];
  await codeOf(half, { scope: 'members:read' });
  await codeOf(whole, { scope: 'members:read backups:read' });
  const isWhole = async () =>
    (await listOf(own, 'has_unused_scopes=false')).map(({ id }) => id).includes(whole.api_key.id);
  await until('the scopes were written', isWhole);
  await until('the other scope too', async () => {
    const [, halfListed] = await listOf(own, 'has_unused_scopes=true&include=usage');
    return halfListed?.usage?.unused_scopes.length === 1;
  });
  const idsOf = async (query: string) => (await listOf(own, query)).map(({ id }) => id);
  expect(await idsOf('has_unused_scopes=true')).toEqual([idle.api_key.id, half.api_key.id]);
  expect(await idsOf('has_unused_scopes=false')).toEqual([whole.api_key.id]);
});

it('adds to a list what each key was used for in 30 days, when it is asked to', () =>
  withinOne('day', async () => {
    const own = await newOrganization();
    const used = await issueKey(own, { scopes: ['backups:read', 'backups:write'] });
    await issueKey(own);
    await inDatabase(
      `INSERT INTO api_key_usage (key_id, day, outcome, uses, after_rotation)
       VALUES ($1, $2, 'valid', 5000000000, 0), ($1, $2, 'revoked', 1, 0), ($1, $3, 'valid', 7, 0),
              ($1, $4, 'valid', 9, 0)`,
      [uuidOf(used.api_key.id), utcDay(1), utcDay(29), utcDay(30)],
    );
    await inDatabase(`INSERT INTO api_key_needed_scopes VALUES ($1, 'backups:write', $2)`, [
      uuidOf(used.api_key.id),
      utcDay(29),
    ]);
    expect((await listOf(own, 'include=usage')).map(({ usage }) => usage)).toEqual([
      { days: [], unused_scopes: ['backups:read'] },
      {
        days: [
          { date: utcDay(1), verifications: { revoked: 1, valid: 5_000_000_000 } },
          { date: utcDay(29), verifications: { valid: 7 } },
        ],
        unused_scopes: ['backups:read'],
      },
    ]);
    for (const key of await listOf(own, '')) expect(key).not.toHaveProperty('usage');
    const { status } = await call('GET', `${own.path}/api-keys?include=all`, {
      as: own.owner.session,
    });
    expect(status).toBe(400);
  }));

it('tells of the uses of a key that was replaced', async () => {
  const [old, fresh] = [await issueKey(organization), await issueKey(organization)];
  await codeOf(old, { ip: '203.0.113.1' });
  await usageWhere(old, ({ last_used_at }) => last_used_at !== null);
  await change(old, 'replaced_by_id = $2', [uuidOf(fresh.api_key.id)]);
  await change(fresh, 'created_at = now()');
  const replaced = await usageOf(old);
  expect(replaced.uses_after_rotation).toEqual({
    count: 0,
    since: expect.stringMatching(/Z$/) as string,
    last_used_at: null,
    last_used_ip: null,
  });
  await codeOf(old, { ip: '203.0.113.2' });
  await codeOf(old, { ip: '203.0.113.3', scope: 'backups:write' });
  await usageWith(old, 3);
  const { uses_after_rotation, last_used_at } = await usageWhere(
    old,
    (usage) => usage.uses_after_rotation?.last_used_at !== null,
  );
  expect(uses_after_rotation).toEqual({
    count: 1,
    since: replaced.uses_after_rotation?.since,
    last_used_at,
    last_used_ip: '203.0.113.2',
  });
});

it('is for admins, machines with api_keys:read, and the member who made the key', async () => {
  const admin = await organization.member('admin');
  const key = await issueKey(organization, {}, admin.session);
  const other = await issueKey(organization);
  await ask('PATCH', `${organization.path}/members/${admin.id}`, {
    as: organization.owner.session,
    body: { role: 'member' },
  });
  const reader = await organization.apiKey({ scopes: ['api_keys:read'] });
  const writer = await organization.apiKey({ scopes: ['api_keys:write', 'read'] });
  const token = await organization.token(['api_keys:read']);
  const stranger = await newOrganization();
  const statusOf = async (as: string, path: string) => (await call('GET', path, { as })).status;
  const foreign = await issueKey(stranger);
  const absent = `${organization.path}/api-keys/${encodeId('apiKey', newId())}/usage`;
  expect([
    await statusOf(organization.owner.session, pathOf(key)),
    await statusOf(reader.plaintext, pathOf(key)),
    await statusOf(token, pathOf(key)),
    await statusOf(admin.session, pathOf(key)),
    await statusOf(admin.session, pathOf(other)),
    await statusOf(writer.plaintext, pathOf(key)),
    await statusOf(stranger.owner.session, pathOf(key)),
    await statusOf(organization.owner.session, pathOf(foreign)),
    await statusOf(organization.owner.session, absent),
  ]).toEqual([200, 200, 200, 200, 404, 403, 404, 404, 404]);
});

describe('a server of its own', () => {
  it('writes what it has counted when it stops', async () => {
    const database = await createDatabase();
    const own = await startOwnServer({ database: database.url });
    const body = { name: 'Used', scopes: ['introspection'] };
    const { body: key } = await own.call<Issued>('POST', `${own.path}/api-keys`, { body });
    for (let use = 0; use < 3; use++) {
      const verified = { api_key: key.plaintext_api_key, scope: 'introspection' };
      await own.call('POST', VERIFY, { as: key.plaintext_api_key, body: verified });
    }
    expect(await own.server.stop()).toBe(0);
    const counted = await inDatabase(
      `SELECT outcome, uses, scope, last_used_at IS NOT NULL AS used
         FROM api_keys JOIN api_key_usage usage ON usage.key_id = id
         JOIN api_key_needed_scopes needed ON needed.key_id = id`,
      [],
      database.url,
    );
    expect(counted).toEqual([{ outcome: 'valid', uses: '6', scope: 'introspection', used: true }]);
    await database.drop();
  });

  it('forgets what was counted more than a year ago', async () => {
    const database = await createDatabase();
    const own = await startOwnServer({ database: database.url });
    const body = { name: 'Old', scopes: ['read'] };
    await own.call('POST', `${own.path}/api-keys`, { body });
    await inDatabase(
      `INSERT INTO api_key_usage
       SELECT id, current_date - age, 'valid', 1, 0
         FROM api_keys, unnest(ARRAY[1, 364, 365, 367, 400, 4000]) AS age`,
      [],
      database.url,
    );
    await own.server.stop();
    const again = await startServer({ database: database.url });
    const ages = await until('old days were forgotten', async () => {
      const rows = await inDatabase<{ age: number }>(
        'SELECT current_date - day AS age FROM api_key_usage ORDER BY 1',
        [],
        database.url,
      );
      return rows.length < 6 && rows.map(({ age }) => age);
    });
    expect(ages).toEqual([1, 364, 365]);
    await again.stop();
    await database.drop();
  });
});
