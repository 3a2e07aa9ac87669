import type { OAuthClientList } from '../src/oauth/clients/oauth-clients.dto.js';
import type { ListedUserList } from '../src/operators/users.dto.js';
import type { InvitationList } from '../src/organizations/invitations/invitations.dto.js';
import type { ProjectList } from '../src/organizations/projects/projects.dto.js';
import { invite } from './support/invitations.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, newOrganization, newPerson, randomText } from './support/keycap.js';
import { outcomeOf } from './support/organizations.js';
import { mustOperate, operate } from './support/operator.js';

/** What has a special meaning in a pattern of SQL means itself. */
const NAMES = ['100% of A_B', '100 of A-B', 'back\\slash'] as const;
const [PERCENT, PLAIN, BACKSLASH] = NAMES;
const SEARCHES: readonly (readonly [q: string, found: readonly string[]])[] = [
  ['OF a', [PLAIN, PERCENT]],
  ['%', [PERCENT]],
  ['a_b', [PERCENT]],
  ['\\', [BACKSLASH]],
  ['nothing like it', []],
];

let organization: TestOrganization;
let as: string;

beforeAll(async () => {
  organization = await newOrganization();
  as = organization.owner.session;
});

describe('the list of OAuth clients', () => {
  let project: string;
  let other: string;

  beforeAll(async () => {
    [project, other] = [await organization.project(), await organization.project()];
    for (const [index, name] of NAMES.entries()) {
      const path = `${organization.path}/oauth-clients`;
      const body = { name, ...(index > 0 && { project_id: project }) };
      const { oauth_client: made } = await ask<{ oauth_client: { client_id: string } }>(
        'POST',
        path,
        { as, body, expect: 201 },
      );
      const patch = { is_active: false };
      if (name === BACKSLASH) await ask('PATCH', `${path}/${made.client_id}`, { as, body: patch });
    }
  });

  const namesOf = async (query: string): Promise<string[]> => {
    const path = `${organization.path}/oauth-clients?${query}`;
    const { oauth_clients: clients } = await ask<OAuthClientList>('GET', path, { as });
    return clients.map(({ name }) => name);
  };

  it.each(SEARCHES)('finds by %j in the name, in any case', async (q, found) => {
    expect(await namesOf(`q=${encodeURIComponent(q)}`)).toEqual(found);
  });

  it('is narrowed by project and by whether they are active, all at once and in pages', async () => {
    expect(await namesOf(`project_id=${project}`)).toEqual([BACKSLASH, PLAIN]);
    expect(await namesOf(`project_id=${other}`)).toEqual([]);
    expect(await namesOf('is_active=true')).toEqual([PLAIN, PERCENT]);
    expect(await namesOf('is_active=false')).toEqual([BACKSLASH]);
    expect(await namesOf(`project_id=${project}&is_active=true&q=of`)).toEqual([PLAIN]);
    const path = `${organization.path}/oauth-clients?is_active=true&limit=1`;
    const first = await ask<OAuthClientList>('GET', path, { as });
    expect(first.oauth_clients.map(({ name }) => name)).toEqual([PLAIN]);
    const rest = `is_active=true&limit=1&cursor=${first.next_cursor!}`;
    expect(await namesOf(rest)).toEqual([PERCENT]);
  });

  it.each([
    ['q=', '400 validation_error'],
    [`q=${'x'.repeat(101)}`, '400 validation_error'],
    ['is_active=1', '400 validation_error'],
    ['project_id=prj_1', '404 project_not_found'],
    ['project_id=', '404 project_not_found'],
  ])('refuses ?%s', async (query, expected) => {
    const answer = await call('GET', `${organization.path}/oauth-clients?${query}`, { as });
    expect(outcomeOf(answer)).toBe(expected);
  });

  it("knows no other organization's project", async () => {
    const foreign = await (await newOrganization()).project();
    const path = `${organization.path}/oauth-clients?project_id=${foreign}`;
    expect(outcomeOf(await call('GET', path, { as }))).toBe('404 project_not_found');
  });
});

describe('the list of projects', () => {
  let its: TestOrganization;

  beforeAll(async () => {
    its = await newOrganization();
    for (const name of NAMES) await its.project(name);
  });

  const namesOf = async (q: string, who = its.owner.session): Promise<string[]> => {
    const path = `/v1/projects?organization_id=${its.id}&q=${encodeURIComponent(q)}`;
    return (await ask<ProjectList>('GET', path, { as: who })).projects.map(({ name }) => name);
  };

  it.each(SEARCHES)('finds by %j in the name, in any case', async (q, found) => {
    expect(await namesOf(q)).toEqual(found);
  });

  it('finds by the slug, for a credential of a project that one alone', async () => {
    const id = await its.project('Zürich');
    const { project } = await ask<{ project: { slug: string } }>('GET', `/v1/projects/${id}`, {
      as: its.owner.session,
    });
    expect(await namesOf(project.slug.toUpperCase())).toEqual(['Zürich']);
    const { plaintext } = await its.apiKey({ project_id: id, scopes: ['projects:read'] });
    expect(await namesOf('r', plaintext)).toEqual(['Zürich']);
    expect(await namesOf('100', plaintext)).toEqual([]);
  });

  it('refuses an empty text', async () => {
    const path = `/v1/projects?organization_id=${its.id}&q=`;
    expect((await call('GET', path, { as: its.owner.session })).status).toBe(400);
  });
});

describe('the list of invitations', () => {
  it('finds by part of an address, together with a status', async () => {
    const mark = randomText();
    const emails = [`a_${mark}@keycap.test`, `ab${mark}@keycap.test`] as const;
    const [first] = [
      await invite(organization, { email: emails[0] }),
      await invite(organization, { email: emails[1] }),
    ];
    await ask('DELETE', `${organization.path}/invitations/${first.id}`, { as });
    const found = async (query: string): Promise<string[]> => {
      const path = `${organization.path}/invitations?${query}`;
      const { invitations } = await ask<InvitationList>('GET', path, { as });
      return invitations.map(({ email }) => email);
    };
    expect(await found(`q=${mark.toUpperCase()}`)).toEqual([emails[1], emails[0]]);
    expect(await found(`q=A_${mark}`)).toEqual([emails[0]]);
    expect(await found(`q=${mark}&status=pending`)).toEqual([emails[1]]);
    expect(await found('q=%25')).toEqual([]);
    const refused = await call('GET', `${organization.path}/invitations?q=`, { as });
    expect(outcomeOf(refused)).toBe('400 validation_error');
  });
});

it('the list of all people is narrowed by whether they are disabled', async () => {
  const [active, disabled] = [await newPerson(), await newPerson()];
  await mustOperate('POST', `/users/${disabled.id}/disable`);
  const found = async (query: string): Promise<string[]> => {
    const { users } = await mustOperate<ListedUserList>('GET', `/users?${query}`);
    return users.map(({ id }) => id);
  };
  const byEither = async (status: string): Promise<string[]> => [
    ...(await found(`status=${status}&q=${active.email}`)),
    ...(await found(`status=${status}&q=${disabled.email}`)),
  ];
  expect(await byEither('active')).toEqual([active.id]);
  expect(await byEither('disabled')).toEqual([disabled.id]);
  expect(outcomeOf(await operate('GET', '/users?status=asleep'))).toBe('400 validation_error');
});
