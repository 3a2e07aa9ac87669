import { encodeId, newId } from '../src/access/ids.js';
import type { TestOrganization } from './support/keycap.js';
import { call, inDatabase, newOrganization } from './support/keycap.js';
import { setPolicy } from './support/organizations.js';
import type { Issued } from './support/verification.js';
import { codeOf, issueKey, uuidOf, verdictOn, WELL_FORMED } from './support/verification.js';

interface Explanation {
  readonly checks: readonly {
    readonly check: string;
    readonly passed: boolean | null;
    readonly detail: string | null;
  }[];
  readonly code: string;
}

const CHECKS = [
  'existence',
  'organization',
  'disabled',
  'revoked',
  'expired',
  'address',
  'project',
  'scope',
  'limit',
];

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

const ask_ = (body: object, as = organization.owner.session, own = organization) =>
  call<Explanation>('POST', `${own.path}/api-keys/explain`, { as, body });

/** The code, and by check why it failed; what has passed is left out. */
async function explain(key: Issued, more: object = {}, own = organization) {
  const { status, body } = await ask_(
    { api_key: key.plaintext_api_key, ...more },
    own.owner.session,
    own,
  );
  expect([status, body.checks.map(({ check }) => check)]).toEqual([200, CHECKS]);
  for (const { passed, detail } of body.checks) expect(passed).toBe(detail === null);
  const failed = body.checks.filter(({ passed }) => passed !== true);
  return [body.code, Object.fromEntries(failed.map(({ check, detail }) => [check, detail]))];
}

it('says of a good key that every check has passed, by itself and by its id', async () => {
  const key = await issueKey(organization);
  const expected = {
    checks: CHECKS.map((check) => ({ check, passed: true, detail: null })),
    code: 'valid',
  };
  const bySelf = await ask_({ api_key: key.plaintext_api_key });
  const byId = await ask_({ key_id: key.api_key.id, api_key: null });
  expect([bySelf.status, bySelf.body, byId.body]).toEqual([200, expected, expected]);
  expect(Object.keys(bySelf.body)).toEqual(['checks', 'code']);
});

it('says everything that is wrong, and the code of the first of it', async () => {
  const key = await issueKey(organization, {
    ip_allowlist: ['203.0.113.0/24'],
    project_id: await organization.project(),
    rate_limit: { limit: 2, window_seconds: 86_400 },
  });
  await inDatabase(
    `UPDATE api_keys SET disabled_at = '2026-01-01', revoked_at = '2026-01-02', expires_at = '2026-01-03'
      WHERE id = $1`,
    [uuidOf(key.api_key.id)],
  );
  const use = { ip: '198.51.100.1', project_id: 'prj_1', scope: 'backups:write', cost: 3 };
  expect(await explain(key, use)).toEqual([
    'disabled',
    {
      disabled: 'it was disabled at 2026-01-01T00:00:00.000Z',
      revoked: 'it was revoked at 2026-01-02T00:00:00.000Z',
      expired: 'it expired at 2026-01-03T00:00:00.000Z',
      address: "198.51.100.1 is not within the key's ip_allowlist",
      project: 'the key is confined to another project',
      scope: 'the key does not have backups:write',
      limit: expect.stringMatching(/^2 of 2 uses are left until .*Z, it costs 3$/) as string,
    },
  ]);
  expect(await codeOf(key, use)).toBe('disabled');
});

it('says what policies and projects keep from a key', async () => {
  const own = await newOrganization();
  const admin = await own.member('admin');
  const wide = await issueKey(own, { scopes: ['read', 'members:write'] }, admin.session);
  const confined = await issueKey(own, { project_id: await own.project() });
  await inDatabase(`UPDATE api_keys SET scopes = '{*}' WHERE id = $1`, [
    uuidOf(confined.api_key.id),
  ]);
  await setPolicy(own, {
    allowed_scopes: { mode: 'enforced', value: ['members:write', 'members:read'] },
    allowed_cidrs: { mode: 'enforced', value: ['10.0.0.0/8'] },
    bound_to_creator: { mode: 'enforced' },
  });
  await inDatabase(
    `UPDATE memberships SET role = 'member' WHERE user_id IN
    (SELECT id FROM users WHERE email = $1)`,
    [admin.email],
  );
  const ip = '10.0.0.1';
  expect([
    await explain(wide, {}, own),
    await explain(wide, { ip, scope: 'projects:read' }, own),
    await explain(wide, { ip, scope: 'members:read members:write' }, own),
    await explain(wide, { ip, scope: 'members:read' }, own),
    await explain(confined, { ip, scope: 'members:read' }, own),
    await explain(wide, { ip, project_id: encodeId('project', newId()) }, own),
  ]).toEqual([
    ['ip_denied', { address: 'the policy allowed_cidrs needs an ip' }],
    ['scope_missing', { scope: 'the policy allowed_scopes leaves projects:read out' }],
    [
      'scope_missing',
      { scope: 'who made the key does not hold members:write by now (policy bound_to_creator)' },
    ],
    ['valid', {}],
    ['scope_missing', { scope: 'a key of a project cannot use members:read' }],
    ['project_mismatch', { project: 'the organization has no such project' }],
  ]);
});

it('takes nothing of the limit, and is no use of the key', async () => {
  const key = await issueKey(organization, { rate_limit: { limit: 2, window_seconds: 86_400 } });
  for (let time = 0; time < 3; time++) expect((await explain(key))[0]).toBe('valid');
  expect((await verdictOn(key)).rate_limit?.remaining).toBe(1);
  for (let time = 0; time < 3; time++) expect((await explain(key))[0]).toBe('valid');
  expect(await explain(key, { cost: 2 })).toMatchObject(['rate_limited', {}]);
  expect((await verdictOn(key)).rate_limit?.remaining).toBe(0);
  expect((await explain(key))[0]).toBe('rate_limited');
});

it('finds a key of another organization as little as one that does not exist', async () => {
  const stranger = await newOrganization();
  const foreign = await issueKey(stranger);
  const answers = await Promise.all(
    [
      { api_key: foreign.plaintext_api_key },
      { api_key: WELL_FORMED },
      { key_id: foreign.api_key.id },
      { key_id: encodeId('apiKey', newId()) },
      { key_id: 'key_1' },
    ].map((body) => ask_(body)),
  );
  const [first] = answers;
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(first?.body.code).toBe('not_found');
  expect(first?.body.checks.map(({ passed }) => passed)).toEqual([
    false,
    ...Array<null>(8).fill(null),
  ]);
  expect((await ask_({ api_key: 'no key' })).body.code).toBe('malformed');
});

it.each<[object]>([
  [{}],
  [{ api_key: null, key_id: null }],
  [{ api_key: WELL_FORMED, key_id: encodeId('apiKey', newId()) }],
  [{ api_key: 7 }],
  [{ key_id: ['key_1'] }],
  [{ api_key: WELL_FORMED, cost: 0 }],
  [{ api_key: WELL_FORMED, ip: 'x' }],
  [{ api_key: WELL_FORMED, organization_id: 'org_1' }],
])('refuses %j', async (body) => {
  const answer = await call('POST', `${organization.path}/api-keys/explain`, {
    as: organization.owner.session,
    body,
  });
  expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
});

it('is for people who are admins', async () => {
  const member = await organization.member('member');
  const admin = await organization.member('admin');
  const machine = await organization.apiKey({ scopes: ['*'] });
  const stranger = await newOrganization();
  const statuses = await Promise.all(
    [member.session, admin.session, machine.plaintext, stranger.owner.session].map(
      async (as) => (await ask_({ api_key: WELL_FORMED }, as)).status,
    ),
  );
  expect(statuses).toEqual([403, 200, 403, 404]);
});
