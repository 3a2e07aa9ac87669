import {
  changeKey,
  createKey,
  inDays,
  readKey,
  rotateKey,
  tryToCreateKey,
} from './support/api-keys.js';
import { ask, newOrganization, type TestOrganization } from './support/keycap.js';
import { ageSignIn, eventsOf, outcomeOf, setPolicy } from './support/organizations.js';
import { until } from './support/until.js';

type Mode = 'enforced' | 'report_only' | 'off';

async function organizationWith(policy: Record<string, unknown>, mode: Mode = 'enforced') {
  const organization = await newOrganization();
  const entries = Object.entries(policy).map(([name, value]) => [name, { mode, value }] as const);
  await setPolicy(organization, Object.fromEntries<object>(entries));
  return organization;
}

async function creationIn(organization: TestOrganization, more: object): Promise<string> {
  return outcomeOf(await tryToCreateKey(organization, more));
}

/** Creations within each policy and against it. */
const POLICIES: readonly [string, unknown, { within: object; against: object[] }][] = [
  [
    'max_key_lifetime_days',
    30,
    {
      within: { expires_at: inDays(30) },
      against: [{ expires_at: inDays(31) }, { expires_at: null }],
    },
  ],
  ['require_key_expiry', true, { within: { expires_at: inDays(4000) }, against: [{}] }],
  [
    'allowed_scopes',
    ['read', 'backups:read', 'api_keys:write'],
    {
      within: { scopes: ['backups:read', 'members:read'] },
      against: [{ scopes: ['backups:write'] }, { scopes: ['read', 'write'] }, { scopes: ['*'] }],
    },
  ],
];

describe.each(POLICIES)('the policy %s', (name, value, { within, against }) => {
  it('binds what is made, where it is enforced, whoever makes it', async () => {
    const organization = await newOrganization();
    const { plaintext } = await organization.apiKey({ scopes: ['*'] });
    await setPolicy(organization, { [name]: { mode: 'enforced', value } });
    expect(await creationIn(organization, within)).toBe('201');
    for (const more of against) {
      const answer = await tryToCreateKey(organization, more);
      expect(outcomeOf(answer)).toBe('403 policy_violation');
      expect((answer.body as unknown as { error: string }).error).toContain(`policy ${name}`);
      // A key holds no scope itself any more that no key gets.
      expect(['403 policy_violation', '403 scope_exceeds_creator']).toContain(
        outcomeOf(await tryToCreateKey(organization, more, plaintext)),
      );
    }
    expect(await eventsOf(organization, 'policy.would_block')).toEqual([]);
  });

  it('refuses nothing and records what it would have, where it only reports', async () => {
    const organization = await organizationWith({ [name]: value }, 'report_only');
    expect(await creationIn(organization, within)).toBe('201');
    for (const more of against) expect(await creationIn(organization, more)).toBe('201');
    const [event] = await until('an event of what would have been refused', async () => {
      const events = await eventsOf(organization, 'policy.would_block');
      return events.length > 0 && events;
    });
    expect(event).toMatchObject({
      actor_id: organization.owner.id,
      metadata: { reason: name },
    });
  });

  it('is nothing where it is off', async () => {
    const organization = await organizationWith({ [name]: value }, 'off');
    for (const more of against) expect(await creationIn(organization, more)).toBe('201');
  });
});

describe('policies and the keys that were there before', () => {
  it('leave them, and bind what replaces them', async () => {
    const organization = await newOrganization();
    const { api_key } = await createKey(organization, {
      scopes: ['backups:read', 'backups:write'],
    });
    await setPolicy(organization, {
      max_key_lifetime_days: { mode: 'enforced', value: 10 },
      require_key_expiry: { mode: 'enforced' },
      allowed_scopes: { mode: 'enforced', value: ['backups:read'] },
    });
    expect(await readKey(organization, api_key.id)).toEqual(api_key);
    expect((await changeKey(organization, api_key.id, { name: 'Renamed' })).status).toBe(200);
    const { status, body } = await rotateKey(organization, api_key.id);
    expect(status).toBe(201);
    expect(body.api_key.scopes).toEqual(['backups:read']);
    const days = (Date.parse(body.api_key.expires_at!) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(10);
  });

  it('refuse to replace one of which nothing would be left', async () => {
    const organization = await newOrganization();
    const { api_key } = await createKey(organization, { scopes: ['backups:write'] });
    await setPolicy(organization, { allowed_scopes: { mode: 'enforced', value: ['read'] } });
    expect(outcomeOf(await rotateKey(organization, api_key.id))).toBe('403 policy_violation');
    expect((await readKey(organization, api_key.id)).replaced_by_id).toBeNull();
  });
});

describe('the policy max_active_keys', () => {
  it('counts keys that are active, and makes room when one is not', async () => {
    const organization = await organizationWith({ max_active_keys: 2 });
    const as = organization.owner.session;
    const [first, second] = [await createKey(organization), await createKey(organization)];
    expect(await creationIn(organization, {})).toBe('403 policy_violation');
    await changeKey(organization, first.api_key.id, { is_active: false });
    expect(await creationIn(organization, {})).toBe('201');
    const enable = () => changeKey(organization, first.api_key.id, { is_active: true });
    expect(outcomeOf(await enable())).toBe('403 policy_violation');
    expect((await readKey(organization, first.api_key.id)).is_active).toBe(false);
    await ask('DELETE', `${organization.path}/api-keys/${second.api_key.id}`, { as });
    expect((await enable()).status).toBe(200);
  });

  it('has room for the old key of a rotation, once for each', async () => {
    const organization = await organizationWith({ max_active_keys: 2 });
    const { api_key } = await createKey(organization);
    await createKey(organization);
    const { status, body } = await rotateKey(organization, api_key.id);
    expect(status).toBe(201);
    expect(await creationIn(organization, {})).toBe('403 policy_violation');
    expect(outcomeOf(await rotateKey(organization, body.api_key.id))).toBe('403 policy_violation');
    await changeKey(organization, api_key.id, { expires_at: inDays(-1) });
    expect((await rotateKey(organization, body.api_key.id)).status).toBe(201);
  });

  it('is kept by 20 creations at the same time', async () => {
    const organization = await organizationWith({ max_active_keys: 5 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => creationIn(organization, {})),
    );
    expect(outcomes.filter((each) => each === '201')).toHaveLength(5);
    expect(outcomes.filter((each) => each === '403 policy_violation')).toHaveLength(15);
  });

  it('is kept by creations, rotations and enablings at the same time', async () => {
    const organization = await newOrganization();
    const made = await Promise.all(Array.from({ length: 6 }, () => createKey(organization)));
    const ids = made.map(({ api_key }) => api_key.id);
    await Promise.all(
      ids.slice(0, 3).map((id) => changeKey(organization, id, { is_active: false })),
    );
    await setPolicy(organization, { max_active_keys: { mode: 'enforced', value: 5 } });
    const answers = await Promise.all([
      ...ids.slice(0, 3).map((id) => changeKey(organization, id, { is_active: true })),
      ...ids.slice(3).map((id) => rotateKey(organization, id)),
      ...Array.from({ length: 4 }, () => tryToCreateKey(organization)),
    ]);
    const [enabled, rotated, created] = [
      answers.slice(0, 3),
      answers.slice(3, 6),
      answers.slice(6),
    ];
    expect(rotated.map(({ status }) => status)).toEqual([201, 201, 201]);
    const further = [...enabled, ...created].filter(({ status }) => status < 300);
    expect(further).toHaveLength(2);
  });
});

describe('a fresh sign-in', () => {
  it('is asked for to change and to rotate a key, not to revoke it', async () => {
    const organization = await newOrganization();
    const { api_key } = await createKey(organization);
    await setPolicy(organization, {
      require_fresh_sign_in_minutes: { mode: 'enforced', value: 10 },
    });
    await ageSignIn(organization.owner, 11);
    expect(outcomeOf(await changeKey(organization, api_key.id, { name: 'New' }))).toBe(
      '403 reauth_required',
    );
    expect(outcomeOf(await rotateKey(organization, api_key.id))).toBe('403 reauth_required');
    const as = organization.owner.session;
    await ask('DELETE', `${organization.path}/api-keys/${api_key.id}`, { as });
  });
});
