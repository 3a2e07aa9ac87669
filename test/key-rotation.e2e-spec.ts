import {
  changeKey,
  createKey,
  DAY_MS,
  HOUR_MS,
  inDays,
  type IssuedKey,
  readKey,
  rotateKey,
  uuidOfKey,
  worksAtApi,
} from './support/api-keys.js';
import { byExtent } from './support/extent.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { eventsOf, outcomeOf, setPolicy } from './support/organizations.js';

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

async function rotated(
  own: TestOrganization,
  id: string,
  body: object = {},
  as?: string,
): Promise<IssuedKey> {
  const answer = await rotateKey(own, id, body, as);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
  return answer.body;
}

/** In how many hours from now, to the nearest. */
const hoursUntil = (time: string | null): number =>
  Math.round((new Date(time ?? 0).getTime() - Date.now()) / HOUR_MS);

/** As if the key had been made so many days ago. */
async function age(id: string, days: number): Promise<void> {
  await inDatabase(
    `UPDATE api_keys SET created_at = created_at - make_interval(days => $2),
            expires_at = expires_at - make_interval(days => $2) WHERE id = $1`,
    [uuidOfKey(id), days],
  );
}

describe('rotating an API key', () => {
  it('gives one like it, linked both ways, and leaves the old one a day', async () => {
    const project = await organization.project();
    const old = await createKey(organization, {
      name: 'Deploys',
      project_id: project,
      scopes: ['backups:read'],
      device_name: 'runner',
      environment: 'test',
      ip_allowlist: ['10.0.0.0/8'],
      metadata: { team: 'data' },
    });
    const { api_key, plaintext_api_key } = await rotated(organization, old.api_key.id);
    expect(plaintext_api_key).toMatch(/^capy_test_[0-9A-Za-z]{38}$/);
    const { id, key_prefix, created_at } = api_key;
    expect(api_key).toEqual({
      ...old.api_key,
      ...{ id, key_prefix, created_at },
      rotated_from_id: old.api_key.id,
    });
    expect(id).not.toBe(old.api_key.id);
    const { expires_at, ...rest } = await readKey(organization, old.api_key.id);
    expect(rest).toMatchObject({ is_active: true, replaced_by_id: id, rotated_from_id: null });
    expect(hoursUntil(expires_at)).toBe(24);
  });

  it('lets both work while they overlap, and the new one alone afterwards', async () => {
    const old = await createKey(organization);
    const { plaintext_api_key } = await rotated(organization, old.api_key.id, {
      overlap_seconds: 3600,
    });
    expect(await worksAtApi(old.plaintext_api_key)).toBe(true);
    expect(await worksAtApi(plaintext_api_key)).toBe(true);
    await inDatabase(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [
      uuidOfKey(old.api_key.id),
    ]);
    expect(await worksAtApi(old.plaintext_api_key)).toBe(false);
    expect(await worksAtApi(plaintext_api_key)).toBe(true);
  });

  it('ends the old one at once where no overlap is asked for', async () => {
    const old = await createKey(organization);
    const { plaintext_api_key } = await rotated(organization, old.api_key.id, {
      overlap_seconds: 0,
    });
    expect(await worksAtApi(old.plaintext_api_key)).toBe(false);
    expect(await worksAtApi(plaintext_api_key)).toBe(true);
  });

  it('never lets the old one live longer than it would have', async () => {
    const expires_at = new Date(Date.now() + HOUR_MS).toISOString();
    const old = await createKey(organization, { expires_at });
    await rotated(organization, old.api_key.id);
    expect((await readKey(organization, old.api_key.id)).expires_at).toBe(expires_at);
  });

  it('makes the new one for as long a life as the old one was made for', async () => {
    const old = await createKey(organization, { expires_at: inDays(90) });
    await age(old.api_key.id, 80);
    const { api_key } = await rotated(organization, old.api_key.id);
    expect(hoursUntil(api_key.expires_at)).toBe(90 * 24);
  });

  it('happens once, and then to the new one', async () => {
    const old = await createKey(organization);
    const { api_key } = await rotated(organization, old.api_key.id);
    expect(outcomeOf(await rotateKey(organization, old.api_key.id))).toBe('409 already_rotated');
    const third = await rotated(organization, api_key.id);
    expect(third.api_key.rotated_from_id).toBe(api_key.id);
  });

  it('happens once of 20 at the same time', async () => {
    const old = await createKey(organization);
    const tries = Array.from({ length: 20 }, () => rotateKey(organization, old.api_key.id));
    const outcomes = (await Promise.all(tries)).map(outcomeOf).sort();
    expect(outcomes).toEqual(['201', ...Array<string>(19).fill('409 already_rotated')]);
  });

  it('S59: is recorded for both', async () => {
    const own = await newOrganization();
    const old = await createKey(own);
    const { api_key } = await rotated(own, old.api_key.id);
    expect(await eventsOf(own, 'api_key.rotated')).toMatchObject([
      {
        target_id: old.api_key.id,
        metadata: { name: 'CI', key_prefix: old.api_key.key_prefix, replaced_by_id: api_key.id },
      },
    ]);
    const [created] = await eventsOf(own, 'api_key.created');
    expect(created).toMatchObject({
      target_id: api_key.id,
      metadata: { rotated_from_id: old.api_key.id },
    });
  });

  it('replays its answer to a repeated request', async () => {
    const old = await createKey(organization);
    const path = `${organization.path}/api-keys/${old.api_key.id}/rotate`;
    const request = {
      as: organization.owner.session,
      body: {},
      headers: { 'idempotency-key': `rotate-${old.api_key.id}` },
    };
    const first = await call<IssuedKey>('POST', path, request);
    const again = await call<IssuedKey>('POST', path, request);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it.each([-1, 2_592_001, 1.5, '3600', true])('refuses an overlap of %j', async (overlap) => {
    const old = await createKey(organization);
    const { status, body } = await rotateKey(organization, old.api_key.id, {
      overlap_seconds: overlap,
    });
    expect([status, Object.keys((body as { fields?: object }).fields ?? {})]).toEqual([
      400,
      ['overlap_seconds'],
    ]);
  });

  it('A69: takes no key from the client', async () => {
    const old = await createKey(organization);
    for (const field of ['key', 'plaintext_api_key', 'name', 'scopes', 'expires_at']) {
      const { status } = await rotateKey(organization, old.api_key.id, { [field]: 'x' });
      expect(status).toBe(400);
    }
  });
});

describe('the old key while a rotation overlaps', () => {
  it('may end earlier, at once, or later within 30 days', async () => {
    const { api_key, plaintext_api_key } = await createKey(organization);
    await rotated(organization, api_key.id, { overlap_seconds: 3600 });
    const move = (expires_at: string | null) => changeKey(organization, api_key.id, { expires_at });
    expect(hoursUntil((await move(inDays(20))).body.api_key.expires_at)).toBe(20 * 24);
    expect(hoursUntil((await move(inDays(2))).body.api_key.expires_at)).toBe(48);
    expect(outcomeOf(await move(inDays(31)))).toBe('400 expires_later');
    expect(outcomeOf(await move(null))).toBe('400 expires_later');
    const { body } = await move(new Date(Date.now() - DAY_MS).toISOString());
    expect(body.api_key.is_active).toBe(false);
    expect(Date.parse(body.api_key.expires_at!)).toBeGreaterThan(Date.now() - HOUR_MS);
    expect(await worksAtApi(plaintext_api_key)).toBe(false);
    expect(outcomeOf(await move(inDays(2)))).toBe('409 key_not_active');
  });

  it('is extended within the policy, by whoever holds all that it may do', async () => {
    const own = await newOrganization();
    const { api_key } = await createKey(own, { scopes: ['backups:write'] });
    await rotated(own, api_key.id, { overlap_seconds: 3600 });
    await setPolicy(own, { max_key_lifetime_days: { mode: 'enforced', value: 5 } });
    const { plaintext_api_key: less } = await createKey(own, {
      scopes: ['api_keys:write'],
      expires_at: inDays(4),
    });
    const move = (days: number, as?: string) =>
      changeKey(own, api_key.id, { expires_at: inDays(days) }, as);
    expect(outcomeOf(await move(6))).toBe('403 policy_violation');
    expect(outcomeOf(await move(3, less))).toBe('403 scope_exceeds_creator');
    expect((await move(3)).status).toBe(200);
  });
});

describe('S31: who may rotate an API key', () => {
  it('an admin, and a credential with api_keys:write that holds all that the key may do', async () => {
    const admin = await organization.member('admin');
    const member = await organization.member('member');
    const scopes = ['api_keys:write', 'backups:write'];
    const holder = await organization.apiKey({ scopes });
    const other = await organization.apiKey({ scopes: ['api_keys:write', 'backups:read'] });
    const by = async (as: string) => {
      const { api_key } = await createKey(organization, { scopes: ['backups:write'] });
      return outcomeOf(await rotateKey(organization, api_key.id, {}, as));
    };
    expect(await by(admin.session)).toBe('201');
    expect(await by(holder.plaintext)).toBe('201');
    expect(await by(await organization.token(scopes))).toBe('201');
    expect(await by(member.session)).toBe('403 insufficient_role');
    expect(await by(other.plaintext)).toBe('403 scope_exceeds_creator');
  });

  it('a key itself, which lives no longer by it', async () => {
    const { api_key, plaintext_api_key } = await createKey(organization, {
      scopes: ['api_keys:write'],
      expires_at: inDays(2),
    });
    await age(api_key.id, 1);
    const end = (await readKey(organization, api_key.id)).expires_at;
    const next = await rotated(organization, api_key.id, {}, plaintext_api_key);
    expect(next.api_key.expires_at).toBe(end);
    const mute = await createKey(organization);
    expect(
      outcomeOf(await rotateKey(organization, mute.api_key.id, {}, mute.plaintext_api_key)),
    ).toBe('403 insufficient_scope');
  });

  it('no credential that is bound to other addresses', async () => {
    const bound = await createKey(organization, {
      scopes: ['api_keys:write', 'credentials:read'],
      ip_allowlist: ['10.0.0.0/8'],
    });
    const { api_key } = await createKey(organization);
    const answer = await rotateKey(organization, api_key.id, {}, bound.plaintext_api_key);
    expect(outcomeOf(answer)).toBe('403 scope_exceeds_creator');
  });

  it('what a machine replaces stays the key of the person who made it', async () => {
    const admin = await organization.member('admin');
    const { api_key } = await createKey(organization, {}, admin.session);
    const { plaintext } = await organization.apiKey({ scopes: ['*'] });
    const next = await rotated(organization, api_key.id, {}, plaintext);
    expect(next.api_key.created_by_user_id).toBe(admin.id);
    const last = await rotated(organization, next.api_key.id);
    expect(last.api_key.created_by_user_id).toBe(organization.owner.id);
  });
});

describe('rotation and revocation at the same time', () => {
  const ROUNDS = byExtent({ quick: 20, thorough: 20, soak: 3000 });

  it(`leaves a new key or none, never an old one that works: ${ROUNDS} rounds`, async () => {
    const own = await newOrganization();
    const as = own.owner.session;
    for (let round = 0; round < ROUNDS; round++) {
      const old = await createKey(own);
      const [rotation] = await Promise.all([
        rotateKey(own, old.api_key.id),
        ask('DELETE', `${own.path}/api-keys/${old.api_key.id}`, { as }),
      ]);
      expect(['201', '409 key_not_active']).toContain(outcomeOf(rotation));
      expect(await worksAtApi(old.plaintext_api_key)).toBe(false);
      const { replaced_by_id } = await readKey(own, old.api_key.id);
      expect(replaced_by_id).toBe(rotation.status === 201 ? rotation.body.api_key.id : null);
    }
  });
});
