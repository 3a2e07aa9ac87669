import type { ProjectAnswer, ProjectList } from '../src/organizations/projects/projects.dto.js';
import { ask, call, newOrganization } from './support/keycap.js';
import { eventsOf, outcomeOf } from './support/organizations.js';

it('creates, lists and reads projects', async () => {
  const org = await newOrganization();
  const as = org.owner.session;
  const { project } = await ask<ProjectAnswer>('POST', '/v1/projects', {
    as,
    body: { organization_id: org.id, name: 'Production' },
    expect: 201,
  });
  expect(project).toEqual({
    id: expect.stringMatching(/^prj_/),
    organization_id: org.id,
    name: 'Production',
    slug: 'production',
    created_at: expect.stringMatching(/Z$/),
    updated_at: project.created_at,
  });
  const newer = await org.project('Staging');
  const list = await ask<ProjectList>('GET', `/v1/projects?organization_id=${org.id}`, { as });
  expect(list.projects.map(({ id }) => id)).toEqual([newer, project.id]);
  expect(list.next_cursor).toBeNull();
  expect(await ask('GET', `/v1/projects/${project.id}`, { as })).toEqual({ project });
});

it('is read by members and created by admins; machines need the scope', async () => {
  const org = await newOrganization();
  const id = await org.project();
  const member = await org.member('member');
  const [reader, writer] = await Promise.all([org.token(['read']), org.token(['write'])]);
  const create = (as: string) =>
    call('POST', '/v1/projects', { as, body: { organization_id: org.id, name: 'Another' } });

  for (const as of [member.session, reader]) {
    await ask('GET', `/v1/projects/${id}`, { as });
    expect((await create(as)).status).toBe(403);
  }
  expect((await create(writer)).status).toBe(201);
  expect((await call('GET', `/v1/projects/${id}`, { as: writer })).status).toBe(403);
});

it('S29, A26: takes the organization of a machine from its credential alone', async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const as = (await org.apiKey()).plaintext;
  const own = await ask<ProjectAnswer>('POST', '/v1/projects', {
    as,
    body: { name: 'Own' },
    expect: 201,
  });
  expect(own.project.organization_id).toBe(org.id);
  const foreign = await call('POST', '/v1/projects', {
    as,
    body: { name: 'Foreign', organization_id: other.id },
  });
  expect([foreign.status, foreign.body.error]).toEqual([404, 'organization not found']);
});

it('needs the organization to be named by a person', async () => {
  const org = await newOrganization();
  const answer = await call('GET', '/v1/projects', { as: org.owner.session });
  expect([answer.status, answer.body.fields]).toEqual([
    400,
    { organization_id: ['organization_id is required'] },
  ]);
});

it("S28 A27: hides another organization's project as if there were none", async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const id = await org.project();
  for (const as of [other.owner.session, (await other.apiKey()).plaintext, await other.token()]) {
    for (const wanted of [id, 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe', 'nonsense']) {
      const { status, body } = await call('GET', `/v1/projects/${wanted}`, { as });
      expect([status, { ...body, request_id: '' }]).toEqual([
        404,
        { error: 'project not found', code: 'project_not_found', request_id: '' },
      ]);
    }
  }
});

it('confines a credential of a project to it', async () => {
  const org = await newOrganization();
  const [own, other] = [await org.project('Own'), await org.project('Other')];
  const scopes = ['projects:read', 'projects:write'];
  const as = (await org.apiKey({ scopes, project_id: own })).plaintext;
  const list = await ask<ProjectList>('GET', '/v1/projects', { as });
  expect(list.projects.map(({ id }) => id)).toEqual([own]);
  await ask('GET', `/v1/projects/${own}`, { as });
  expect((await call('GET', `/v1/projects/${other}`, { as })).status).toBe(404);
  const create = await call('POST', '/v1/projects', { as, body: { name: 'New' } });
  expect([create.status, create.body.code]).toEqual([403, 'confined_to_project']);
});

it('refuses a slug that the organization uses already', async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const create = (where: typeof org) =>
    call('POST', '/v1/projects', {
      as: where.owner.session,
      body: { organization_id: where.id, name: 'Web', slug: 'web' },
    });
  expect((await create(org)).status).toBe(201);
  const again = await create(org);
  expect([again.status, again.body.code]).toEqual([409, 'slug_taken']);
  expect((await create(other)).status).toBe(201);
});

describe('changing a project', () => {
  const change = (id: string, as: string, body: object) =>
    call<ProjectAnswer & { code: string }>('PATCH', `/v1/projects/${id}`, { as, body });

  it('renames it, records it, and does nothing where nothing is new', async () => {
    const org = await newOrganization();
    const id = await org.project('Old');
    const body = { name: 'New', slug: 'new-one' };
    const first = await change(id, (await org.member('admin')).session, body);
    expect([first.status, first.body.project.name, first.body.project.slug]).toEqual([
      200,
      'New',
      'new-one',
    ]);
    expect((await change(id, await org.token(['write']), body)).body).toEqual(first.body);
    const events = await eventsOf(org, 'project.updated');
    expect(events.map(({ project_id, metadata }) => [project_id, metadata])).toEqual([
      [id, { before: { name: 'Old', slug: 'old' }, after: body }],
    ]);
  });

  it('refuses what is taken, reserved or null, and who may not', async () => {
    const org = await newOrganization();
    const [id] = [await org.project('One'), await org.project('Two')];
    const as = org.owner.session;
    expect(outcomeOf(await change(id, as, { slug: 'two' }))).toBe('409 slug_taken');
    for (const body of [{ slug: 'admin' }, { name: null }, { slug: null }, { id: 'prj_1' }]) {
      expect(outcomeOf(await change(id, as, body))).toBe('400 validation_error');
    }
    const member = await org.member('member');
    const stranger = await newOrganization();
    expect([
      outcomeOf(await change(id, member.session, { name: 'X' })),
      outcomeOf(await change(id, await org.token(['read']), { name: 'X' })),
      outcomeOf(await change(id, stranger.owner.session, { name: 'X' })),
      outcomeOf(await change(id, (await stranger.apiKey()).plaintext, { name: 'X' })),
    ]).toEqual([
      '403 insufficient_role',
      '403 insufficient_scope',
      '404 project_not_found',
      '404 project_not_found',
    ]);
  });
});

describe('deleting a project', () => {
  const remove = (id: string, as: string) => call('DELETE', `/v1/projects/${id}`, { as });

  it('ends its keys, clients and tokens at once, and nothing else', async () => {
    const org = await newOrganization();
    const [id, other] = [await org.project('Web'), await org.project('Other')];
    const scopes = ['projects:read'];
    const make = async (project_id: string) => {
      const { plaintext } = await org.apiKey({ scopes, project_id });
      const client = await org.client({ scopes, project_id });
      const form = { grant_type: 'client_credentials' };
      const as = `Basic ${client.basicCredential}`;
      const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
        as,
        form,
      });
      return async () => [
        (await call('GET', '/v1/me', { as: plaintext })).status,
        (await call('GET', '/v1/me', { as: access_token })).status,
        (await call('POST', '/o/token/', { as, form })).status,
      ];
    };
    const [own, others] = [await make(id), await make(other)];
    expect([await own(), await others()]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
    ]);

    const answer = await remove(id, org.owner.session);
    expect([answer.status, answer.body]).toEqual([200, { deleted: true }]);
    expect([await own(), await others()]).toEqual([
      [401, 401, 401],
      [200, 200, 200],
    ]);
    const [event] = await eventsOf(org, 'project.deleted');
    expect(event).toMatchObject({ target_id: id, metadata: { name: 'Web', slug: 'web' } });
    expect((await eventsOf(org, 'api_key.revoked'))[0]?.metadata).toMatchObject({
      cause: 'project_deleted',
    });
  });

  it('A28: leaves nothing to be found, and its slug but not its id is free again', async () => {
    const org = await newOrganization();
    const as = org.owner.session;
    const id = await org.project('Web');
    expect((await remove(id, as)).status).toBe(200);
    const body = { name: 'K', scopes: ['projects:read'], project_id: id };
    const outcomes = [
      await remove(id, as),
      await call('GET', `/v1/projects/${id}`, { as }),
      await call('PATCH', `/v1/projects/${id}`, { as, body: { name: 'X' } }),
      await call('POST', `${org.path}/api-keys`, { as, body }),
      await call('POST', `${org.path}/oauth-clients`, { as, body }),
    ].map(outcomeOf);
    expect(outcomes).toEqual(outcomes.map(() => '404 project_not_found'));
    const create = (more: object) =>
      call('POST', '/v1/projects', {
        as,
        body: { organization_id: org.id, name: 'Web', slug: 'web', ...more },
      });
    expect(outcomeOf(await create({ id }))).toBe('400 validation_error');
    expect((await create({})).status).toBe(201);
  });

  it('A27: a credential of a project neither sees another one nor deletes its own', async () => {
    const org = await newOrganization();
    const [own, other] = [await org.project('Own'), await org.project('Other')];
    const scopes = ['projects:read', 'projects:write'];
    const as = (await org.apiKey({ scopes, project_id: own })).plaintext;
    expect([
      outcomeOf(await remove(other, as)),
      outcomeOf(await call('PATCH', `/v1/projects/${other}`, { as, body: { name: 'X' } })),
      outcomeOf(await remove(own, as)),
      outcomeOf(await call('PATCH', `/v1/projects/${own}`, { as, body: { name: 'Mine' } })),
    ]).toEqual([
      '404 project_not_found',
      '404 project_not_found',
      '403 confined_to_project',
      '200',
    ]);
  });
});
