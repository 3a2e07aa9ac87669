import type { OrganizationAnswer } from '../src/organizations/organizations.dto.js';
import { ask, call, newOrganization, randomText, type TestOrganization } from './support/keycap.js';
import { ageSignIn, eventsOf, outcomeOf, setPolicy, signIn } from './support/organizations.js';
import { until } from './support/until.js';

const ALL = {
  max_key_lifetime_days: { mode: 'enforced', value: 90 },
  require_key_expiry: { mode: 'report_only', value: true },
  allowed_scopes: { mode: 'enforced', value: ['read', 'backups:read'] },
  allowed_cidrs: { mode: 'off', value: ['10.0.0.0/8', '2001:db8::/32'] },
  max_active_keys: { mode: 'enforced', value: 100_000 },
  bound_to_creator: { mode: 'enforced', value: true },
  member_keys_on_leave: { mode: 'enforced', value: 'revoke_all' },
  on_leaked_key: { mode: 'enforced', value: 'notify' },
  require_fresh_sign_in_minutes: { mode: 'enforced', value: 1440 },
};

const patch = (org: TestOrganization, policy: unknown, as = org.owner.session) =>
  call<OrganizationAnswer & { code: string; fields: object }>('PATCH', org.path, {
    as,
    body: { policy },
  });

it('keeps every policy, merges by name, and takes away what is null', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  expect((await patch(org, ALL, admin.session)).body.organization.policy).toEqual(ALL);

  const change = { max_active_keys: null, max_key_lifetime_days: { mode: 'off' } };
  const { max_active_keys: _, ...others } = ALL;
  const left = { ...others, max_key_lifetime_days: { mode: 'off', value: null } };
  expect((await patch(org, change)).body.organization.policy).toEqual(left);

  const { organization } = await ask<OrganizationAnswer>('GET', org.path, { as: admin.session });
  expect(organization.policy).toEqual(left);
  const [changed] = await eventsOf(org, 'organization.updated');
  expect(changed).toMatchObject({
    actor_id: org.owner.id,
    metadata: { before: { policy: ALL }, after: { policy: left } },
  });
});

it('takes true for granted where there is no other value', async () => {
  const org = await newOrganization();
  const policy = { require_key_expiry: { mode: 'enforced' }, bound_to_creator: { mode: 'off' } };
  expect((await patch(org, policy)).body.organization.policy).toEqual({
    require_key_expiry: { mode: 'enforced', value: true },
    bound_to_creator: { mode: 'off', value: true },
  });
});

describe('refuses', () => {
  let org: TestOrganization;
  beforeAll(async () => {
    org = await newOrganization();
  });

  it.each<[string, unknown]>([
    ['max_key_lifetime_days', 90],
    ['max_key_lifetime_days', { mode: 'enforced' }],
    ['max_key_lifetime_days', { mode: 'enforced', value: 0 }],
    ['max_key_lifetime_days', { mode: 'enforced', value: 3651 }],
    ['max_key_lifetime_days', { mode: 'enforced', value: 1.5 }],
    ['max_key_lifetime_days', { mode: 'enforced', value: '90' }],
    ['max_key_lifetime_days', { mode: 'strict', value: 90 }],
    ['max_key_lifetime_days', { value: 90 }],
    ['max_key_lifetime_days', { mode: 'enforced', value: 90, since: 1 }],
    ['max_key_lifetime_days', [{ mode: 'enforced', value: 90 }]],
    ['require_key_expiry', { mode: 'enforced', value: false }],
    ['bound_to_creator', { mode: 'enforced', value: 1 }],
    ['allowed_scopes', { mode: 'enforced', value: [] }],
    ['allowed_scopes', { mode: 'enforced', value: ['read', 'backups:sing'] }],
    ['allowed_scopes', { mode: 'enforced', value: ['read', 'read'] }],
    ['allowed_scopes', { mode: 'enforced', value: 'read' }],
    ['allowed_cidrs', { mode: 'enforced', value: ['10.0.0.0/33'] }],
    ['allowed_cidrs', { mode: 'enforced', value: [7] }],
    ['max_active_keys', { mode: 'report_only', value: 100_001 }],
    ['member_keys_on_leave', { mode: 'enforced', value: 'burn' }],
    ['member_keys_on_leave', { mode: 'enforced', value: ['keep'] }],
    ['on_leaked_key', { mode: 'enforced', value: 'ignore' }],
    ['require_fresh_sign_in_minutes', { mode: 'enforced', value: 1441 }],
    ['four_eyes', { mode: 'enforced', value: true }],
  ])('%s: %j', async (name, value) => {
    const { status, body } = await patch(org, { [name]: value });
    expect([status, body.code, Object.keys(body.fields)]).toEqual([
      400,
      'validation_error',
      [`policy.${name}`],
    ]);
  });

  it.each<unknown>([null, [], 'strict', 1])('the policy %j', async (policy) => {
    const { status, body } = await patch(org, policy);
    expect([status, Object.keys(body.fields)]).toEqual([400, ['policy']]);
  });
});

it('are changed by people alone, admins and owners', async () => {
  const org = await newOrganization();
  const member = await org.member('member');
  const policy = { max_active_keys: { mode: 'enforced', value: 5 } };
  const outcomes = [];
  for (const as of [member.session, (await org.apiKey()).plaintext, await org.token(['*'])]) {
    outcomes.push(outcomeOf(await patch(org, policy, as)));
  }
  expect(outcomes).toEqual([
    '403 insufficient_role',
    '403 credential_not_accepted',
    '403 credential_not_accepted',
  ]);
  const { organization } = await ask<OrganizationAnswer>('GET', org.path, {
    as: org.owner.session,
  });
  expect(organization.policy).toEqual({});
});

/** Every change that asks for a fresh sign-in, as someone makes it. */
async function sensitiveChanges(org: TestOrganization, as: string): Promise<string[]> {
  const client = await org.client();
  const member = await org.member('member');
  const project = await org.project();
  // Himself, by another address.
  const invitation = { email: `${randomText()}@keycap.test`, role: 'admin' };
  return Promise.all(
    [
      () => call('POST', `${org.path}/api-keys`, { as, body: { name: 'K', scopes: ['read'] } }),
      () => call('POST', `${org.path}/oauth-clients`, { as, body: { name: 'C' } }),
      () =>
        call('PATCH', `${org.path}/oauth-clients/${client.id}`, { as, body: { is_active: true } }),
      () => call('POST', `${org.path}/oauth-clients/${client.id}/secrets`, { as, body: {} }),
      () => call('POST', `${org.path}/oauth-clients/${client.id}/rotate-secret`, { as, body: {} }),
      () => call('PATCH', `${org.path}/members/${member.id}`, { as, body: { role: 'admin' } }),
      () => call('DELETE', `${org.path}/members/${member.id}`, { as }),
      () => call('PATCH', org.path, { as, body: { policy: { on_leaked_key: null } } }),
      () => call('DELETE', `/v1/projects/${project}`, { as }),
      () => call('POST', `${org.path}/invitations`, { as, body: invitation }),
      () =>
        call('POST', `${org.path}/invitations/batch`, { as, body: { invitations: [invitation] } }),
    ].map(async (change) => outcomeOf(await change())),
  );
}

it('S19: a fresh sign-in is asked of people for what is sensitive, and signing in is enough', async () => {
  const org = await newOrganization();
  await setPolicy(org, { require_fresh_sign_in_minutes: { mode: 'enforced', value: 10 } });
  const admin = await org.member('admin');
  await ageSignIn(admin, 9);
  const project = await org.project();
  await ask('DELETE', `/v1/projects/${project}`, { as: admin.session });

  await ageSignIn(admin, 2);
  const before = await eventsOf(org, 'organization.updated');
  const outcomes = await sensitiveChanges(org, admin.session);
  expect(outcomes).toEqual(outcomes.map(() => '403 reauth_required'));
  expect(await eventsOf(org, 'organization.updated')).toEqual(before);
  // What is not sensitive goes on.
  await ask('PATCH', org.path, { as: admin.session, body: { name: 'Renamed' } });

  const fresh = await signIn(admin);
  await ask('PATCH', org.path, {
    as: fresh,
    body: { policy: { require_fresh_sign_in_minutes: null } },
  });
  await ask('PATCH', org.path, { as: admin.session, body: { policy: { on_leaked_key: null } } });
});

it('a policy that locks everyone out is left by signing in again', async () => {
  const org = await newOrganization();
  const body = { user_id: (await org.member('admin')).id };
  await setPolicy(org, { require_fresh_sign_in_minutes: { mode: 'enforced', value: 1 } });
  await ageSignIn(org.owner, 2);
  const transfer = (as: string) => call('POST', `${org.path}/transfer-ownership`, { as, body });
  expect(outcomeOf(await transfer(org.owner.session))).toBe('403 reauth_required');
  expect(outcomeOf(await patch(org, { require_fresh_sign_in_minutes: null }))).toBe(
    '403 reauth_required',
  );
  expect(outcomeOf(await transfer(await signIn(org.owner)))).toBe('200');
});

it('a fresh sign-in is not asked of machines', async () => {
  const org = await newOrganization();
  await setPolicy(org, { require_fresh_sign_in_minutes: { mode: 'enforced', value: 1 } });
  const { plaintext: as } = await org.apiKey();
  const body = { name: 'K', scopes: ['read'] };
  expect((await call('POST', `${org.path}/api-keys`, { as, body })).status).toBe(201);
});

it('that only report let the change be made, and record it once a minute', async () => {
  const org = await newOrganization();
  await setPolicy(org, { require_fresh_sign_in_minutes: { mode: 'report_only', value: 1 } });
  await ageSignIn(org.owner, 2);
  for (const name of ['One', 'Two', 'Three']) {
    const project = await org.project(name);
    await ask('DELETE', `/v1/projects/${project}`, { as: org.owner.session });
  }
  const events = await until('the record of it', async () => {
    const found = await eventsOf(org, 'policy.would_block');
    return found.length > 0 ? found : undefined;
  });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    actor_kind: 'user',
    actor_id: org.owner.id,
    metadata: { reason: 'require_fresh_sign_in_minutes', count: 1 },
  });
});
