import { createHash } from 'node:crypto';
import pg from 'pg';
import type { ApiKeyBody } from '../src/api-keys/api-keys.dto.js';
import { decodeId } from '../src/access/ids.js';
import { bearerChallenge } from './support/challenges.js';
import type { CallOptions, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import type { TestDatabase } from './support/servers.js';
import { createDatabase, startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

interface Issued {
  readonly api_key: ApiKeyBody;
  readonly plaintext_api_key: string;
}

interface Me {
  readonly principal: { readonly scopes: readonly string[] };
}

/** Right in shape and checksum, and never made by a server. */
const WELL_FORMED = 'capy_live_000000000000000000000000000000003UFVO5';
const UNAUTHORIZED = { error: 'invalid credentials', code: 'unauthorized' };

/** Half of the longest that a question to the log of changes takes without the lease being lost. */
const CLOCK_KNOWN_TO_MS = 500;

const basic = (id: string, secret: string): string =>
  'Basic ' + Buffer.from(`${id}:${secret}`).toString('base64');
const uuidOf = (keyId: string): string => decodeId('apiKey', keyId) ?? '';

async function expectRefused(options: CallOptions): Promise<void> {
  const { status, headers, body } = await call('GET', '/v1/me', options);
  expect({ status, body }).toEqual({
    status: 401,
    body: { ...UNAUTHORIZED, request_id: expect.any(String) as string },
  });
  expect(headers.get('www-authenticate')).toBe(bearerChallenge(true, options.url));
}

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

describe('an API key as a credential', () => {
  it('is taken in either header and acts for its organization', async () => {
    const { plaintext } = await organization.apiKey({ scopes: ['backups:read', 'read'] });
    const [bearer, header, lowerCase] = await Promise.all([
      call('GET', '/v1/me', { as: plaintext }),
      call('GET', '/v1/me', { headers: { 'x-api-key': plaintext } }),
      call('GET', '/v1/me', { headers: { authorization: `bearer ${plaintext}` } }),
    ]);
    expect({ status: bearer.status, body: bearer.body }).toMatchObject({
      status: 200,
      body: {
        organization: { id: organization.id },
        principal: {
          auth_source: 'api_key',
          user_id: null,
          organization_id: organization.id,
          project_id: null,
          is_admin: false,
          scopes: [
            'backups:read',
            'read',
            'organizations:read',
            'members:read',
            'invitations:read',
            'projects:read',
          ],
        },
      },
    });
    expect([header.body, lowerCase.body]).toEqual([bearer.body, bearer.body]);
  });

  it.each([
    ['revoked', 'UPDATE api_keys SET revoked_at = now() WHERE id = $1'],
    ['disabled', 'UPDATE api_keys SET disabled_at = now() WHERE id = $1'],
    ['expired', `UPDATE api_keys SET expires_at = now() - interval '1 ms' WHERE id = $1`],
    ['deleted', 'DELETE FROM api_keys WHERE id = $1'],
    [
      'of a suspended organization',
      `UPDATE organizations SET suspended_at = now()
        WHERE id = (SELECT organization_id FROM api_keys WHERE id = $1)`,
    ],
    [
      'of a deleted organization',
      `UPDATE organizations SET deleted_at = now()
        WHERE id = (SELECT organization_id FROM api_keys WHERE id = $1)`,
    ],
  ])('is refused at once when it is %s', async (_, change) => {
    const { id, plaintext } = await (await newOrganization()).apiKey();
    expect((await call('GET', '/v1/me', { as: plaintext })).status).toBe(200);
    await inDatabase(change, [uuidOf(id)]);
    await expectRefused({ as: plaintext });
    await expectRefused({ headers: { 'x-api-key': plaintext } });
  });

  it('is refused when it is unknown, mistyped, cut, or of another brand', async () => {
    const { plaintext } = await organization.apiKey();
    const swapped = plaintext.endsWith('0') ? '1' : '0';
    const wrong = [
      WELL_FORMED,
      plaintext.slice(0, -1),
      plaintext.slice(0, -1) + swapped,
      `${plaintext}0`,
      plaintext.replace('capy_live', 'capy_test'),
      plaintext.replace('capy_', 'acme_'),
      plaintext.toUpperCase(),
      'capy_live_',
    ];
    for (const each of wrong) {
      await expectRefused({ as: each });
      await expectRefused({ headers: { 'x-api-key': each } });
    }
  });

  it('is the only thing that X-API-Key takes', async () => {
    const { basicCredential } = await organization.client();
    const others = [
      '',
      'x',
      organization.owner.session,
      await organization.token(['read']),
      testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
      testVariable('KEYCAP_TEST_OPERATOR_TOKEN'),
      basicCredential,
    ];
    for (const each of others) await expectRefused({ headers: { 'x-api-key': each } });
  });

  it('A65: what is stored of it is no credential', async () => {
    const { id, plaintext } = await organization.apiKey();
    const [row] = await inDatabase<{ digest: Buffer }>(
      'SELECT digest FROM api_keys WHERE id = $1',
      [uuidOf(id)],
    );
    const digest = row?.digest ?? Buffer.alloc(0);
    expect(digest).toHaveLength(32);
    const spellings = [
      digest.toString('hex'),
      `\\x${digest.toString('hex')}`,
      digest.toString('base64'),
      digest.toString('base64url'),
      `capy_live_${digest.toString('hex').slice(0, 38)}`,
    ];
    for (const each of spellings) {
      await expectRefused({ as: each });
      await expectRefused({ headers: { 'x-api-key': each } });
    }
    // Neither is it what anyone without the server's secret could compute from the key.
    expect(digest).not.toEqual(createHash('sha256').update(plaintext).digest());
  });

  it('A70: is read from these two headers and from nowhere else', async () => {
    const { plaintext } = await organization.apiKey();
    const elsewhere: [string, CallOptions][] = [
      [`/v1/me?api_key=${plaintext}`, {}],
      [`/v1/me?access_token=${plaintext}`, {}],
      [`/v1/me?x-api-key=${plaintext}`, {}],
      ['/v1/me', { headers: { cookie: `__Host-keycap_session=${plaintext}` } }],
      ['/v1/me', { headers: { authorization: plaintext } }],
      ['/v1/me', { headers: { authorization: `ApiKey ${plaintext}` } }],
      ['/v1/me', { headers: { authorization: `Token ${plaintext}` } }],
      ['/v1/me', { as: basic(plaintext, '') }],
      ['/v1/me', { headers: { 'x-capydb-key': plaintext } }],
    ];
    for (const [path, options] of elsewhere) {
      const { status, body } = await call('GET', path, options);
      expect([path, options, status, body.code]).toEqual([path, options, 401, 'unauthorized']);
    }
    const asClient = await call('POST', '/o/token/', {
      as: basic(plaintext, plaintext),
      form: { grant_type: 'client_credentials' },
    });
    expect(asClient.status).toBe(401);
  });

  it('beside another credential is refused, whichever of them is good', async () => {
    const { plaintext } = await organization.apiKey();
    for (const as of [plaintext, organization.owner.session, 'rubbish']) {
      const { status, body } = await call('GET', '/v1/me', {
        as,
        headers: { 'x-api-key': plaintext },
      });
      expect([status, body.code]).toEqual([400, 'ambiguous_credentials']);
    }
  });

  it('works only from the addresses of its list', async () => {
    const { plaintext_api_key: as } = await ask<Issued>('POST', `${organization.path}/api-keys`, {
      as: organization.owner.session,
      body: { name: 'Listed', scopes: ['read'], ip_allowlist: ['203.0.113.0/24', '2001:db8::/32'] },
      expect: 201,
    });
    const statusFrom = async (from: string) => (await call('GET', '/v1/me', { as, from })).status;
    expect({
      inside: await statusFrom('203.0.113.200'),
      insideIPv6: await statusFrom('2001:db8:ffff::1'),
      mapped: await statusFrom('::ffff:203.0.113.7'),
      outside: await statusFrom('203.0.112.200'),
      outsideIPv6: await statusFrom('2001:db9::1'),
      mappedOutside: await statusFrom('::ffff:203.0.112.7'),
    }).toEqual({
      inside: 200,
      insideIPv6: 200,
      mapped: 200,
      outside: 401,
      outsideIPv6: 401,
      mappedOutside: 401,
    });
    await expectRefused({ as, from: '198.51.100.1' });
  });

  it('writes when it was last used, soon after', async () => {
    const { id, plaintext } = await organization.apiKey();
    const path = `${organization.path}/api-keys/${id}`;
    const read = async () => {
      const as = organization.owner.session;
      return (await ask<{ api_key: ApiKeyBody }>('GET', path, { as })).api_key.last_used_at;
    };
    expect(await read()).toBeNull();
    const before = Date.now();
    await ask('GET', '/v1/me', { as: plaintext });
    const after = Date.now();
    const lastUsed = Date.parse(await until('last use was written', read));
    // By the database's clock, which a server knows to half of the time that its question took.
    expect(lastUsed).toBeGreaterThanOrEqual(before - CLOCK_KNOWN_TO_MS);
    expect(lastUsed).toBeLessThanOrEqual(after + CLOCK_KNOWN_TO_MS);
  });
});

describe('a key of a project', () => {
  it('A68: reaches its project and no other one, nor the organization', async () => {
    const [project, other] = [await organization.project(), await organization.project('Other')];
    const elsewhere = await (await newOrganization()).project();
    const { id, plaintext: as } = await organization.apiKey({
      project_id: project,
      scopes: ['projects:read', 'projects:write', 'organizations:read', 'credentials:read'],
    });
    const sibling = await organization.apiKey({ project_id: project, scopes: ['projects:read'] });
    const { projects } = await ask<{ projects: { id: string }[] }>('GET', '/v1/projects', { as });
    expect(projects.map((each) => each.id)).toEqual([project]);
    const me = await ask<{ principal: { project_id: string } }>('GET', '/v1/me', { as });
    expect(me.principal.project_id).toBe(project);

    const status = async (method: 'DELETE' | 'GET' | 'POST', path: string, body?: object) =>
      (await call(method, path, { as, ...(body ? { body } : {}) })).status;
    expect({
      own: await status('GET', `/v1/projects/${project}`),
      other: await status('GET', `/v1/projects/${other}`),
      elsewhere: await status('GET', `/v1/projects/${elsewhere}`),
      newProject: await status('POST', '/v1/projects', { name: 'More' }),
      keys: await status('GET', `${organization.path}/api-keys`),
      ownKey: await status('GET', `${organization.path}/api-keys/${id}`),
      siblingKey: await status('GET', `${organization.path}/api-keys/${sibling.id}`),
      revokeSibling: await status('DELETE', `${organization.path}/api-keys/${sibling.id}`),
      newKey: await status('POST', `${organization.path}/api-keys`, {
        name: 'More',
        scopes: ['projects:read'],
        project_id: project,
      }),
      members: await status('GET', `${organization.path}/members`),
      audit: await status('GET', `${organization.path}/audit-events`),
    }).toEqual({
      own: 200,
      other: 404,
      elsewhere: 404,
      newProject: 403,
      keys: 403,
      ownKey: 403,
      siblingKey: 403,
      revokeSibling: 403,
      newKey: 403,
      members: 403,
      audit: 403,
    });
    expect((await call('GET', '/v1/me', { as: sibling.plaintext })).status).toBe(200);
  });

  it('holds at use only what a project allows, whatever is stored', async () => {
    const project_id = await organization.project();
    const { id, plaintext } = await organization.apiKey({ project_id, scopes: ['projects:read'] });
    await inDatabase(`UPDATE api_keys SET scopes = '{*}' WHERE id = $1`, [uuidOf(id)]);
    const { principal } = await ask<Me>('GET', '/v1/me', { as: plaintext });
    expect([...principal.scopes].sort()).toEqual([
      'backups:read',
      'backups:write',
      'credentials:read',
      'files:read',
      'files:write',
      'jobs:read',
      'organizations:read',
      'projects:read',
      'projects:write',
      'reports:read',
      'schema:read',
    ]);
    for (const path of ['/api-keys', '/members', '/audit-events', '/oauth-clients']) {
      const { status, body } = await call('GET', organization.path + path, { as: plaintext });
      expect([path, status, body.code]).toEqual([path, 403, 'insufficient_scope']);
    }
  });
});

describe('keys and the server that knows them', () => {
  /** The first server's secret, after it was replaced. */
  const rotated = {
    KEYCAP_SECRET: 'another secret of more than 32 bytes 0123456789',
    KEYCAP_FORMER_SECRETS: testVariable('KEYCAP_TEST_SECRET'),
  };
  let database: TestDatabase;
  let first: Issued;

  beforeAll(async () => {
    database = await createDatabase();
  });

  afterAll(async () => {
    await database.drop();
  });

  const lastUse = async (): Promise<Date | null | undefined> => {
    const rows = await inDatabase<{ last_used_at: Date | null }>(
      'SELECT last_used_at FROM api_keys WHERE id = $1',
      [uuidOf(first.api_key.id)],
      database.url,
    );
    return rows[0]?.last_used_at;
  };

  it('loses no last use when it is stopped', async () => {
    const server = await startServer({ database: database.url });
    const { url } = server;
    const { session_token, organization: own } = await ask<{
      session_token: string;
      organization: { id: string };
    }>('POST', '/v1/setup', {
      url,
      headers: { 'x-setup-token': server.setupToken ?? '' },
      body: {
        email: 'owner@keycap.test',
        password: 'a long enough passphrase',
        organization_name: 'Own',
      },
      expect: 201,
    });
    first = await ask<Issued>('POST', `/v1/organizations/${own.id}/api-keys`, {
      url,
      as: session_token,
      body: { name: 'First', scopes: ['*'] },
      expect: 201,
    });
    await ask('GET', '/v1/me', { url, as: first.plaintext_api_key });
    expect(await lastUse()).toBeNull();
    expect(await server.stop()).toBe(0);
    expect(await lastUse()).toBeInstanceOf(Date);
  });

  it('takes keys of former brands and former secrets, and makes none', async () => {
    const server = await startServer({
      database: database.url,
      env: { ...rotated, KEYCAP_KEY_BRAND: 'acme', KEYCAP_FORMER_BRANDS: 'capy' },
    });
    const { url } = server;
    const path = `/v1/organizations/${first.api_key.organization_id}/api-keys`;
    const second = await ask<Issued>('POST', path, {
      url,
      as: first.plaintext_api_key,
      body: { name: 'Second', scopes: ['*'] },
      expect: 201,
    });
    expect(second.plaintext_api_key).toMatch(/^acme_live_[0-9A-Za-z]{38}$/);
    expect(second.api_key.key_prefix).toBe(second.plaintext_api_key.slice(0, 14));
    expect((await call('GET', '/v1/me', { url, as: second.plaintext_api_key })).status).toBe(200);
    await server.stop();

    const without = await startServer({ database: database.url, env: rotated });
    const foreign = { url: without.url, as: second.plaintext_api_key };
    await expectRefused(foreign);
    await expectRefused({ url: without.url, headers: { 'x-api-key': second.plaintext_api_key } });
    await without.stop();
  });

  it('refuses what cannot be a key without asking the database', async () => {
    const server = await startServer({ database: database.url, env: rotated });
    const { url } = server;
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
      const garbage = [
        `${WELL_FORMED.slice(0, -1)}6`,
        'capy_live_short',
        'capy_test_0123456789ABCDEFGHIJKLMNOPQRSTUV4RpL5k',
      ];
      for (const each of garbage) {
        await expectRefused({ url, as: each });
        await expectRefused({ url, headers: { 'x-api-key': each } });
      }
      const wellFormed = await call('GET', '/v1/me', { url, as: WELL_FORMED });
      expect([wellFormed.status, wellFormed.body.code]).toEqual([503, 'unavailable']);
    } finally {
      await client.end();
      await server.stop();
    }
  });
});
