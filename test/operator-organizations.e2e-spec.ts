import { createHash } from 'node:crypto';
import type { AuditEventList } from '../src/audit/audit.dto.js';
import type {
  ListedOrganizationAnswer,
  ListedOrganizationList,
} from '../src/operators/organizations.dto.js';
import { untilEveryNodeKnows } from './support/changes.js';
import type { ErrorBody, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';
import { mustOperate, operate, OPERATOR, operatorToken } from './support/operator.js';
import type { TestServer } from './support/servers.js';
import { startServer, testVariable } from './support/servers.js';

const at = ({ id }: TestOrganization, more = ''): string => `/organizations/${id}${more}`;
const suspend = (organization: TestOrganization, reason = 'unpaid'): Promise<unknown> =>
  mustOperate('POST', at(organization, '/suspend'), { body: { reason } });

/** What the operator's audit log says of an organization, newest first. */
async function actionsOf({ id }: TestOrganization): Promise<unknown[]> {
  const { audit_events: events } = await mustOperate<AuditEventList>(
    'GET',
    `/audit-events?organization_id=${id}&actor_id=${OPERATOR}`,
  );
  return events.map(({ action, actor_kind: kind, actor_id: by, target_id: target, metadata }) => ({
    action,
    kind,
    by,
    target,
    metadata,
  }));
}

const recorded = ({ id, slug }: TestOrganization, action: string, more: object = {}): unknown => ({
  action: `organization.${action}`,
  kind: 'operator',
  by: OPERATOR,
  target: id,
  metadata: { slug, ...more },
});

describe('the list of all organizations', () => {
  it('is cut into pages, newest first, and narrowed by text and status', async () => {
    const [first, second, third] = [
      await newOrganization(),
      await newOrganization(),
      await newOrganization(),
    ] as const;
    const name = `Needle ${randomText()}`;
    for (const { id } of [first, second, third]) {
      await mustOperate('PATCH', `/organizations/${id}`, { body: { name } });
    }
    await suspend(second);
    await mustOperate('DELETE', at(third));
    const list = (query: string): Promise<ListedOrganizationList> =>
      mustOperate('GET', `/organizations?q=${encodeURIComponent(name.toUpperCase())}${query}`);
    const idsOf = ({ organizations }: ListedOrganizationList): string[] =>
      organizations.map(({ id }) => id);
    expect(idsOf(await list(''))).toEqual([third.id, second.id, first.id]);
    expect(idsOf(await list('&status=active'))).toEqual([first.id]);
    expect(idsOf(await list('&status=suspended'))).toEqual([second.id]);
    expect(idsOf(await list('&status=deleted'))).toEqual([third.id]);
    const page = await list('&limit=2');
    expect(idsOf(page)).toEqual([third.id, second.id]);
    const rest = await list(`&limit=2&cursor=${page.next_cursor!}`);
    expect([idsOf(rest), rest.next_cursor]).toEqual([[first.id], null]);
    expect((await operate('GET', '/organizations?status=asleep')).status).toBe(400);
  });
});

it('changes an organization as its admins can, and records who did', async () => {
  const organization = await newOrganization();
  const slug = `slug-${randomText()}`;
  const { organization: changed } = await mustOperate<ListedOrganizationAnswer>(
    'PATCH',
    at(organization),
    { body: { name: 'Renamed', slug, metadata: { tier: 'gold' } } },
  );
  expect(changed).toMatchObject({ name: 'Renamed', slug, status: 'active', deleted_at: null });
  const taken = await operate('PATCH', at(await newOrganization()), { body: { slug } });
  expect([taken.status, taken.body.code]).toEqual([409, 'slug_taken']);
  const [event] = await actionsOf(organization);
  expect(event).toMatchObject({ action: 'organization.updated', kind: 'operator', by: OPERATOR });
  const unknown = await operate('GET', '/organizations/org_01kaw2hxk5f0c9xd2zp7r3m8qe');
  expect([unknown.status, unknown.body.error]).toEqual([404, 'organization not found']);
});

describe('a suspended organization', () => {
  const server = (): string => testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');

  /** How each kind of credential of an organization is answered, at this server and at others. */
  async function outcomes(
    organization: TestOrganization,
    credentials: { key: string; token: string; jwt: string; basic: string; member: string },
    urls: readonly string[],
  ): Promise<unknown[]> {
    const { key, token, jwt, basic, member } = credentials;
    const { path, owner } = organization;
    return Promise.all(
      urls.map(async (url) => {
        const statusOf = async (as: string, where = path): Promise<number> =>
          (await call('GET', where, { as, url })).status;
        const introspect = async (text: string): Promise<unknown> => {
          const form = { token: text };
          return (
            await call<{ active: boolean }>('POST', '/o/introspect/', { as: server(), form, url })
          ).body.active;
        };
        const verified = await call<{ code: string }>('POST', '/v1/api-keys/verify', {
          as: server(),
          body: { api_key: key },
          url,
        });
        const issued = await call('POST', '/o/token/', {
          as: `Basic ${basic}`,
          form: { grant_type: 'client_credentials' },
          url,
        });
        return {
          key: await statusOf(key),
          token: await statusOf(token),
          jwt: await statusOf(jwt),
          owner: await statusOf(owner.session),
          member: await statusOf(member),
          ownersMembers: await statusOf(owner.session, `${path}/members`),
          membersProjects: await statusOf(
            member,
            `/v1/projects?organization_id=${organization.id}`,
          ),
          client: issued.status,
          verified: verified.body.code,
          introspected: [await introspect(token), await introspect(jwt), await introspect(key)],
        };
      }),
    );
  }

  const GOOD = {
    key: 200,
    token: 200,
    jwt: 200,
    owner: 200,
    member: 200,
    ownersMembers: 200,
    membersProjects: 200,
    client: 200,
    verified: 'valid',
    introspected: [true, true, true],
  };
  const SUSPENDED = {
    key: 401,
    token: 401,
    jwt: 401,
    owner: 200,
    member: 200,
    ownersMembers: 403,
    membersProjects: 403,
    client: 401,
    verified: 'organization_suspended',
    introspected: [false, false, false],
  };
  const DELETED = {
    key: 401,
    token: 401,
    jwt: 401,
    owner: 404,
    member: 404,
    ownersMembers: 404,
    membersProjects: 404,
    client: 401,
    verified: 'not_found',
    introspected: [false, false, false],
  };

  async function credentialsOf(
    organization: TestOrganization,
  ): Promise<Parameters<typeof outcomes>[1]> {
    const { basicCredential: basic } = await organization.client({ scopes: ['*'] });
    const made = await ask<{ basic_credential: string }>(
      'POST',
      `${organization.path}/oauth-clients`,
      {
        as: organization.owner.session,
        body: { name: 'JWT', scopes: ['*'], token_format: 'jwt' },
        expect: 201,
      },
    );
    const { access_token: jwt } = await ask<{ access_token: string }>('POST', '/o/token/', {
      as: `Basic ${made.basic_credential}`,
      form: { grant_type: 'client_credentials' },
    });
    return {
      key: (await organization.apiKey()).plaintext,
      token: await organization.token(['*']),
      jwt,
      basic,
      member: (await organization.member('member')).session,
    };
  }

  let other: TestServer;

  beforeAll(async () => {
    other = await startServer({
      database: testVariable('KEYCAP_TEST_DATABASE_URL'),
      env: {
        KEYCAP_PUBLIC_URL: testVariable('KEYCAP_TEST_URL'),
        KEYCAP_RESOURCE_SERVERS: JSON.stringify([
          { name: 'tests', sha256: await digestOf(server()) },
        ]),
      },
    });
  });
  afterAll(() => other.stop());

  it('refuses every credential on every node, and takes them again when it is resumed', async () => {
    const organization = await newOrganization();
    const credentials = await credentialsOf(organization);
    const urls = [testVariable('KEYCAP_TEST_URL'), other.url];
    expect(await outcomes(organization, credentials, urls)).toEqual([GOOD, GOOD]);
    await suspend(organization);
    await untilEveryNodeKnows(inDatabase);
    expect(await outcomes(organization, credentials, urls)).toEqual([SUSPENDED, SUSPENDED]);
    await mustOperate('POST', at(organization, '/resume'));
    await untilEveryNodeKnows(inDatabase);
    expect(await outcomes(organization, credentials, urls)).toEqual([GOOD, GOOD]);
  });

  it('refuses them as well once it is deleted, until it is restored', async () => {
    const organization = await newOrganization();
    const credentials = await credentialsOf(organization);
    const urls = [testVariable('KEYCAP_TEST_URL'), other.url];
    await mustOperate('DELETE', at(organization));
    await untilEveryNodeKnows(inDatabase);
    expect(await outcomes(organization, credentials, urls)).toEqual([DELETED, DELETED]);
    await mustOperate('POST', at(organization, '/restore'));
    await untilEveryNodeKnows(inDatabase);
    expect(await outcomes(organization, credentials, urls)).toEqual([GOOD, GOOD]);
  });

  it('says why to those in it, and is suspended and resumed no second time', async () => {
    const organization = await newOrganization();
    const as = organization.owner.session;
    await suspend(organization, 'unpaid');
    const first = await ask<ListedOrganizationAnswer>('GET', organization.path, { as });
    expect(first.organization).toMatchObject({ suspended_reason: 'unpaid' });
    await suspend(organization, 'unpaid');
    await suspend(organization, 'abuse');
    const again = await mustOperate<ListedOrganizationAnswer>('GET', at(organization));
    expect(again.organization).toMatchObject({
      status: 'suspended',
      suspended_reason: 'abuse',
      suspended_at: first.organization.suspended_at,
    });
    const refused = await call('PATCH', organization.path, { as, body: { name: 'x' } });
    expect([refused.status, refused.body.code]).toEqual([403, 'organization_suspended']);
    await mustOperate('POST', at(organization, '/resume'));
    await mustOperate('POST', at(organization, '/resume'));
    expect(await actionsOf(organization)).toEqual([
      recorded(organization, 'resumed'),
      recorded(organization, 'suspended', { reason: 'abuse' }),
      recorded(organization, 'suspended', { reason: 'unpaid' }),
    ]);
  });

  it('is not suspended without a reason', async () => {
    const path = at(await newOrganization(), '/suspend');
    const answers = [
      await operate('POST', path),
      await operate('POST', path, { body: { reason: '' } }),
      await operate('POST', path, { body: { reason: 'x'.repeat(501) } }),
      await operate('POST', path, { body: { reason: 'x', force: true } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });
});

describe('deleting an organization', () => {
  const remove = (
    { path, slug }: TestOrganization,
    as: string,
    confirm: string | null = slug,
  ): ReturnType<typeof call<ErrorBody>> =>
    call('DELETE', path + (confirm === null ? '' : `?confirm=${confirm}`), { as });

  it('takes an owner who types its slug, in the query or in the body', async () => {
    const [one, two] = [await newOrganization(), await newOrganization()] as const;
    for (const confirm of [null, two.slug, one.slug.toUpperCase()]) {
      const { status, body } = await remove(one, one.owner.session, confirm);
      expect([status, body.code]).toEqual([400, 'confirmation_mismatch']);
    }
    const { status, body } = await remove(one, one.owner.session);
    expect([status, body]).toEqual([200, { deleted: true }]);
    const inBody = await call('DELETE', two.path, {
      as: two.owner.session,
      body: { confirm: two.slug },
    });
    expect([inBody.status, inBody.body]).toEqual([200, { deleted: true }]);
    for (const organization of [one, two]) {
      expect((await remove(organization, organization.owner.session)).status).toBe(404);
    }
    const [event] = await inDatabase<{ action: string; actor_kind: string }>(
      `SELECT action, actor_kind FROM audit_events
        WHERE organization_id = (SELECT id FROM organizations WHERE slug = $1)
        ORDER BY id DESC LIMIT 1`,
      [one.slug],
    );
    expect(event).toEqual({ action: 'organization.deleted', actor_kind: 'user' });
  });

  it('takes neither an admin nor a key nor a stranger', async () => {
    const organization = await newOrganization();
    const callers: [string, number][] = [
      [(await organization.member('admin')).session, 403],
      [(await organization.member('member')).session, 403],
      [(await organization.apiKey()).plaintext, 403],
      [await organization.token(['*']), 403],
      [(await newPerson()).session, 404],
    ];
    for (const [as, expected] of callers) {
      expect((await remove(organization, as)).status).toBe(expected);
    }
    expect((await operate('GET', at(organization))).status).toBe(200);
  });

  it('keeps its slug from others, so that it can come back within 30 days and not after', async () => {
    const organization = await newOrganization();
    await mustOperate('DELETE', at(organization));
    await mustOperate('DELETE', at(organization));
    const as = organization.owner.session;
    const squatted = await call('POST', '/v1/organizations', {
      as,
      body: { name: 'x', slug: organization.slug },
    });
    expect([squatted.status, squatted.body.code]).toEqual([409, 'slug_taken']);
    const age = (interval: string): Promise<unknown> =>
      inDatabase('UPDATE organizations SET deleted_at = now() - $2::interval WHERE slug = $1', [
        organization.slug,
        interval,
      ]);
    await age('30 days 1 second');
    const late = await operate('POST', at(organization, '/restore'));
    expect([late.status, late.body.code]).toEqual([410, 'restore_expired']);
    await age('29 days 23 hours');
    await mustOperate('POST', at(organization, '/restore'));
    await mustOperate('POST', at(organization, '/restore'));
    expect((await call('GET', organization.path, { as })).status).toBe(200);
    expect(await actionsOf(organization)).toEqual([
      recorded(organization, 'restored'),
      recorded(organization, 'deleted'),
    ]);
  });
});

async function digestOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Buffer.from(digest).toString('hex');
}

it('alone creates organizations where the deployment says so', async () => {
  const restricted = await startServer({
    database: testVariable('KEYCAP_TEST_DATABASE_URL'),
    env: {
      KEYCAP_PUBLIC_URL: testVariable('KEYCAP_TEST_URL'),
      KEYCAP_ORGANIZATION_CREATION: 'operators',
      KEYCAP_OPERATOR_TOKENS: JSON.stringify([
        { name: OPERATOR, sha256: createHash('sha256').update(operatorToken()).digest('hex') },
      ]),
    },
  });
  const { url } = restricted;
  const person = await newPerson();
  const name = `Restricted ${randomText()}`;
  const refused = await call('POST', '/v1/organizations', {
    url,
    as: person.session,
    body: { name },
  });
  expect([refused.status, refused.body.code]).toEqual([403, 'organization_creation_restricted']);
  const created = await mustOperate<ListedOrganizationAnswer>('POST', '/organizations', {
    url,
    body: { name, owner_email: person.email },
    expect: 201,
  });
  expect(created.organization.name).toBe(name);
  await restricted.stop();
});
