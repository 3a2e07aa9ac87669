import type { ApiKeyBody } from '../src/api-keys/api-keys.dto.js';
import { decodeId, encodeId, newId } from '../src/access/ids.js';
import type { CallOptions, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';
import { until } from './support/until.js';

/** The wire shape without its class. */
type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

interface Issued {
  readonly api_key: KeyBody;
  readonly plaintext_api_key: string;
}

interface Verdict {
  readonly valid: boolean;
  readonly code: string;
  readonly api_key: KeyBody | null;
  readonly rate_limit: null;
}

const VERIFY = '/v1/api-keys/verify';
const WELL_FORMED = 'capy_live_000000000000000000000000000000003UFVO5';
const NOT_FOUND = '{"valid":false,"code":"not_found","api_key":null,"rate_limit":null}';
const MALFORMED = '{"valid":false,"code":"malformed","api_key":null,"rate_limit":null}';

const uuidOf = (keyId: string): string => decodeId('apiKey', keyId) ?? '';
const resourceServer = (): string => testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');

let organization: TestOrganization;
let stranger: TestOrganization;
/** A key of the organization with `introspection`. */
let verifier: string;

beforeAll(async () => {
  [organization, stranger] = await Promise.all([newOrganization(), newOrganization()]);
  verifier = (await organization.apiKey({ scopes: ['introspection'] })).plaintext;
});

function issue(more: object = {}, own = organization): Promise<Issued> {
  return ask<Issued>('POST', `${own.path}/api-keys`, {
    as: own.owner.session,
    body: { name: 'Verified', scopes: ['backups:read'], ...more },
    expect: 201,
  });
}

/** The answer to the organization's own verifier. */
async function verdictOn(plaintext: string, more: object = {}): Promise<Verdict> {
  return ask<Verdict>('POST', VERIFY, { as: verifier, body: { api_key: plaintext, ...more } });
}

const codeOf = async (plaintext: string, more: object = {}): Promise<string> =>
  (await verdictOn(plaintext, more)).code;

describe('verifying an API key', () => {
  it('answers clients, tokens, keys and resource servers with the whole key', async () => {
    const { api_key, plaintext_api_key } = await issue({ metadata: { team: 'data' } });
    const { basicCredential } = await organization.client({ scopes: ['introspection'] });
    const callers: CallOptions[] = [
      { as: `Basic ${basicCredential}` },
      { as: await organization.token(['introspection']) },
      { as: verifier },
      { headers: { 'x-api-key': verifier } },
      { as: (await organization.apiKey({ scopes: ['*'] })).plaintext },
      { as: resourceServer() },
    ];
    const path = [VERIFY, `${VERIFY}/`];
    for (const [index, caller] of callers.entries()) {
      const { status, headers, body } = await call<Verdict>('POST', path[index % 2] ?? VERIFY, {
        ...caller,
        body: { api_key: plaintext_api_key },
      });
      expect(Object.keys(body)).toEqual(['valid', 'code', 'api_key', 'rate_limit']);
      expect({
        status,
        body: { ...body, api_key: { ...body.api_key, last_used_at: null } },
      }).toEqual({ status: 200, body: { valid: true, code: 'valid', api_key, rate_limit: null } });
      expect(Object.keys(body.api_key ?? {})).toEqual(Object.keys(api_key));
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('is refused to everyone else', async () => {
    const { plaintext_api_key: api_key } = await issue();
    const { basicCredential } = await organization.client({ scopes: ['read', 'write'] });
    const confined = await organization.client({
      scopes: ['projects:read'],
      project_id: await organization.project(),
    });
    const revoked = await organization.apiKey();
    await ask('DELETE', `${organization.path}/api-keys/${revoked.id}`, { as: revoked.plaintext });
    const expired = await issue({ scopes: ['introspection'] });
    await inDatabase(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [
      uuidOf(expired.api_key.id),
    ]);
    const callers: CallOptions[] = [
      {},
      { as: organization.owner.session },
      { as: (await organization.apiKey({ scopes: ['read', 'api_keys:read'] })).plaintext },
      { as: await organization.token(['read', 'write']) },
      { as: `Basic ${basicCredential}` },
      { as: `Basic ${confined.basicCredential}` },
      { as: `Basic ${Buffer.from('nobody:nothing').toString('base64')}` },
      { as: revoked.plaintext },
      { as: expired.plaintext_api_key },
      { as: testVariable('KEYCAP_TEST_OPERATOR_TOKEN') },
      { as: `kcr_${'0'.repeat(43)}` },
      { as: api_key },
    ];
    const refusals = await Promise.all(
      callers.map(async (caller) => {
        const { status, body } = await call('POST', VERIFY, { ...caller, body: { api_key } });
        expect(typeof body.error).toBe('string');
        return [status, body.code];
      }),
    );
    expect(refusals).toEqual([
      [401, 'unauthorized'],
      [403, 'credential_not_accepted'],
      [403, 'insufficient_scope'],
      [403, 'insufficient_scope'],
      [403, 'insufficient_scope'],
      [403, 'insufficient_scope'],
      [401, 'unauthorized'],
      [401, 'unauthorized'],
      [401, 'unauthorized'],
      [403, 'credential_not_accepted'],
      [401, 'unauthorized'],
      [403, 'insufficient_scope'],
    ]);
  });

  it.each<[string, unknown]>([
    ['api_key', undefined],
    ['api_key', null],
    ['api_key', 7],
    ['api_key', ['capy_live_']],
    ['scope', 7],
    ['scope', ['backups:read']],
    ['scope', 'x'.repeat(2001)],
    ['project_id', 7],
    ['project_id', 'x'.repeat(201)],
    ['ip', 7],
    ['ip', 'example.com'],
    ['ip', '10.0.0.0/8'],
    ['ip', ''],
    ['ip', `fe80::1%${'a'.repeat(38)}`],
    ['cost', -1],
    ['cost', 1.5],
    ['cost', '1'],
    ['cost', 1_000_001],
    ['organization_id', 'org_1'],
  ])('refuses a wrong %s, case %#', async (field, value) => {
    const body = { api_key: WELL_FORMED, [field]: value };
    const answer = await call('POST', VERIFY, { as: verifier, body });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 400,
      body: {
        error: 'the request is not valid',
        code: 'validation_error',
        request_id: expect.any(String) as string,
        fields: { [field]: expect.any(Array) as string[] },
      },
    });
  });

  it('takes null for whatever may be left out', async () => {
    const { plaintext_api_key } = await issue();
    const nothing = { scope: null, project_id: null, ip: null, cost: null };
    expect(await codeOf(plaintext_api_key, nothing)).toBe('valid');
  });

  it.each([
    '',
    'x',
    'capy_live_',
    WELL_FORMED.slice(0, -1),
    `${WELL_FORMED}0`,
    `${WELL_FORMED} `,
    WELL_FORMED.replace('VO5', 'VO6'),
    WELL_FORMED.replace('live', 'test'),
    WELL_FORMED.replace('capy', 'acme'),
    'kcs_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
    'x'.repeat(50_000),
  ])('calls what cannot be a key malformed, case %#', async (api_key) => {
    const { status, text } = await call('POST', VERIFY, { as: verifier, body: { api_key } });
    expect([status, text]).toEqual([200, MALFORMED]);
  });

  it('A70: finds a key of another organization not, byte for byte, except for the host', async () => {
    const foreign = await issue({}, stranger);
    const token = await organization.token(['introspection']);
    const { basicCredential } = await organization.client({ scopes: ['introspection'] });
    for (const as of [verifier, token, `Basic ${basicCredential}`]) {
      for (const api_key of [foreign.plaintext_api_key, WELL_FORMED]) {
        const { status, text } = await call('POST', VERIFY, { as, body: { api_key } });
        expect([status, text]).toEqual([200, NOT_FOUND]);
      }
    }
    const ask_ = (api_key: string) =>
      call<Verdict>('POST', VERIFY, { as: resourceServer(), body: { api_key } });
    const seen = await ask_(foreign.plaintext_api_key);
    expect(seen.body).toMatchObject({ valid: true, api_key: { organization_id: stranger.id } });
    expect((await ask_(WELL_FORMED)).text).toBe(NOT_FOUND);
  });

  it('A65: knows nothing of what is stored of a key', async () => {
    const { api_key } = await issue();
    const [row] = await inDatabase<{ digest: Buffer }>(
      'SELECT digest FROM api_keys WHERE id = $1',
      [uuidOf(api_key.id)],
    );
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(await codeOf(row?.digest.toString(encoding) ?? '')).toBe('malformed');
    }
  });

  it.each([
    ['revoked', 'revoked_at = now()'],
    ['disabled', 'disabled_at = now()'],
    ['expired', 'expires_at = now()'],
  ])('says %s, with the key', async (code, change) => {
    const { api_key, plaintext_api_key } = await issue();
    await inDatabase(`UPDATE api_keys SET ${change} WHERE id = $1`, [uuidOf(api_key.id)]);
    expect(await verdictOn(plaintext_api_key)).toMatchObject({
      valid: false,
      code,
      api_key: { id: api_key.id, is_active: false },
      rate_limit: null,
    });
  });

  it('sees a revocation with the next request', async () => {
    const { api_key, plaintext_api_key } = await issue();
    expect(await codeOf(plaintext_api_key)).toBe('valid');
    await ask('DELETE', `${organization.path}/api-keys/${api_key.id}`, {
      as: organization.owner.session,
    });
    expect(await codeOf(plaintext_api_key)).toBe('revoked');
  });

  it('tells a resource server of a suspended organization, and finds none that was deleted', async () => {
    const own = await newOrganization();
    const { api_key, plaintext_api_key } = await issue({ scopes: ['introspection'] }, own);
    const verdict = async (as: string) => {
      const { status, body } = await call<Verdict>('POST', VERIFY, {
        as,
        body: { api_key: plaintext_api_key },
      });
      return [status, body.code, body.api_key?.id];
    };
    await inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [own.slug]);
    expect(await verdict(resourceServer())).toEqual([200, 'organization_suspended', api_key.id]);
    expect(await verdict(plaintext_api_key)).toEqual([401, 'unauthorized', undefined]);
    await inDatabase('UPDATE organizations SET deleted_at = now() WHERE slug = $1', [own.slug]);
    expect(await verdict(resourceServer())).toEqual([200, 'not_found', undefined]);
  });

  it('judges scopes by what they stand for, and wants all of them', async () => {
    const fine = await issue({ scopes: ['backups:read', 'members:read'] });
    const coarse = await issue({ scopes: ['read', 'write'] });
    const all = await issue({ scopes: ['*'] });
    const verdicts = async (key: Issued, scopes: readonly string[]) =>
      Promise.all(scopes.map((scope) => codeOf(key.plaintext_api_key, { scope })));
    const [yes, no] = ['valid', 'scope_missing'];
    expect(
      await verdicts(fine, [
        '',
        'backups:read',
        'members:read backups:read',
        '  members:read   backups:read ',
        'backups:write',
        'backups:read backups:write',
        'read',
        '*',
        'BACKUPS:READ',
        'no:such',
      ]),
    ).toEqual([yes, yes, yes, yes, no, no, no, no, no, no]);
    expect(
      await verdicts(coarse, ['members:read', 'members:write', 'read write', 'backups:read', '*']),
    ).toEqual([yes, yes, yes, no, no]);
    expect(
      await verdicts(all, ['backups:write api_keys:write introspection', 'read', '*', 'no:such']),
    ).toEqual([yes, yes, yes, no]);
    const write = await issue({ scopes: ['write'] });
    expect(await verdicts(write, ['members:write', 'members:read'])).toEqual([yes, no]);
  });

  it('knows no scope by what every object has', async () => {
    const { plaintext_api_key: key } = await issue({ scopes: ['*'] });
    for (const scope of ['constructor', 'hasOwnProperty', '__proto__', 'read toString']) {
      expect([scope, await codeOf(key, { scope })]).toEqual([scope, 'scope_missing']);
    }
  });

  it('takes four fine scopes for the coarse one', async () => {
    const parts = ['organizations:read', 'members:read', 'invitations:read', 'projects:read'];
    const { plaintext_api_key } = await issue({ scopes: parts });
    expect(await codeOf(plaintext_api_key, { scope: 'read' })).toBe('valid');
    expect(await codeOf(plaintext_api_key, { scope: 'write' })).toBe('scope_missing');
  });

  it('confines a key to its project, and a key of the organization to its own projects', async () => {
    const [project, other] = [await organization.project(), await organization.project('Other')];
    const elsewhere = await stranger.project();
    const confined = await issue({ project_id: project });
    const wide = await issue();
    const absent = encodeId('project', newId());
    const asked = [undefined, project, other, elsewhere, absent, 'prj_1', '', organization.id];
    const verdicts = (key: Issued) =>
      Promise.all(asked.map((project_id) => codeOf(key.plaintext_api_key, { project_id })));
    const [yes, no] = ['valid', 'project_mismatch'];
    expect({ confined: await verdicts(confined), wide: await verdicts(wide) }).toEqual({
      confined: [yes, yes, no, no, no, no, no, no],
      wide: [yes, yes, yes, no, no, no, no, no],
    });
  });

  it('gives a key of a project nothing that concerns the organization, whatever is stored', async () => {
    const project_id = await organization.project();
    const { api_key, plaintext_api_key } = await issue({ project_id, scopes: ['projects:read'] });
    await inDatabase(`UPDATE api_keys SET scopes = '{*}' WHERE id = $1`, [uuidOf(api_key.id)]);
    const scopes = ['projects:read', 'backups:write', 'members:read', 'introspection', 'read', '*'];
    const codes = await Promise.all(scopes.map((scope) => codeOf(plaintext_api_key, { scope })));
    const [yes, no] = ['valid', 'scope_missing'];
    expect(codes).toEqual([yes, yes, no, no, no, no]);
  });

  it('judges the address that it is told, not the one that asks', async () => {
    const { plaintext_api_key } = await issue({
      ip_allowlist: ['203.0.113.0/24', '2001:db8::/32'],
    });
    const asked = [
      undefined,
      '203.0.113.255',
      '203.0.114.0',
      '::ffff:203.0.113.1',
      '::ffff:cb00:7101',
      '::ffff:203.0.114.1',
      '2001:DB8::1',
      '2001:db9::1',
      '0.0.0.0',
      '::1',
    ];
    const codes = await Promise.all(
      asked.map(async (ip) => {
        const { body } = await call<Verdict>('POST', VERIFY, {
          as: verifier,
          from: '203.0.113.9',
          body: { api_key: plaintext_api_key, ip },
        });
        return body.code;
      }),
    );
    const [yes, no] = ['valid', 'ip_denied'];
    expect(codes).toEqual([no, yes, no, yes, yes, no, yes, no, no, no]);
    expect(await codeOf((await issue()).plaintext_api_key, { ip: '198.51.100.1' })).toBe('valid');
  });

  it.each(['fe80::1%eth0', `fe80::1%${'a'.repeat(37)}`])('takes the address %s', async (ip) => {
    const { plaintext_api_key } = await issue({ ip_allowlist: ['fe80::/10'] });
    expect(await codeOf(plaintext_api_key, { ip })).toBe('valid');
  });

  it('names the first reason in the order of the contract', async () => {
    const own = await newOrganization();
    const { api_key, plaintext_api_key } = await issue(
      { ip_allowlist: ['203.0.113.0/24'], project_id: await own.project() },
      own,
    );
    const id = uuidOf(api_key.id);
    await inDatabase(
      `UPDATE api_keys SET disabled_at = now(), revoked_at = now(), expires_at = now()
        WHERE id = $1`,
      [id],
    );
    await inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [own.slug]);
    const use = { ip: '198.51.100.1', project_id: 'prj_1', scope: 'no:such' };
    const codeFor = async (more: object = {}) => {
      const body = { api_key: plaintext_api_key, ...use, ...more };
      return (await ask<Verdict>('POST', VERIFY, { as: resourceServer(), body })).code;
    };
    const codes = [await codeFor()];
    for (const change of [
      'UPDATE organizations SET suspended_at = NULL FROM api_keys WHERE api_keys.id = $1',
      'UPDATE api_keys SET disabled_at = NULL WHERE id = $1',
      'UPDATE api_keys SET revoked_at = NULL WHERE id = $1',
      'UPDATE api_keys SET expires_at = NULL WHERE id = $1',
    ]) {
      const where = change.includes('FROM') ? ' AND organizations.id = organization_id' : '';
      await inDatabase(change + where, [id]);
      codes.push(await codeFor());
    }
    const ip = '203.0.113.1';
    const { project_id } = api_key;
    codes.push(await codeFor({ ip }), await codeFor({ ip, project_id }));
    codes.push(await codeFor({ ip, project_id, scope: 'backups:read' }));
    expect(codes).toEqual([
      'organization_suspended',
      'disabled',
      'revoked',
      'expired',
      'ip_denied',
      'project_mismatch',
      'scope_missing',
      'valid',
    ]);
  });

  it('notes the use of a valid key, and no other', async () => {
    const [good, bad] = [await issue(), await issue()];
    const lastUse = async ({ api_key }: Issued) => {
      const rows = await inDatabase<{ last_used_at: Date | null }>(
        'SELECT last_used_at FROM api_keys WHERE id = $1',
        [uuidOf(api_key.id)],
      );
      return rows[0]?.last_used_at;
    };
    expect(await codeOf(bad.plaintext_api_key, { scope: 'no:such' })).toBe('scope_missing');
    expect(await codeOf(good.plaintext_api_key)).toBe('valid');
    await until('the use was written', () => lastUse(good));
    // The refused one was asked for before, so it would have been written along.
    expect(await lastUse(bad)).toBeNull();
  });

  it('answers 405 to other methods', async () => {
    const { status, headers } = await call('GET', VERIFY, { as: verifier });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
});
