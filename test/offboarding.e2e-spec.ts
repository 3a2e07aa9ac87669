import type { OffboardingAnswer } from '../src/organizations/members/offboarding.dto.js';
import { accept, invite } from './support/invitations.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  type Person,
  type TestClient,
  type TestKey,
  type TestOrganization,
} from './support/keycap.js';
import { mustOperate } from './support/operator.js';
import { eventsOf, outcomeOf, setPolicy } from './support/organizations.js';

/** What someone made: a key by hand, one of his command line, and a client with a token. */
interface Made {
  readonly key: TestKey;
  readonly cliKey: TestKey;
  readonly client: TestClient;
  readonly token: string;
}

/** An organization with an admin who made some credentials in it. */
async function organizationWithMaker(
  rule?: string,
): Promise<{ org: TestOrganization; maker: Person; made: Made }> {
  const org = await newOrganization();
  if (rule !== undefined) {
    await setPolicy(org, { member_keys_on_leave: { mode: 'enforced', value: rule } });
  }
  const maker = await org.member('admin');
  const as = maker.session;
  const key = async (name: string): Promise<TestKey> => {
    const body = { name, scopes: ['projects:read'] };
    const made = await ask<{ api_key: { id: string }; plaintext_api_key: string }>(
      'POST',
      `${org.path}/api-keys`,
      { as, body, expect: 201 },
    );
    return { id: made.api_key.id, plaintext: made.plaintext_api_key };
  };
  const [byHand, cliKey] = [await key('By hand'), await key('Laptop')];
  await inDatabase(`UPDATE api_keys SET source = 'cli' WHERE name = 'Laptop' AND key_prefix = $1`, [
    cliKey.plaintext.slice(0, 'capy_live_'.length + 4),
  ]);
  const made = await ask<{
    oauth_client: { client_id: string };
    client_secret: string;
    basic_credential: string;
  }>('POST', `${org.path}/oauth-clients`, { as, body: { name: 'Sync' }, expect: 201 });
  const client = {
    id: made.oauth_client.client_id,
    secret: made.client_secret,
    basicCredential: made.basic_credential,
  };
  const token = await tokenOf(client);
  return { org, maker, made: { key: byHand, cliKey, client, token } };
}

async function tokenOf({ basicCredential }: TestClient): Promise<string> {
  const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    as: `Basic ${basicCredential}`,
    form: { grant_type: 'client_credentials' },
  });
  return access_token;
}

/** Whether each of them is good by now: the key, the one of the command line, token and client. */
async function liveOnes({ key, cliKey, client, token }: Made): Promise<string> {
  const answers = await Promise.all([
    call('GET', '/v1/me', { as: key.plaintext }),
    call('GET', '/v1/me', { as: cliKey.plaintext }),
    call('GET', '/v1/me', { as: token }),
    call('POST', '/o/token/', {
      as: `Basic ${client.basicCredential}`,
      form: { grant_type: 'client_credentials' },
    }),
  ]);
  const names = ['key', 'cli', 'token', 'client'];
  return names.filter((_, index) => answers[index]!.status === 200).join(' ');
}

const setStatus = (org: TestOrganization, { id }: Person, status: string) =>
  ask('PATCH', `${org.path}/members/${id}`, { as: org.owner.session, body: { status } });

const remove = (org: TestOrganization, { id }: Person) =>
  ask('DELETE', `${org.path}/members/${id}`, { as: org.owner.session, expect: 204 });

const LEFT_BY_RULE: [string | undefined, string][] = [
  [undefined, 'key token client'],
  ['revoke_personal', 'key token client'],
  ['keep', 'key cli token client'],
  ['revoke_all', ''],
];

it.each(LEFT_BY_RULE)('by the rule %s a removal leaves "%s"', async (rule, left) => {
  const { org, maker, made } = await organizationWithMaker(rule);
  expect(await liveOnes(made)).toBe('key cli token client');
  await remove(org, maker);
  expect(await liveOnes(made)).toBe(left);
});

it.each(LEFT_BY_RULE)('by the rule %s a pause leaves "%s" until it ends', async (rule, left) => {
  const { org, maker, made } = await organizationWithMaker(rule);
  await setStatus(org, maker, 'paused');
  expect(await liveOnes(made)).toBe(left);
  await setStatus(org, maker, 'active');
  expect(await liveOnes(made)).toBe('key cli token client');
});

it('leaving is a removal, and so it is by the API of Keyo and by a machine', async () => {
  for (const how of ['leave', 'keyo', 'machine']) {
    const { org, maker, made } = await organizationWithMaker('revoke_all');
    const { plaintext } = await org.apiKey();
    const [path, as] = {
      leave: [`${org.path}/members/me`, maker.session] as const,
      keyo: [`/api/v3/public/organizations/${org.id}/members/${maker.id}/`, plaintext] as const,
      machine: [`${org.path}/members/${maker.id}`, plaintext] as const,
    }[how]!;
    await ask('DELETE', path, { as, expect: 204 });
    expect(await liveOnes(made)).toBe('');
  }
});

it.each(LEFT_BY_RULE)("by the rule %s the end of an account leaves '%s'", async (rule, left) => {
  const { org, maker, made } = await organizationWithMaker(rule);
  await mustOperate('DELETE', `/users/${maker.id}`, { expect: 204 });
  expect(await liveOnes(made)).toBe(left);
  const ended = await eventsOf(org, 'api_key.revoked');
  const why = ended.map(({ actor_kind: kind, metadata }) => ({
    kind,
    cause: (metadata as { cause: string }).cause,
  }));
  const kept = new Set(left.split(' '));
  const gone = ['key', 'cli'].filter((each) => !kept.has(each));
  expect(why).toEqual(gone.map(() => ({ kind: 'operator', cause: 'member_removed' })));
});

it('whoever deletes his own account is treated the same, in each of his organizations', async () => {
  const { org, maker, made } = await organizationWithMaker();
  const all = await newOrganization();
  await setPolicy(all, { member_keys_on_leave: { mode: 'enforced', value: 'revoke_all' } });
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [maker.email]);
  const { token } = await invite(all, { email: maker.email, role: 'admin' });
  expect((await accept(token, { as: maker.session })).status).toBe(200);
  const { plaintext_api_key: key } = await ask<{ plaintext_api_key: string }>(
    'POST',
    `${all.path}/api-keys`,
    { as: maker.session, body: { name: 'There', scopes: ['read'] }, expect: 201 },
  );
  await ask('DELETE', '/v1/users/me', { as: maker.session, expect: 204 });
  expect(await liveOnes(made)).toBe('key token client');
  expect((await call('GET', '/v1/me', { as: key })).status).toBe(401);
  expect((await eventsOf(org, 'api_key.revoked')).map(({ target_id: id }) => id)).toEqual([
    made.cliKey.id,
  ]);
});

it('records every credential that ends, and why', async () => {
  const { org, maker, made } = await organizationWithMaker('revoke_all');
  await remove(org, maker);
  const keys = await eventsOf(org, 'api_key.revoked');
  expect(keys.map(({ target_id }) => target_id).sort()).toEqual(
    [made.key.id, made.cliKey.id].sort(),
  );
  const clients = await eventsOf(org, 'oauth_client.deleted');
  expect(clients.map(({ target_id }) => target_id)).toEqual([made.client.id]);
  for (const { actor_id, metadata } of [...keys, ...clients]) {
    expect([actor_id, (metadata as { cause: string }).cause]).toEqual([
      org.owner.id,
      'member_removed',
    ]);
  }
});

it('resuming enables what the pause had disabled and nothing else', async () => {
  const { org, maker, made } = await organizationWithMaker('revoke_all');
  const path = `${org.path}/oauth-clients/${made.client.id}`;
  const enable = (is_active: boolean) =>
    ask('PATCH', path, { as: org.owner.session, body: { is_active } });
  // Disabled before the pause: stays so.
  await enable(false);
  await ask('DELETE', `${org.path}/api-keys/${made.key.id}`, { as: org.owner.session });
  await setStatus(org, maker, 'paused');
  await setStatus(org, maker, 'active');
  expect(await liveOnes(made)).toBe('cli');
  // Enabled and disabled by hand during the pause: that counts.
  await enable(true);
  await setStatus(org, maker, 'paused');
  await enable(true);
  await enable(false);
  await setStatus(org, maker, 'active');
  expect(await liveOnes(made)).toBe('cli');
});

it('a key of someone else, or of another organization, is left alone', async () => {
  const { org, maker } = await organizationWithMaker('revoke_all');
  const other = await newOrganization();
  const key = await org.apiKey();
  const elsewhere = await other.apiKey();
  await remove(org, maker);
  for (const { plaintext: as } of [key, elsewhere]) {
    expect((await call('GET', '/v1/me', { as })).status).toBe(200);
  }
});

it('the preview says what would happen, and does nothing', async () => {
  const { org, maker, made } = await organizationWithMaker();
  const preview = (as = org.owner.session) =>
    call<OffboardingAnswer>('GET', `${org.path}/members/${maker.id}/offboarding`, { as });
  const { body } = await preview();
  const times = { created_at: expect.stringMatching(/Z$/), last_used_at: null };
  const kept = { on_removal: 'kept', on_pause: 'kept' };
  expect(body.member_keys_on_leave).toBe('revoke_personal');
  expect(body.credentials.map((each) => ({ ...each, last_used_at: null }))).toEqual([
    {
      kind: 'api_key',
      id: made.cliKey.id,
      name: 'Laptop',
      source: 'cli',
      ...times,
      on_removal: 'revoked',
      on_pause: 'disabled',
    },
    { kind: 'api_key', id: made.key.id, name: 'By hand', source: 'api', ...times, ...kept },
    { kind: 'oauth_client', id: made.client.id, name: 'Sync', source: null, ...times, ...kept },
  ]);
  expect(await liveOnes(made)).toBe('key cli token client');

  await setPolicy(org, { member_keys_on_leave: { mode: 'enforced', value: 'revoke_all' } });
  const all = (await preview()).body.credentials;
  expect(new Set(all.map(({ on_removal }) => on_removal))).toEqual(new Set(['revoked']));
  // One that only reports changes nothing.
  await setPolicy(org, { member_keys_on_leave: { mode: 'report_only', value: 'revoke_all' } });
  expect((await preview()).body.member_keys_on_leave).toBe('revoke_personal');
});

it('the preview is for admins in person', async () => {
  const { org, maker } = await organizationWithMaker();
  const member = await org.member('member');
  const path = `${org.path}/members/${maker.id}/offboarding`;
  const outcomes = [];
  for (const as of [member.session, (await org.apiKey()).plaintext]) {
    outcomes.push(outcomeOf(await call('GET', path, { as })));
  }
  const absent = path.replace(maker.id, 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe');
  outcomes.push(outcomeOf(await call('GET', absent, { as: org.owner.session })));
  expect(outcomes).toEqual([
    '403 insufficient_role',
    '403 credential_not_accepted',
    '404 not_found',
  ]);
});
