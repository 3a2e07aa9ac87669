import type { Person, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import { eventsOf, setPolicy } from './support/organizations.js';
import { HOST } from './support/resource-servers.js';
import { until } from './support/until.js';
import type { Issued } from './support/verification.js';
import { codeOf, issueKey, uuidOf } from './support/verification.js';

const enforced = (value: unknown = true) => ({ mode: 'enforced', value });
const reported = (value: unknown = true) => ({ mode: 'report_only', value });

/** What a verification says of each of the scopes. */
async function codesOf(key: Issued, scopes: readonly string[]): Promise<string[]> {
  return Promise.all(scopes.map((scope) => codeOf(key, { scope })));
}

/** The status of a request that needs `projects:read`, and of one that needs `members:read`. */
async function ownApi(org: TestOrganization, { plaintext_api_key: as }: Issued) {
  const projects = await call('GET', '/v1/projects', { as });
  const members = await call('GET', `${org.path}/members`, { as });
  return [projects.status, members.status];
}

async function introspected(key: Issued): Promise<string | undefined> {
  const answer = await ask<{ scope?: string }>('POST', '/o/introspect/', {
    headers: { authorization: HOST },
    form: { token: key.plaintext_api_key },
  });
  return answer.scope;
}

const become = (org: TestOrganization, person: Person, change: object) =>
  ask('PATCH', `${org.path}/members/${person.id}`, { as: org.owner.session, body: change });

describe('allowed_scopes', () => {
  const SCOPES = ['projects:read', 'members:read', 'read', 'backups:read'];

  it('narrows keys that are there already, in every place where they are judged', async () => {
    const org = await newOrganization();
    const key = await issueKey(org, { scopes: ['read', 'backups:read'] });
    const all = await issueKey(org, { scopes: ['*'] });
    expect(await codesOf(key, SCOPES)).toEqual(['valid', 'valid', 'valid', 'valid']);
    expect(await ownApi(org, key)).toEqual([200, 200]);

    await setPolicy(org, { allowed_scopes: enforced(['projects:read', 'backups:read']) });
    const [yes, no] = ['valid', 'scope_missing'];
    expect(await codesOf(key, SCOPES)).toEqual([yes, no, no, yes]);
    expect(await codesOf(all, [...SCOPES, '*'])).toEqual([yes, no, no, yes, no]);
    expect(await ownApi(org, key)).toEqual([200, 403]);
    expect(await ownApi(org, all)).toEqual([200, 403]);
    expect(await introspected(key)).toBe('projects:read backups:read');

    await setPolicy(org, { allowed_scopes: enforced(['read']) });
    expect(await codesOf(key, SCOPES)).toEqual([yes, yes, yes, no]);
    expect(await introspected(key)).toBe('read');
    await setPolicy(org, { allowed_scopes: null });
    expect(await codesOf(key, SCOPES)).toEqual([yes, yes, yes, yes]);
  });

  it('only notes, where it only reports, what it would have refused', async () => {
    const org = await newOrganization();
    const key = await issueKey(org, { scopes: ['read'] });
    await setPolicy(org, { allowed_scopes: reported(['projects:read']) });
    expect(await codesOf(key, ['projects:read'])).toEqual(['valid']);
    expect((await call('GET', '/v1/projects', { as: key.plaintext_api_key })).status).toBe(200);
    expect(await eventsOf(org, 'policy.would_block')).toEqual([]);
    await until('the refusal was noted', async () => {
      expect(await codesOf(key, ['members:read', 'members:read'])).toEqual(['valid', 'valid']);
      return (await eventsOf(org, 'policy.would_block')).length === 1;
    });
    const [event] = await eventsOf(org, 'policy.would_block');
    expect(event).toMatchObject({
      actor_kind: 'api_key',
      actor_id: key.api_key.id,
      target_id: key.api_key.id,
      metadata: { reason: 'allowed_scopes', count: 1 },
    });
  });

  it("only notes at Keycap's own API as well", async () => {
    const org = await newOrganization();
    const key = await issueKey(org, { scopes: ['read'] });
    await setPolicy(org, { allowed_scopes: reported(['projects:read']) });
    expect(await ownApi(org, key)).toEqual([200, 200]);
    const events = await until('the refusal was noted', async () => {
      const found = await eventsOf(org, 'policy.would_block');
      return found.length > 0 && found;
    });
    expect(events.map(({ actor_id }) => actor_id)).toEqual([key.api_key.id]);
  });
});

describe('allowed_cidrs', () => {
  const INSIDE = [
    '10.9.9.9',
    '::ffff:10.9.9.9',
    '::ffff:0a09:0909',
    '2001:db8::7',
    '2001:DB8:0::7',
  ];
  const OUTSIDE = [undefined, '11.0.0.1', '::ffff:11.0.0.1', '::10.9.9.9', '2001:db9::7', '::1'];
  const CIDRS = ['10.0.0.0/8', '2001:db8::/32'];

  it('binds every key beside its own list', async () => {
    const org = await newOrganization();
    const free = await issueKey(org);
    const listed = await issueKey(org, { ip_allowlist: ['10.9.0.0/16', '203.0.113.0/24'] });
    await setPolicy(org, { allowed_cidrs: enforced(CIDRS) });
    const codes = (key: Issued, ips: readonly (string | undefined)[]) =>
      Promise.all(ips.map((ip) => codeOf(key, { ip })));
    expect(await codes(free, INSIDE)).toEqual(INSIDE.map(() => 'valid'));
    expect(await codes(free, OUTSIDE)).toEqual(OUTSIDE.map(() => 'ip_denied'));
    expect(await codes(listed, ['10.9.0.1', '10.8.0.1', '203.0.113.1', undefined])).toEqual([
      'valid',
      'ip_denied',
      'ip_denied',
      'ip_denied',
    ]);
  });

  it('takes mapped CIDRs for what they are', async () => {
    const org = await newOrganization();
    const key = await issueKey(org);
    await setPolicy(org, { allowed_cidrs: enforced(['::ffff:10.0.0.0/104', '192.0.2.7']) });
    const codes = await Promise.all(
      ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '::ffff:192.0.2.7', '192.0.2.8', '11.1.2.3'].map(
        (ip) => codeOf(key, { ip }),
      ),
    );
    const [yes, no] = ['valid', 'ip_denied'];
    expect(codes).toEqual([yes, yes, yes, yes, no, no]);
  });

  it("binds at Keycap's own API and at introspection, which knows no address", async () => {
    const org = await newOrganization();
    const key = await issueKey(org, { scopes: ['read'] });
    const statusFrom = async (from: string) =>
      (await call('GET', '/v1/me', { as: key.plaintext_api_key, from })).status;
    expect(await introspected(key)).toBe('read');
    await setPolicy(org, { allowed_cidrs: enforced(['203.0.113.0/24']) });
    expect(await statusFrom('203.0.113.9')).toBe(200);
    expect(await statusFrom('::ffff:203.0.113.9')).toBe(200);
    expect(await statusFrom('198.51.100.9')).toBe(401);
    expect(await introspected(key)).toBeUndefined();
  });

  it('only notes, where it only reports, what it would have refused', async () => {
    const org = await newOrganization();
    const key = await issueKey(org);
    await setPolicy(org, { allowed_cidrs: reported(CIDRS) });
    expect(await codeOf(key, { ip: '10.1.1.1' })).toBe('valid');
    expect(await codeOf(key, { ip: '11.1.1.1' })).toBe('valid');
    const [event] = await until('the refusal was noted', async () => {
      const found = await eventsOf(org, 'policy.would_block');
      return found.length > 0 && found;
    });
    expect(event).toMatchObject({ metadata: { reason: 'allowed_cidrs', count: 1 } });
  });
});

describe('bound_to_creator', () => {
  const SCOPES = ['projects:read', 'members:read', 'members:write', 'backups:read', '*'];
  const [yes, no] = ['valid', 'scope_missing'];

  it('gives a key what its maker may do today, and no more', async () => {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const key = await issueKey(org, { scopes: ['*'] }, admin.session);
    await setPolicy(org, { bound_to_creator: enforced() });
    expect(await codesOf(key, SCOPES)).toEqual([yes, yes, yes, yes, yes]);

    await become(org, admin, { role: 'member' });
    expect(await codesOf(key, SCOPES)).toEqual([yes, yes, no, no, no]);
    expect(await ownApi(org, key)).toEqual([200, 200]);
    const path = `${org.path}/members/${admin.id}`;
    const promoted = await call('PATCH', path, {
      as: key.plaintext_api_key,
      body: { role: 'admin' },
    });
    expect(promoted.status).toBe(403);
    expect(await introspected(key)).toBe('organizations:read members:read projects:read');

    await become(org, admin, { role: 'admin' });
    expect(await codesOf(key, SCOPES)).toEqual([yes, yes, yes, yes, yes]);
  });

  it('leaves nothing to a key whose maker is paused, gone or disabled', async () => {
    const org = await newOrganization();
    const [paused, gone, disabled] = [
      await org.member('admin'),
      await org.member('admin'),
      await org.member('admin'),
    ];
    const keys = await Promise.all(
      [paused, gone, disabled].map(({ session }) => issueKey(org, { scopes: ['read'] }, session)),
    );
    await become(org, paused, { status: 'paused' });
    await ask('DELETE', `${org.path}/members/${gone.id}`, { as: org.owner.session, expect: 204 });
    await inDatabase('UPDATE users SET disabled_at = now() WHERE email = $1', [disabled.email]);
    const codes = () => Promise.all(keys.map((key) => codeOf(key, { scope: 'projects:read' })));
    expect(await codes()).toEqual([yes, yes, yes]);
    await setPolicy(org, { bound_to_creator: enforced() });
    expect(await codes()).toEqual([no, no, no]);
    // Without a scope nothing is asked of it.
    expect(await codeOf(keys[0]!)).toBe('valid');
    expect(await ownApi(org, keys[0]!)).toEqual([403, 403]);
  });

  it('binds no key that no person made', async () => {
    const org = await newOrganization();
    const maker = await org.apiKey({ scopes: ['*'] });
    const made = await issueKey(org, { scopes: ['members:write'] }, maker.plaintext);
    expect(made.api_key.created_by_user_id).toBeNull();
    await setPolicy(org, { bound_to_creator: enforced() });
    expect(await codeOf(made, { scope: 'members:write' })).toBe('valid');
  });

  it("looks at the maker's place in the key's organization, not in another one", async () => {
    const [org, other] = [await newOrganization(), await newOrganization()];
    const key = await issueKey(org, { scopes: ['*'] });
    await setPolicy(org, { bound_to_creator: enforced() });
    // Its maker is now someone who owns another organization.
    await inDatabase(
      `UPDATE api_keys SET created_by_user_id = (SELECT id FROM users WHERE email = $2)
        WHERE id = $1`,
      [uuidOf(key.api_key.id), other.owner.email],
    );
    expect(await codeOf(key, { scope: 'projects:read' })).toBe('scope_missing');
  });

  it('only notes, where it only reports, what it would have refused', async () => {
    const org = await newOrganization();
    const admin = await org.member('admin');
    const key = await issueKey(org, { scopes: ['members:write'] }, admin.session);
    await setPolicy(org, { bound_to_creator: reported() });
    await become(org, admin, { role: 'member' });
    expect(await codeOf(key, { scope: 'members:write' })).toBe('valid');
    const [event] = await until('the refusal was noted', async () => {
      const found = await eventsOf(org, 'policy.would_block');
      return found.length > 0 && found;
    });
    expect(event).toMatchObject({ metadata: { reason: 'bound_to_creator', count: 1 } });
  });
});

it('policies together leave what each of them leaves', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  const project_id = await org.project();
  const key = await issueKey(
    org,
    { scopes: ['projects:read', 'backups:read'], project_id },
    admin.session,
  );
  await setPolicy(org, {
    allowed_scopes: enforced(['projects:read', 'backups:read']),
    bound_to_creator: enforced(),
  });
  await become(org, admin, { role: 'member' });
  await inDatabase(`UPDATE api_keys SET scopes = '{*}' WHERE id = $1`, [uuidOf(key.api_key.id)]);
  const scopes = ['projects:read', 'backups:read', 'organizations:read', 'members:read'];
  const [yes, no] = ['valid', 'scope_missing'];
  expect(await codesOf(key, scopes)).toEqual([yes, no, no, no]);
});
