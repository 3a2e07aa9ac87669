import type { MeAnswer } from '../src/organizations/me.dto.js';
import type {
  OrganizationAnswer,
  OwnOrganizationList,
} from '../src/organizations/organizations.dto.js';
import { bearerChallenge } from './support/challenges.js';
import { ask, call, inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';

it('creates an organization whose creator is its owner', async () => {
  const { session } = await newPerson();
  const slug = `acme-${randomText()}`;
  const { organization } = await ask<OrganizationAnswer>('POST', '/v1/organizations', {
    as: session,
    body: { name: 'Acme', slug, metadata: { crm_id: '4711' } },
    expect: 201,
  });
  expect(organization).toEqual({
    id: expect.stringMatching(/^org_[0-9a-z]{26}$/),
    name: 'Acme',
    slug,
    metadata: { crm_id: '4711' },
    policy: {},
    created_at: expect.stringMatching(/Z$/),
    updated_at: organization.created_at,
    suspended_at: null,
    suspended_reason: null,
  });
  const { organizations } = await ask<OwnOrganizationList>('GET', '/v1/organizations', {
    as: session,
  });
  expect(organizations[0]).toEqual({ ...organization, role: 'owner' });
});

it('refuses a slug that is taken, also in a race', async () => {
  const { session } = await newPerson();
  const slug = `race-${randomText()}`;
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      call('POST', '/v1/organizations', { as: session, body: { name: 'Race', slug } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409,
  ]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
    error: 'this slug is taken',
    code: 'slug_taken',
  });
});

it('makes a slug of a name in any script, and another one for the same name', async () => {
  const { session } = await newPerson();
  for (const name of ['Größe & Söhne', 'Zürich', '日本', 'admin', 'x']) {
    const make = () =>
      ask<OrganizationAnswer>('POST', '/v1/organizations', {
        as: session,
        body: { name },
        expect: 201,
      });
    const slugs = [(await make()).organization.slug, (await make()).organization.slug];
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9-]{3,40}$/);
    expect(slugs).not.toContain('admin');
    expect(new Set(slugs).size).toBe(2);
  }
});

it('finds a slug of its own for each of several organizations of one name at once', async () => {
  const { session: as } = await newPerson();
  const body = { name: `Same ${randomText()}` };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      call<OrganizationAnswer>('POST', '/v1/organizations', { as, body }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ body: { organization } }) => organization.slug)).size).toBe(8);
});

it.each<[string, object, string]>([
  ['no name', {}, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a long name', { name: 'x'.repeat(101) }, 'name'],
  ['a name that is no text', { name: ['a'] }, 'name'],
  ['a slug with capitals', { name: 'A', slug: 'ABC' }, 'slug'],
  ['a reserved slug', { name: 'A', slug: 'admin' }, 'slug'],
  ['metadata that is no object', { name: 'A', metadata: [1] }, 'metadata'],
  [
    'too many metadata keys',
    { name: 'A', metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, n])) },
    'metadata',
  ],
  ['too much metadata', { name: 'A', metadata: { a: 'x'.repeat(16 * 1024) } }, 'metadata'],
  ['an unknown field', { name: 'A', owner_user_id: 'usr_x' }, 'owner_user_id'],
])('refuses %s', async (_, body, field) => {
  const { session } = await newPerson();
  const answer = await call('POST', '/v1/organizations', { as: session, body });
  expect([answer.status, answer.body.code, Object.keys(answer.body.fields ?? {})]).toEqual([
    400,
    'validation_error',
    [field],
  ]);
});

it('is read by members and by credentials with the scope, and changed by admins', async () => {
  const org = await newOrganization();
  const [admin, member] = await Promise.all([org.member('admin'), org.member('member')]);
  const [reader, writer] = await Promise.all([org.token(['read']), org.token(['write'])]);

  for (const as of [org.owner.session, admin.session, member.session, reader]) {
    const { organization } = await ask<OrganizationAnswer>('GET', org.path, { as });
    expect(organization.id).toBe(org.id);
  }
  for (const as of [admin.session, writer]) {
    const { organization } = await ask<OrganizationAnswer>('PATCH', org.path, {
      as,
      body: { name: 'Renamed', metadata: { plan: 'pro' } },
    });
    expect([organization.name, organization.metadata]).toEqual(['Renamed', { plan: 'pro' }]);
  }
  const refusals: [string, 'GET' | 'PATCH', string][] = [
    [member.session, 'PATCH', 'insufficient_role'],
    [reader, 'PATCH', 'insufficient_scope'],
    [writer, 'GET', 'insufficient_scope'],
  ];
  for (const [as, method, code] of refusals) {
    const body = method === 'PATCH' ? { body: { name: 'No' } } : {};
    const answer = await call(method, org.path, { as, ...body });
    expect([answer.status, answer.body.code]).toEqual([403, code]);
  }
});

it('neither changes nor records what is as it was asked to be', async () => {
  const org = await newOrganization();
  const as = org.owner.session;
  const { organization } = await ask<OrganizationAnswer>('GET', org.path, { as });
  const { name, slug, metadata } = organization;
  const same = await ask('PATCH', org.path, { as, body: { name, slug, metadata } });
  expect(same).toEqual({ organization });
  const { audit_events: events } = await ask<{ audit_events: unknown[] }>(
    'GET',
    `${org.path}/audit-events?action=organization.updated`,
    { as },
  );
  expect(events).toEqual([]);
});

it('BR-03: says which scope is missing', async () => {
  const org = await newOrganization();
  const { headers } = await call('PATCH', org.path, { as: await org.token(['read']), body: {} });
  expect(headers.get('www-authenticate')).toBe(
    'Bearer realm="keycap", error="insufficient_scope", scope="organizations:write"',
  );
});

it("S28: hides another's organization as if there were none", async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const absent = org.path.replace(org.id, 'org_01kaw2hxk5f0c9xd2zp7r3m8qe');
  const malformed = org.path.replace(org.id, 'org_1');
  for (const as of [other.owner.session, (await other.apiKey()).plaintext, await other.token()]) {
    for (const path of [org.path, absent, malformed]) {
      const { status, body } = await call('GET', path, { as });
      expect([status, { ...body, request_id: '' }]).toEqual([
        404,
        { error: 'organization not found', code: 'not_found', request_id: '' },
      ]);
    }
  }
});

it('suspended: people may read it and do nothing else, machines are refused', async () => {
  const org = await newOrganization();
  const [key, token] = [(await org.apiKey()).plaintext, await org.token()];
  await inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [org.slug]);

  const { organization } = await ask<OrganizationAnswer>('GET', org.path, {
    as: org.owner.session,
  });
  expect(organization.suspended_at).toEqual(expect.stringMatching(/Z$/));
  for (const path of [`${org.path}/members`, `${org.path}/api-keys`]) {
    const { status, body } = await call('GET', path, { as: org.owner.session });
    expect([status, body.code]).toEqual([403, 'organization_suspended']);
  }
  for (const as of [key, token]) {
    expect((await call('GET', '/v1/me', { as })).status).toBe(401);
  }
});

describe('GET /v1/me', () => {
  it('tells a person, with and without an organization', async () => {
    const org = await newOrganization();
    const as = (await org.member('member')).session;
    const alone = await ask<MeAnswer>('GET', '/v1/me', { as });
    expect(alone.organization).toBeNull();
    expect(alone.principal).toEqual({
      auth_source: 'session',
      user_id: expect.stringMatching(/^usr_/),
      organization_id: null,
      organization_role: null,
      project_id: null,
      is_admin: false,
      scopes: [],
    });
    const there = await ask<MeAnswer>('GET', `/v1/me?organization_id=${org.id}`, { as });
    expect(there.organization?.id).toBe(org.id);
    expect(there.principal).toEqual({
      ...alone.principal,
      organization_id: org.id,
      organization_role: 'member',
      scopes: ['organizations:read', 'members:read', 'projects:read'],
    });
  });

  it('tells a key and a token with their scopes and project', async () => {
    const org = await newOrganization();
    const project = await org.project();
    const key = await org.apiKey({ scopes: ['projects:read'], project_id: project });
    const byKey = await ask<MeAnswer>('GET', '/v1/me', { as: key.plaintext });
    expect(byKey.principal).toEqual({
      auth_source: 'api_key',
      user_id: null,
      organization_id: org.id,
      organization_role: null,
      project_id: project,
      is_admin: false,
      scopes: ['projects:read'],
    });
    const byToken = await ask<MeAnswer>('GET', '/v1/me', { as: await org.token(['audit:read']) });
    expect([byToken.principal.auth_source, byToken.principal.scopes]).toEqual([
      'oauth_client',
      ['audit:read'],
    ]);
  });

  it('is 404 for an organization that the caller is not in', async () => {
    const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
    for (const as of [other.owner.session, (await other.apiKey()).plaintext]) {
      const answer = await call('GET', `/v1/me?organization_id=${org.id}`, { as });
      expect([answer.status, answer.body.error]).toEqual([404, 'organization not found']);
    }
  });

  it('BR-01: challenges without an error code where no credential is shown', async () => {
    const { status, headers, body } = await call('GET', '/v1/me');
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([
      401,
      'authentication required',
      bearerChallenge(false),
    ]);
  });

  it('refuses two credentials at once, and one in the query is none', async () => {
    const org = await newOrganization();
    const { plaintext } = await org.apiKey();
    const two = await call('GET', '/v1/me', { as: plaintext, headers: { 'x-api-key': plaintext } });
    expect([two.status, two.body.code]).toEqual([400, 'ambiguous_credentials']);
    const inQuery = await call('GET', `/v1/me?access_token=${plaintext}`);
    expect(inQuery.status).toBe(401);
  });
});

it('drops accents from a slug and keeps the word', async () => {
  const { session: as } = await newPerson();
  const text = randomText();
  const { organization } = await ask<OrganizationAnswer>('POST', '/v1/organizations', {
    as,
    body: { name: `Zürich Résumé ${text}` },
    expect: 201,
  });
  expect(organization.slug).toBe(`zurich-resume-${text}`);
});
