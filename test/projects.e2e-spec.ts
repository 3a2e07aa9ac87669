import type { ProjectAnswer, ProjectList } from '../src/organizations/projects/projects.dto.js';
import { ask, call, newOrganization } from './support/keycap.js';

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

it('takes the organization of a machine from its credential alone (S29)', async () => {
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
