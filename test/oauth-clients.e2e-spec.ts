import type { OAuthClientBody } from '../src/oauth/clients/oauth-clients.dto.js';
import {
  type Answer,
  ask,
  call,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import {
  ClientManagement,
  type IssuedSecret,
  refusalOf,
  tokenStatus,
} from './support/oauth-clients.js';
import { requestToken } from './support/token-endpoint.js';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const REVOKED = { revoked: true };
const FUTURE = '2101-02-03T04:05:06.000Z';

describe('OAuth clients', () => {
  let organization: TestOrganization;
  let clients: ClientManagement;
  let owner: string;
  let path: string;

  beforeAll(async () => {
    organization = await newOrganization();
    clients = new ClientManagement(organization);
    owner = organization.owner.session;
    path = clients.path;
  });

  describe('making one', () => {
    it('answers client and secret, once', async () => {
      const answer = await call<IssuedSecret>('POST', path, {
        as: owner,
        body: { name: 'Sync' },
      });
      const { oauth_client: client, client_secret: secret } = answer.body;
      expect(answer.status).toBe(201);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(client.client_id).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(secret).toMatch(/^[A-Za-z0-9]{128}$/);
      expect(answer.body).toEqual({
        oauth_client: {
          client_id: client.client_id,
          organization_id: organization.id,
          project_id: null,
          name: 'Sync',
          scopes: ['read', 'write'],
          token_format: 'opaque',
          token_ttl_seconds: 36000,
          token_endpoint_auth_method: 'client_secret_basic',
          is_active: true,
          created_at: expect.stringMatching(RFC_3339) as unknown,
          created_by_user_id: organization.owner.id,
          last_used_at: null,
          jwks: null,
          jwks_uri: null,
          ip_allowlist: null,
          resources: [],
          max_tokens_per_hour: null,
          reuse_tokens: false,
        },
        client_secret: secret,
        basic_credential: Buffer.from(`${client.client_id}:${secret}`).toString('base64'),
        secret: {
          id: expect.stringMatching(/^sec_[0-9a-z]{26}$/) as unknown,
          label: null,
          hint: secret.slice(-4),
          created_at: expect.stringMatching(RFC_3339) as unknown,
          expires_at: null,
          last_used_at: null,
          last_used_ip: null,
          safe_to_delete: false,
        },
      });
      const again = await call('GET', `${path}/${client.client_id}`, { as: owner });
      expect(again.text).toBe(JSON.stringify({ oauth_client: client }));
      const list = await call('GET', `${path}/${client.client_id}/secrets`, { as: owner });
      expect(list.text).toBe(
        JSON.stringify({ client_secrets: [answer.body.secret], next_cursor: null }),
      );
    });

    it('takes every setting', async () => {
      const project_id = await organization.project();
      const { oauth_client } = await clients.create({
        name: 'Ünïcode 名前 🔑',
        scopes: ['projects:read', 'jobs:read', 'projects:read'],
        token_ttl_seconds: 60,
        project_id,
        token_format: 'opaque',
        token_endpoint_auth_method: 'client_secret_basic',
      });
      expect(oauth_client).toMatchObject({
        name: 'Ünïcode 名前 🔑',
        scopes: ['projects:read', 'jobs:read'],
        token_ttl_seconds: 60,
        project_id,
      });
    });

    it('gives a client of a project what a project allows', async () => {
      const project_id = await organization.project();
      const { oauth_client } = await clients.create({ project_id });
      expect(oauth_client.scopes).toEqual(['projects:read']);
      const { body } = await call('POST', path, {
        as: owner,
        body: { name: 'Sync', project_id, scopes: ['projects:read', 'read', 'introspection'] },
      });
      expect(body).toMatchObject({
        code: 'scope_not_allowed_for_project_key',
        fields: {
          scopes: [expect.stringContaining('read'), expect.stringContaining('introspection')],
        },
      });
    });

    it.each([
      [{}, 'name'],
      [{ name: '' }, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: 7 }, 'name'],
      [{ name: 'Sync', scopes: [] }, 'scopes'],
      [{ name: 'Sync', scopes: 'read' }, 'scopes'],
      [{ name: 'Sync', scopes: [1] }, 'scopes'],
      [{ name: 'Sync', token_ttl_seconds: 59 }, 'token_ttl_seconds'],
      [{ name: 'Sync', token_ttl_seconds: 86401 }, 'token_ttl_seconds'],
      [{ name: 'Sync', token_ttl_seconds: 60.5 }, 'token_ttl_seconds'],
      [{ name: 'Sync', token_ttl_seconds: '3600' }, 'token_ttl_seconds'],
      [{ name: 'Sync', project_id: 7 }, 'project_id'],
      [{ name: 'Sync', token_format: 'saml' }, 'token_format'],
      [{ name: 'Sync', token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
      [{ name: 'Sync', client_secret: 'x'.repeat(128) }, 'client_secret'],
      [{ name: 'Sync', is_active: false }, 'is_active'],
    ])('refuses %j', async (body, field) => {
      const answer = await call('POST', path, { as: owner, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
      expect(Object.keys(answer.body.fields ?? {})).toEqual([field]);
    });

    it('refuses scopes and projects that are not there', async () => {
      const attempt = (more: object): Promise<string> =>
        refusalOf(call('POST', path, { as: owner, body: { name: 'Sync', ...more } }));
      const foreign = await (await newOrganization()).project();
      expect(await attempt({ scopes: ['read', 'nonsense'] })).toBe('400 invalid_scope');
      expect(await attempt({ scopes: ['READ'] })).toBe('400 invalid_scope');
      expect(await attempt({ project_id: foreign })).toBe('404 project_not_found');
      expect(await attempt({ project_id: 'prj_x' })).toBe('404 project_not_found');
      expect(await attempt({ project_id: organization.id })).toBe('404 project_not_found');
    });

    it('lets nobody hand out more than he holds', async () => {
      const key = await organization.apiKey({ scopes: ['oauth_clients:write', 'read'] });
      const attempt = (scopes?: string[]): Promise<Answer<unknown>> =>
        call('POST', path, { as: key.plaintext, body: { name: 'Sync', scopes } });
      expect(await refusalOf(attempt(['write']))).toBe('403 scope_exceeds_creator');
      expect(await refusalOf(attempt(['read', '*']))).toBe('403 scope_exceeds_creator');
      expect(await refusalOf(attempt())).toBe('403 scope_exceeds_creator');
      expect((await attempt(['read', 'members:read'])).status).toBe(201);
      const all = ['organizations:read', 'members:read', 'invitations:read', 'projects:read'];
      const fine = await organization.apiKey({ scopes: ['oauth_clients:write', ...all] });
      const made = await call<IssuedSecret>('POST', path, {
        as: fine.plaintext,
        body: { name: 'Sync', scopes: ['read'] },
      });
      expect(made.status).toBe(201);
      expect(made.body.oauth_client.created_by_user_id).toBeNull();
    });

    it('lets no key make what outlives it, or reaches further', async () => {
      const keyWith = async (more: object): Promise<string> => {
        const made = await ask<{ plaintext_api_key: string }>(
          'POST',
          `${organization.path}/api-keys`,
          { as: owner, body: { name: 'Bound', scopes: ['*'], ...more }, expect: 201 },
        );
        return made.plaintext_api_key;
      };
      const as = await keyWith({ expires_at: FUTURE });
      const issued = await clients.create({}, as);
      expect(issued.secret.expires_at).toBe(FUTURE);
      const later = clients.addSecret(issued, { expires_at: '2101-02-03T04:05:07Z' }, as);
      expect(await refusalOf(later)).toBe('403 scope_exceeds_creator');
      const sooner = await clients.addSecret(issued, { expires_at: '2031-02-03T04:05:06Z' }, as);
      expect(sooner.body.secret.expires_at).toBe('2031-02-03T04:05:06.000Z');

      const local = await keyWith({ ip_allowlist: ['10.0.0.0/8'] });
      const confined = await clients.create({}, local);
      expect(confined.oauth_client.ip_allowlist).toEqual(['10.0.0.0/8']);
      const body = { name: 'Sync', ip_allowlist: ['10.0.0.0/7'] };
      const made = call('POST', path, { as: local, body });
      expect(await refusalOf(made)).toBe('403 scope_exceeds_creator');
    });
  });

  describe('who may', () => {
    it('manage them: owners, admins, and machines with the scope', async () => {
      const { oauth_client } = await clients.create();
      const clientPath = `${path}/${oauth_client.client_id}`;
      const admin = await organization.member('admin');
      const member = await organization.member('member');
      const stranger = await newOrganization();
      const reader = await organization.token(['oauth_clients:read']);
      const writer = await organization.token(['oauth_clients:write', 'read', 'write']);
      const key = await organization.apiKey({ scopes: ['oauth_clients:read'] });

      const attempts = (as?: string): Promise<number[]> =>
        Promise.all([
          call('GET', path, { as }),
          call('POST', path, { as, body: { name: 'Sync' } }),
          call('GET', clientPath, { as }),
          call('PATCH', clientPath, { as, body: { name: 'Sync' } }),
          call('GET', `${clientPath}/secrets`, { as }),
          call('DELETE', `${clientPath}/secrets/sec_x`, { as }),
        ]).then((answers) => answers.map(({ status }) => status));
      const mayAll = [200, 201, 200, 200, 200, 404];
      expect(await attempts(owner)).toEqual(mayAll);
      expect(await attempts(admin.session)).toEqual(mayAll);
      expect(await attempts(member.session)).toEqual([403, 403, 403, 403, 403, 403]);
      expect(await attempts(stranger.owner.session)).toEqual([404, 404, 404, 404, 404, 404]);
      expect(await attempts(reader)).toEqual([200, 403, 200, 403, 200, 403]);
      expect(await attempts(key.plaintext)).toEqual([200, 403, 200, 403, 200, 403]);
      expect(await attempts(writer)).toEqual([403, 201, 403, 200, 403, 404]);
      expect(await attempts()).toEqual([401, 401, 401, 401, 401, 401]);
    });

    it('see them: nobody of another organization, by whatever path', async () => {
      const issued = await clients.create();
      const foreign = await newOrganization();
      const through = `${foreign.path}/oauth-clients/${issued.oauth_client.client_id}`;
      const as = foreign.owner.session;
      const answers = await Promise.all([
        call('GET', through, { as }),
        call('PATCH', through, { as, body: { name: 'Mine' } }),
        call('DELETE', through, { as }),
        call('GET', `${through}/secrets`, { as }),
        call('POST', `${through}/secrets`, { as, body: {} }),
        call('DELETE', `${through}/secrets/${issued.secret.id}`, { as }),
        call('GET', `${foreign.path}/oauth-clients/${'x'.repeat(40)}`, { as }),
        call('GET', `${foreign.path}/oauth-clients/x`, { as }),
        call('GET', `${foreign.path}/oauth-clients/${'%F0%9F%94%91'.repeat(10)}`, { as }),
      ]);
      for (const { status, body } of answers) {
        expect({ status, error: body.error, code: body.code }).toEqual({
          status: 404,
          error: 'oauth client not found',
          code: 'not_found',
        });
      }
      expect(await tokenStatus(issued)).toBe(200);
    });
  });

  it('lists them, newest first, in pages', async () => {
    const its = await newOrganization();
    const as = its.owner.session;
    const list = `${its.path}/oauth-clients`;
    expect(await ask('GET', list, { as })).toEqual({ oauth_clients: [], next_cursor: null });
    const ids: string[] = [];
    for (let index = 0; index < 3; index++) ids.unshift((await its.client()).id);
    interface Page {
      oauth_clients: OAuthClientBody[];
      next_cursor: string | null;
    }
    const all = await ask<Page>('GET', list, { as });
    expect(all.oauth_clients.map(({ client_id }) => client_id)).toEqual(ids);
    expect(all.next_cursor).toBeNull();
    const first = await ask<Page>('GET', `${list}?limit=2`, { as });
    expect(first.oauth_clients.map(({ client_id }) => client_id)).toEqual(ids.slice(0, 2));
    await its.client();
    const second = await ask<Page>('GET', `${list}?limit=2&cursor=${String(first.next_cursor)}`, {
      as,
    });
    expect(second).toEqual({ oauth_clients: [all.oauth_clients[2]], next_cursor: null });
    expect(
      (await call('GET', `${path}?cursor=${String(first.next_cursor)}`, { as: owner })).status,
    ).toBe(400);
    expect((await call('GET', `${list}?limit=501`, { as })).status).toBe(400);
    expect((await call('GET', `${list}?page=2`, { as })).status).toBe(400);
  });

  describe('changing one', () => {
    it('takes name, scopes, lifetime and state, and leaves the rest', async () => {
      const issued = await clients.create();
      const patch = { name: 'Renamed', scopes: ['read'], token_ttl_seconds: 120, is_active: false };
      const expected = { oauth_client: { ...issued.oauth_client, ...patch } };
      expect(await ask('PATCH', clients.pathOf(issued), { as: owner, body: patch })).toEqual(
        expected,
      );
      expect(await clients.get(issued)).toEqual(expected);
      const untouched = await ask('PATCH', clients.pathOf(issued), { as: owner, body: {} });
      expect(untouched).toEqual(expected);
    });

    it.each([
      { name: null },
      { name: '' },
      { scopes: [] },
      { scopes: null },
      { token_ttl_seconds: 1 },
      { is_active: 'false' },
      { is_active: null },
      { project_id: null },
      { token_format: 'saml' },
      { colour: 'red' },
    ])('refuses %j', async (body) => {
      const issued = await clients.create();
      const answer = await call('PATCH', clients.pathOf(issued), { as: owner, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
      expect(Object.keys(answer.body.fields ?? {})).toEqual(Object.keys(body));
    });

    it('keeps a client of a project within it', async () => {
      const issued = await clients.create({ project_id: await organization.project() });
      const attempt = (scopes: string[]): Promise<string> =>
        refusalOf(call('PATCH', clients.pathOf(issued), { as: owner, body: { scopes } }));
      expect(await attempt(['members:read'])).toBe('400 scope_not_allowed_for_project_key');
      expect(await attempt(['nonsense'])).toBe('400 invalid_scope');
    });

    it('needs what it gives: widening and enabling, not narrowing', async () => {
      const issued = await clients.create({ scopes: ['read', 'api_keys:read', 'jobs:read'] });
      const key = await organization.apiKey({ scopes: ['oauth_clients:write', 'api_keys:read'] });
      const change = (body: object): Promise<Answer<unknown>> =>
        call('PATCH', clients.pathOf(issued), { as: key.plaintext, body });
      expect(await refusalOf(change({ scopes: ['read', 'write'] }))).toBe(
        '403 scope_exceeds_creator',
      );
      expect(await refusalOf(change({ scopes: ['*'] }))).toBe('403 scope_exceeds_creator');
      expect((await change({ scopes: ['members:read', 'jobs:read'] })).status).toBe(200);
      expect((await change({ scopes: ['jobs:read', 'api_keys:read'] })).status).toBe(200);
      expect((await change({ is_active: false })).status).toBe(200);
      expect(await refusalOf(change({ is_active: true }))).toBe('403 scope_exceeds_creator');
      expect(await refusalOf(change({ scopes: ['read'] }))).toBe('403 scope_exceeds_creator');
      expect((await change({ scopes: ['api_keys:read'], is_active: true })).status).toBe(200);
    });

    it('needs what it prolongs: all that the tokens can do, to let them live longer', async () => {
      const issued = await clients.create({ scopes: ['read', 'api_keys:read'] });
      const poor = await organization.apiKey({ scopes: ['oauth_clients:write', 'api_keys:read'] });
      const rich = await organization.apiKey({
        scopes: ['oauth_clients:write', 'api_keys:read', 'read'],
      });
      const change = (as: string, body: object): Promise<Answer<unknown>> =>
        call('PATCH', clients.pathOf(issued), { as, body });
      expect(await refusalOf(change(poor.plaintext, { token_ttl_seconds: 36_001 }))).toBe(
        '403 scope_exceeds_creator',
      );
      expect((await change(poor.plaintext, { token_ttl_seconds: 36_000 })).status).toBe(200);
      expect((await change(poor.plaintext, { token_ttl_seconds: 60 })).status).toBe(200);
      expect(await refusalOf(change(poor.plaintext, { token_ttl_seconds: 61 }))).toBe(
        '403 scope_exceeds_creator',
      );
      expect((await change(rich.plaintext, { token_ttl_seconds: 86_400 })).status).toBe(200);
      const narrowed = { scopes: ['api_keys:read'], token_ttl_seconds: 86_400 };
      expect((await change(poor.plaintext, narrowed)).status).toBe(200);
    });

    it('is nothing that a client does to itself', async () => {
      const issued = await clients.create({ scopes: ['*'] });
      const token = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
      const as = token.body.access_token;
      const body = { token_ttl_seconds: 86400 };
      expect(await refusalOf(call('PATCH', clients.pathOf(issued), { as, body }))).toBe(
        '403 cannot_change_itself',
      );
      const other = await clients.create();
      expect((await call('PATCH', clients.pathOf(other), { as, body })).status).toBe(200);
    });

    it('disables it, its secrets and its tokens until it is enabled', async () => {
      const issued = await clients.create();
      const { body } = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
      const use = async (): Promise<number[]> => [
        await tokenStatus(issued),
        (await call('GET', organization.path, { as: body.access_token })).status,
      ];
      expect(await use()).toEqual([200, 200]);
      await ask('PATCH', clients.pathOf(issued), { as: owner, body: { is_active: false } });
      expect(await use()).toEqual([401, 401]);
      await ask('PATCH', clients.pathOf(issued), { as: owner, body: { is_active: true } });
      expect(await use()).toEqual([200, 200]);
    });
  });

  it('deletes one with its secrets and tokens, at once, and then knows it no more', async () => {
    const issued = await clients.create();
    const { body } = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
    const as = owner;
    expect(await ask('DELETE', clients.pathOf(issued), { as })).toEqual(REVOKED);
    expect(await tokenStatus(issued)).toBe(401);
    expect((await call('GET', organization.path, { as: body.access_token })).status).toBe(401);
    const clientPath = clients.pathOf(issued);
    expect(await refusalOf(call('DELETE', clientPath, { as }))).toBe('404 not_found');
    expect(await refusalOf(call('GET', clientPath, { as }))).toBe('404 not_found');
    expect(await refusalOf(call('PATCH', clientPath, { as, body: {} }))).toBe('404 not_found');
    expect(await refusalOf(call('GET', `${clientPath}/secrets`, { as }))).toBe('404 not_found');
    expect(await refusalOf(clients.addSecret(issued))).toBe('404 not_found');
    const secret = `${clientPath}/secrets/${issued.secret.id}`;
    expect(await refusalOf(call('DELETE', secret, { as }))).toBe('404 not_found');
    const list = await call('GET', path, { as });
    expect(list.text).not.toContain(issued.oauth_client.client_id);
  });

  it('deletes one once, however many ask', async () => {
    const issued = await clients.create();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('DELETE', clients.pathOf(issued), { as: owner })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
    const actions = (await clients.eventsOf(issued)).map(({ action }) => action);
    expect(actions).toEqual(['oauth_client.created', 'oauth_client.deleted']);
  });

  it('leaves a trace of every change, and of no secret', async () => {
    const project_id = await organization.project();
    const issued = await clients.create({ project_id });
    const clientPath = clients.pathOf(issued);
    await ask('PATCH', clientPath, { as: owner, body: { name: 'Renamed', is_active: true } });
    await ask('PATCH', clientPath, { as: owner, body: { name: 'Renamed' } });
    await requestToken({ authorization: `Basic ${issued.basic_credential}` });
    const { body: second } = await clients.addSecret(issued, { label: 'second' });
    await ask('DELETE', `${clientPath}/secrets/${issued.secret.id}`, { as: owner });
    await ask('DELETE', clientPath, { as: owner });

    const events = await clients.eventsOf(issued);
    expect(events.map(({ action, metadata }) => [action, metadata])).toEqual([
      [
        'oauth_client.created',
        {
          name: 'Sync',
          scopes: ['projects:read'],
          token_format: 'opaque',
          token_ttl_seconds: 36000,
          token_endpoint_auth_method: 'client_secret_basic',
          jwks: null,
          jwks_uri: null,
          ip_allowlist: null,
          resources: [],
          max_tokens_per_hour: null,
          reuse_tokens: false,
          is_active: true,
          project_id,
        },
      ],
      ['oauth_client.updated', { name: { before: 'Sync', after: 'Renamed' } }],
      [
        'oauth_client.secret_added',
        {
          secret_id: second.secret.id,
          label: 'second',
          hint: second.secret.hint,
          expires_at: null,
        },
      ],
      [
        'oauth_client.secret_revoked',
        { secret_id: issued.secret.id, label: null, hint: issued.secret.hint, expires_at: null },
      ],
      ['oauth_client.deleted', { name: 'Renamed' }],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ actor_id: organization.owner.id, project_id });
    }
    const text = JSON.stringify(events);
    expect(text).not.toContain(issued.client_secret);
    expect(text).not.toContain(second.client_secret);
  });

  it('names the client as the actor of what its token does', async () => {
    const maker = await clients.create({ scopes: ['*'] });
    const token = await requestToken({ authorization: `Basic ${maker.basic_credential}` });
    const made = await clients.create({}, token.body.access_token);
    const [event] = await clients.eventsOf(made);
    expect(event).toMatchObject({
      action: 'oauth_client.created',
      actor_kind: 'oauth_client',
      actor_id: maker.oauth_client.client_id,
    });
  });
});
