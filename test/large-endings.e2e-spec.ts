import { copyKey } from './support/api-keys.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { setPolicy } from './support/organizations.js';

/** The events of more than 4,369 do not fit into one statement: each takes 15 of 65,535 parameters. */
const KEYS = 5000;

const REVOKE_ALL = { member_keys_on_leave: { mode: 'enforced', value: 'revoke_all' } };

/** How many keys of an organization have ended, and how many events say so. */
async function ended({ slug }: TestOrganization): Promise<object> {
  const [row] = await inDatabase<{ keys: number; events: number }>(
    `SELECT (SELECT count(*)::int FROM api_keys
              WHERE organization_id = o.id AND revoked_at IS NOT NULL) AS keys,
            (SELECT count(*)::int FROM audit_events
              WHERE organization_id = o.id AND action = 'api_key.revoked') AS events
       FROM organizations o WHERE slug = $1`,
    [slug],
  );
  return row!;
}

/** Whether the organization's record is whole. */
async function isIntact({ path, owner }: TestOrganization): Promise<boolean> {
  const { valid } = await ask<{ valid: boolean }>('GET', `${path}/audit-events/verify`, {
    as: owner.session,
  });
  return valid;
}

it('a project with thousands of keys is deleted, and every key with it', async () => {
  const organization = await newOrganization();
  const project = await organization.project();
  const key = await organization.apiKey({ scopes: ['projects:read'], project_id: project });
  await copyKey(key.id, KEYS);
  const { status } = await call('DELETE', `/v1/projects/${project}`, {
    as: organization.owner.session,
  });
  expect(status).toBe(200);
  expect((await call('GET', '/v1/me', { as: key.plaintext })).status).toBe(401);
  expect(await ended(organization)).toEqual({ keys: KEYS + 1, events: KEYS + 1 });
  expect(await isIntact(organization)).toBe(true);
});

it('whoever made thousands of keys can be paused, resumed and removed', async () => {
  const organization = await newOrganization();
  const admin = await organization.member('admin');
  await setPolicy(organization, REVOKE_ALL);
  const { api_key: key, plaintext_api_key: plaintext } = await ask<{
    api_key: { id: string };
    plaintext_api_key: string;
  }>('POST', `${organization.path}/api-keys`, {
    as: admin.session,
    body: { name: 'Of the admin', scopes: ['read'] },
    expect: 201,
  });
  await copyKey(key.id, KEYS);
  const member = `${organization.path}/members/${admin.id}`;
  const as = organization.owner.session;
  const works = async (): Promise<boolean> =>
    (await call('GET', '/v1/me', { as: plaintext })).status === 200;
  const outcomes: unknown[] = [];
  for (const status of ['paused', 'active']) {
    const answer = await call('PATCH', member, { as, body: { status } });
    outcomes.push([answer.status, await works()]);
  }
  outcomes.push([(await call('DELETE', member, { as })).status, await works()]);
  expect(outcomes).toEqual([
    [200, false],
    [200, true],
    [204, false],
  ]);
  expect(await ended(organization)).toEqual({ keys: KEYS + 1, events: KEYS + 1 });
  expect(await isIntact(organization)).toBe(true);
});
