import { decodeId } from '../src/access/ids.js';
import type { AttentionBody, UsageBody } from '../src/insights/insights.dto.js';
import { utcDay, withinOne } from './support/calendar.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';

const DAY_MS = 86_400_000;

const usageOf = async (org: TestOrganization, query = '') =>
  (await ask<UsageBody>('GET', `${org.path}/usage${query}`, { as: org.owner.session })).days;

const attentionOf = async (org: TestOrganization) =>
  (await ask<AttentionBody>('GET', `${org.path}/attention`, { as: org.owner.session })).items;

const countUses = (keyId: string, age: number, outcome: string, uses: number): Promise<unknown> =>
  inDatabase(
    `INSERT INTO api_key_usage (key_id, day, outcome, uses, after_rotation)
     VALUES ($1, $2, $3, $4, 0)`,
    [decodeId('apiKey', keyId), utcDay(age), outcome, uses],
  );

const countTokens = (clientId: string, age: number, tokens: number): Promise<unknown> =>
  inDatabase('INSERT INTO oauth_client_usage (client_id, day, tokens_issued) VALUES ($1, $2, $3)', [
    clientId,
    utcDay(age),
    tokens,
  ]);

describe('usage', () => {
  it('has every day of the range, newest first, and the tokens of each client', () =>
    withinOne('day', async () => {
      const [org, other] = [await newOrganization(), await newOrganization()];
      const [few, many, foreign] = [await org.client(), await org.client(), await other.client()];
      await countTokens(few.id, 0, 2);
      await countTokens(many.id, 0, 40);
      await countTokens(many.id, 2, 1);
      await countTokens(many.id, 3, 500);
      await countTokens(foreign.id, 0, 7000);
      expect(await usageOf(org, '?days=3')).toEqual([
        {
          date: utcDay(0),
          verifications: {},
          tokens_issued: 42,
          by_client: [
            { client_id: many.id, tokens_issued: 40 },
            { client_id: few.id, tokens_issued: 2 },
          ],
        },
        { date: utcDay(1), verifications: {}, tokens_issued: 0, by_client: [] },
        {
          date: utcDay(2),
          verifications: {},
          tokens_issued: 1,
          by_client: [{ client_id: many.id, tokens_issued: 1 }],
        },
      ]);
    }));

  it('has the uses of all keys by outcome', () =>
    withinOne('day', async () => {
      const [org, other] = [await newOrganization(), await newOrganization()];
      const [one, two, foreign] = [await org.apiKey(), await org.apiKey(), await other.apiKey()];
      await countUses(one.id, 0, 'valid', 5);
      await countUses(two.id, 0, 'valid', 3_000_000_000);
      await countUses(two.id, 0, 'rate_limited', 2);
      await countUses(one.id, 1, 'expired', 1);
      await countUses(one.id, 2, 'valid', 700);
      await countUses(foreign.id, 0, 'valid', 7000);
      expect((await usageOf(org, '?days=2')).map(({ verifications }) => verifications)).toEqual([
        { rate_limited: 2, valid: 3_000_000_005 },
        { expired: 1 },
      ]);
    }));

  it('has 30 days unless 1 to 365 are asked for', async () => {
    const org = await newOrganization();
    expect(await usageOf(org)).toHaveLength(30);
    const year = await usageOf(org, '?days=365');
    expect(new Set(year.map(({ date }) => date)).size).toBe(365);
    for (const days of ['0', '366', 'x', '1.5']) {
      const path = `${org.path}/usage?days=${days}`;
      const { status } = await call('GET', path, { as: org.owner.session });
      expect([days, status]).toEqual([days, 400]);
    }
  });
});

describe('attention', () => {
  it('is called to nothing in an organization where all is well', async () => {
    const org = await newOrganization();
    await org.apiKey();
    await org.client();
    expect(await attentionOf(org)).toEqual([]);
  });

  it('is called to keys that expire within 14 days, or were not used for 90', async () => {
    const org = await newOrganization();
    const [soon, later, unused, stale, over, revoked] = await Promise.all(
      Array.from({ length: 6 }, () => org.apiKey()),
    );
    const times = (key: { id: string }, change: string): Promise<unknown> =>
      inDatabase(`UPDATE api_keys SET ${change} WHERE id = $1`, [decodeId('apiKey', key.id)]);
    await times(
      soon!,
      `expires_at = now() + interval '13 days 23 hours', created_at = '2000-01-01',
                        last_used_at = now()`,
    );
    await times(later!, `expires_at = now() + interval '14 days 1 hour'`);
    await times(unused!, `created_at = '2020-02-03T04:05:06Z'`);
    await times(stale!, `created_at = '2020-01-01', last_used_at = '2021-02-03T04:05:06Z'`);
    await times(over!, `created_at = '2020-01-01', expires_at = now() - interval '1 second'`);
    await times(revoked!, `created_at = '2020-01-01', revoked_at = now()`);
    const items = await attentionOf(org);
    expect(items).toEqual([
      { kind: 'api_key_expiring', target_id: soon!.id, client_id: null, since: expect.any(String) },
      {
        kind: 'api_key_unused',
        target_id: unused!.id,
        client_id: null,
        since: '2020-02-03T04:05:06.000Z',
      },
      {
        kind: 'api_key_unused',
        target_id: stale!.id,
        client_id: null,
        since: '2021-02-03T04:05:06.000Z',
      },
    ]);
    expect(Math.abs(Date.parse(items[0]!.since) - Date.now() + 3_600_000)).toBeLessThan(600_000);
  });

  it('is called to keys that are there, and used, though another one has replaced them', async () => {
    const org = await newOrganization();
    const [kept, used, ended, fresh] = [
      await org.apiKey(),
      await org.apiKey(),
      await org.apiKey(),
      await org.apiKey(),
    ];
    const replace = (key: { id: string }, change: string): Promise<unknown> =>
      inDatabase(
        `UPDATE api_keys SET replaced_by_id = $2, ${change} WHERE id = $1`,
        [key, fresh].map(({ id }) => decodeId('apiKey', id)),
      );
    await replace(kept, `last_used_at = now() - interval '1 day'`);
    await replace(used, `last_used_at = '2099-02-03T04:05:06Z'`);
    await replace(ended, `last_used_at = '2099-02-03T04:05:06Z', revoked_at = now()`);
    const since = expect.any(String) as string;
    expect(await attentionOf(org)).toEqual([
      { kind: 'api_key_kept', target_id: kept.id, client_id: null, since },
      { kind: 'api_key_kept', target_id: used.id, client_id: null, since },
      {
        kind: 'api_key_used_after_rotation',
        target_id: used.id,
        client_id: null,
        since: '2099-02-03T04:05:06.000Z',
      },
    ]);
  });

  it('is called to clients that nobody uses, and to secrets that were replaced', async () => {
    const org = await newOrganization();
    const [unused, rotated] = [await org.client(), await org.client()];
    await inDatabase(
      `UPDATE oauth_clients SET created_at = '2020-02-03T04:05:06Z' WHERE client_id = $1`,
      [unused.id],
    );
    const { secret } = await ask<{ secret: { id: string; created_at: string } }>(
      'POST',
      `${org.path}/oauth-clients/${rotated.id}/rotate-secret`,
      { as: org.owner.session, body: { overlap_seconds: 3600 }, expect: 201 },
    );
    const kept = await attentionOf(org);
    expect(kept).toEqual([
      {
        kind: 'oauth_client_unused',
        target_id: unused.id,
        client_id: unused.id,
        since: '2020-02-03T04:05:06.000Z',
      },
      {
        kind: 'client_secret_kept',
        target_id: expect.stringMatching(/^sec_/),
        client_id: rotated.id,
        since: secret.created_at,
      },
    ]);
    expect(kept[1]!.target_id).not.toBe(secret.id);
    const path = `${org.path}/oauth-clients/${rotated.id}/secrets/${kept[1]!.target_id}`;
    await ask('DELETE', path, { as: org.owner.session });
    await ask('DELETE', `${org.path}/oauth-clients/${unused.id}`, { as: org.owner.session });
    expect(await attentionOf(org)).toEqual([]);
  });

  it('is called to the last secret of a client that ends within 14 days', async () => {
    const org = await newOrganization();
    const client = async (): Promise<{ id: string; path: string }> => {
      const { id } = await org.client();
      return { id, path: `${org.path}/oauth-clients/${id}` };
    };
    const endsIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
    const as = org.owner.session;
    const add = async ({ path }: { path: string }, expires_at?: string): Promise<string> => {
      const body = { expires_at };
      const made = await ask<{ secret: { id: string } }>('POST', `${path}/secrets`, {
        as,
        body,
        expect: 201,
      });
      return made.secret.id;
    };
    /** The first secret, which never ends, gives way. */
    const only = async (of: { id: string; path: string }, days: number): Promise<string> => {
      const { client_secrets: first } = await ask<{ client_secrets: { id: string }[] }>(
        'GET',
        `${of.path}/secrets`,
        { as },
      );
      const id = await add(of, endsIn(days));
      await ask('DELETE', `${of.path}/secrets/${first[0]!.id}`, { as });
      return id;
    };
    const [soon, late, unending, replaced, over, off] = await Promise.all(
      Array.from({ length: 6 }, client),
    );
    const last = await only(soon!, 13);
    await add(soon!, endsIn(12));
    await only(late!, 15);
    await add(unending!, endsIn(1));
    await only(replaced!, 1);
    await add(replaced!, endsIn(20));
    await only(over!, 1);
    await inDatabase(`UPDATE oauth_client_secrets SET expires_at = now() WHERE client_id = $1`, [
      over!.id,
    ]);
    await only(off!, 1);
    await ask('PATCH', off!.path, { as, body: { is_active: false } });
    const expiring = async () =>
      (await attentionOf(org)).filter(({ kind }) => kind === 'client_secret_expiring');
    const since = expect.any(String) as string;
    expect(await expiring()).toEqual([
      { kind: 'client_secret_expiring', target_id: last, client_id: soon!.id, since },
    ]);
    await inDatabase(
      `UPDATE oauth_client_secrets SET created_at = '2020-02-03T04:05:06Z',
              expires_at = date_trunc('day', now()) + interval '10 days'
        WHERE id = $1`,
      [decodeId('clientSecret', last)],
    );
    // The other one ends later by now.
    const [other] = await expiring();
    expect(other!.target_id).not.toBe(last);
    await ask('DELETE', `${soon!.path}/secrets/${other!.target_id}`, { as });
    const [item] = await expiring();
    expect(item).toMatchObject({ target_id: last, client_id: soon!.id });
    const fortnightBefore = Date.parse(`${utcDay(4)}T00:00:00Z`);
    expect(Math.abs(Date.parse(item!.since) - fortnightBefore)).toBeLessThanOrEqual(DAY_MS);
    await ask('DELETE', soon!.path, { as });
    expect(await expiring()).toEqual([]);
  });

  it('is called to invitations until they are answered or expire', async () => {
    const org = await newOrganization();
    await org.member('member');
    const invite = async (email: string) =>
      (
        await ask<{ invitation: { id: string; created_at: string } }>(
          'POST',
          `${org.path}/invitations`,
          { as: org.owner.session, body: { email, role: 'member' }, expect: 201 },
        )
      ).invitation;
    const [pending, expired, revoked] = [
      await invite('a@keycap.test'),
      await invite('b@keycap.test'),
      await invite('c@keycap.test'),
    ];
    await inDatabase(
      `UPDATE invitations SET expires_at = now() WHERE email = 'b@keycap.test'
        AND organization_id = (SELECT id FROM organizations WHERE slug = $1)`,
      [org.slug],
    );
    await ask('DELETE', `${org.path}/invitations/${revoked.id}`, { as: org.owner.session });
    expect(await attentionOf(org)).toEqual([
      {
        kind: 'invitation_pending',
        target_id: pending.id,
        client_id: null,
        since: pending.created_at,
      },
    ]);
    expect(expired.id).not.toBe(pending.id);
  });
});

it.each(['usage', 'attention'])('%s is for admins and machines with audit:read', async (name) => {
  const [org, other] = [await newOrganization(), await newOrganization()];
  const [reader, writer] = await Promise.all([org.token(['audit:read']), org.token()]);
  const member = await org.member('member');
  const statusOf = async (as: string) => (await call('GET', `${org.path}/${name}`, { as })).status;
  expect(await statusOf(reader)).toBe(200);
  expect(await statusOf(writer)).toBe(403);
  expect(await statusOf(member.session)).toBe(403);
  expect(await statusOf(other.owner.session)).toBe(404);
});
