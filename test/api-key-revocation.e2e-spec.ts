import { encodeId, newId } from '../src/access/ids.js';
import { createKey, type KeyBody, refusalOf } from './support/api-keys.js';
import { TIME } from './support/calendar.js';
import { ask, call, newOrganization, type TestOrganization } from './support/keycap.js';
import { eventsOf } from './support/organizations.js';

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

describe('reading one API key', () => {
  it('works for admins, machines with the scope, and the member who made it', async () => {
    const own = await newOrganization();
    const admin = await own.member('admin');
    const { api_key } = await createKey(own, {}, admin.session);
    const reader = await own.apiKey({ scopes: ['api_keys:read'] });
    const token = await own.token(['api_keys:read']);
    await ask('PATCH', `${own.path}/members/${admin.id}`, {
      as: own.owner.session,
      body: { role: 'member' },
    });
    const path = `${own.path}/api-keys/${api_key.id}`;
    const answers = await Promise.all([
      call('GET', path, { as: own.owner.session }),
      call('GET', `${path}/`, { as: admin.session }),
      call('GET', path, { as: reader.plaintext }),
      call('GET', path, { headers: { 'x-api-key': reader.plaintext } }),
      call('GET', path, { as: token }),
    ]);
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({ status: 200, body: { api_key } });
    }
  });

  it.each(['GET', 'DELETE'] as const)(
    '%s: one answer, byte for byte, for a foreign, an absent and a malformed id',
    async (method) => {
      const stranger = await newOrganization();
      const foreign = await stranger.apiKey();
      const member = await organization.member('member');
      const ofAdmin = await organization.apiKey();
      const machine = await organization.apiKey({ scopes: ['*'] });
      const headers = { 'x-request-id': 'the-same' };
      const attempts: [string, string][] = [
        [organization.owner.session, foreign.id],
        [organization.owner.session, encodeId('apiKey', newId())],
        [organization.owner.session, 'key_1'],
        [organization.owner.session, organization.id],
        [organization.owner.session, `key_${'z'.repeat(26)}`],
        [organization.owner.session, "'; DROP TABLE api_keys --"],
        [machine.plaintext, foreign.id],
        [member.session, ofAdmin.id],
      ];
      for (const [as, id] of attempts) {
        const path = `${organization.path}/api-keys/${encodeURIComponent(id)}`;
        const { status, text } = await call(method, path, { as, headers });
        expect([status, text]).toEqual([
          404,
          '{"error":"api key not found","code":"not_found","request_id":"the-same"}',
        ]);
      }
      expect((await call('GET', '/v1/me', { as: foreign.plaintext })).status).toBe(200);
    },
  );

  it('is refused without the scope, and hidden from strangers', async () => {
    const { id } = await organization.apiKey();
    const writer = await organization.apiKey({ scopes: ['api_keys:write'] });
    const stranger = await newOrganization();
    const path = `${organization.path}/api-keys/${id}`;
    const refusals = await Promise.all(
      [writer.plaintext, stranger.owner.session, (await stranger.apiKey()).plaintext].map(
        async (as) => refusalOf(await call('GET', path, { as })),
      ),
    );
    expect(refusals).toEqual([
      [403, 'insufficient_scope'],
      [404, 'not_found'],
      [404, 'not_found'],
    ]);
  });
});

describe('revoking an API key', () => {
  const revoke = (id: string, as: string) =>
    call<{ revoked: true }>('DELETE', `${organization.path}/api-keys/${id}`, { as });

  it('ends it at once, again and again, and keeps the row', async () => {
    const key = await organization.apiKey();
    expect((await call('GET', '/v1/me', { as: key.plaintext })).status).toBe(200);
    for (let round = 0; round < 2; round++) {
      const { status, text } = await revoke(key.id, organization.owner.session);
      expect([status, text]).toEqual([200, '{"revoked":true}']);
      const used = await call('GET', '/v1/me', { as: key.plaintext });
      expect(refusalOf(used)).toEqual([401, 'unauthorized']);
    }
    const { api_key } = await ask<{ api_key: KeyBody }>(
      'GET',
      `${organization.path}/api-keys/${key.id}`,
      { as: organization.owner.session },
    );
    expect(api_key).toMatchObject({ id: key.id, is_active: false, revoked_at: TIME });
  });

  it('works with a session, a key in either header, and an access token', async () => {
    const admin = await organization.member('admin');
    const writer = await organization.apiKey({ scopes: ['api_keys:write'] });
    const token = await organization.token(['api_keys:write']);
    const revoked = async (options: object) => {
      const { id, plaintext } = await organization.apiKey();
      const { status } = await call('DELETE', `${organization.path}/api-keys/${id}`, options);
      return [status, (await call('GET', '/v1/me', { as: plaintext })).status];
    };
    expect([
      await revoked({ as: admin.session }),
      await revoked({ as: writer.plaintext }),
      await revoked({ headers: { 'x-api-key': writer.plaintext } }),
      await revoked({ as: token }),
    ]).toEqual([
      [200, 401],
      [200, 401],
      [200, 401],
      [200, 401],
    ]);
  });

  it('lets a key end itself, whatever its scopes, also one of a project', async () => {
    const project_id = await organization.project();
    for (const more of [{}, { project_id }]) {
      const key = await organization.apiKey({ scopes: ['credentials:read'], ...more });
      const { status, body } = await revoke(key.id, key.plaintext);
      expect({ status, body }).toEqual({ status: 200, body: { revoked: true } });
      expect(refusalOf(await revoke(key.id, key.plaintext))).toEqual([401, 'unauthorized']);
    }
  });

  it('lets a member end what he made, and nothing else', async () => {
    const admin = await organization.member('admin');
    const { api_key } = await createKey(organization, {}, admin.session);
    await ask('PATCH', `${organization.path}/members/${admin.id}`, {
      as: organization.owner.session,
      body: { role: 'member' },
    });
    const other = await organization.apiKey();
    expect(refusalOf(await revoke(other.id, admin.session))).toEqual([404, 'not_found']);
    expect((await revoke(api_key.id, admin.session)).status).toBe(200);
  });

  it('is refused to other keys and tokens without the scope, whatever the id', async () => {
    const target = await organization.apiKey();
    const project_id = await organization.project();
    const weak = await Promise.all([
      organization.apiKey({ scopes: ['api_keys:read', 'read', 'write'] }),
      organization.apiKey({ scopes: ['credentials:read'], project_id }),
    ]);
    const credentials = [...weak.map(({ plaintext }) => plaintext), await organization.token()];
    for (const as of credentials) {
      for (const id of [target.id, encodeId('apiKey', newId())]) {
        const answer = await revoke(id, as);
        expect(refusalOf(answer)).toEqual([403, 'insufficient_scope']);
        expect(answer.headers.get('www-authenticate')).toBe(
          'Bearer realm="keycap", error="insufficient_scope", scope="api_keys:write"',
        );
      }
    }
    const stranger = await newOrganization();
    expect(refusalOf(await revoke(target.id, stranger.owner.session))).toEqual([404, 'not_found']);
    const foreign = await stranger.apiKey();
    expect(refusalOf(await revoke(target.id, foreign.plaintext))).toEqual([404, 'not_found']);
    expect((await call('GET', '/v1/me', { as: target.plaintext })).status).toBe(200);
  });

  it('is recorded once, of 20 at the same time', async () => {
    const own = await newOrganization();
    const { id } = await own.apiKey();
    const path = `${own.path}/api-keys/${id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('DELETE', path, { as: own.owner.session })),
    );
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(
      Array.from({ length: 20 }, () => '200 {"revoked":true}'),
    );
    await ask('DELETE', path, { as: own.owner.session });
    const audit_events = await eventsOf(own, 'api_key.revoked');
    expect(audit_events.map(({ target_id }) => target_id)).toEqual([id]);
  });

  it('names the key that ended itself', async () => {
    const own = await newOrganization();
    const key = await own.apiKey({ scopes: ['credentials:read'] });
    await ask('DELETE', `${own.path}/api-keys/${key.id}`, { as: key.plaintext });
    const audit_events = await eventsOf(own, 'api_key.revoked');
    expect(audit_events).toMatchObject([
      { actor_kind: 'api_key', actor_id: key.id, target_id: key.id, metadata: { name: 'Test' } },
    ]);
  });
});
