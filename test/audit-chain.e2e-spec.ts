import { encodeId } from '../src/access/ids.js';
import { textOfCheckpoint } from '../src/audit/checkpoints/checkpoint-text.js';
import { bringBack, chainOf, chainRows, sealsOf, verificationOf } from './support/audit-chain.js';
import { tokenIn } from './support/invitations.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { configuredToken } from './support/operator.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import type { Issued } from './support/verification.js';

interface Place {
  readonly id: string;
  readonly sequence: string;
}

const placesOf = (chain: string): Promise<Place[]> =>
  inDatabase('SELECT id, sequence FROM audit_events WHERE chain = $1 ORDER BY sequence', [chain]);

const eventId = (id: string | undefined): string => encodeId('auditEvent', id!);

describe('of parallel changes, on a server of its own', () => {
  let own: OwnServer;

  beforeAll(async () => {
    own = await startOwnServer();
  });
  afterAll(() => own.server.stop());

  const query = <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    inDatabase<T>(sql, values, own.server.databaseUrl);

  /** A deadlock would be answered with 503, which the client is to send again. */
  async function expectNoDeadlock(): Promise<void> {
    const [database] = await query(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(database).toEqual({ deadlocks: 0 });
  }

  async function newToken(): Promise<string> {
    const client = await ask<{ basic_credential: string }>('POST', `${own.path}/oauth-clients`, {
      url: own.url,
      as: own.session,
      body: { name: 'Test', scopes: ['*'] },
      expect: 201,
    });
    const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
      url: own.url,
      as: `Basic ${client.basic_credential}`,
      form: { grant_type: 'client_credentials' },
    });
    return access_token;
  }

  /** Signs up, which is a sign-in as well. */
  async function newMember(number: number): Promise<{ email: string; password: string }> {
    const { email, password } = { email: `p${number}@keycap.test`, password: 'a long passphrase' };
    const { accept_url } = await ask<{ accept_url: string }>('POST', `${own.path}/invitations`, {
      url: own.url,
      as: own.session,
      body: { email, role: 'member', send_email: false },
      expect: 201,
    });
    await ask('POST', '/v1/invitations/accept', {
      url: own.url,
      body: { token: tokenIn(accept_url), name: 'Test', password },
    });
    return { email, password };
  }

  it('has no gap where people and machines change one organization', async () => {
    const { plaintext_api_key: key } = await ask<Issued>('POST', `${own.path}/api-keys`, {
      url: own.url,
      as: own.session,
      body: { name: 'Test', scopes: ['*'] },
      expect: 201,
    });
    const token = await newToken();
    for (let round = 0; round < 8; round++) {
      const changes = [own.session, key, token].flatMap((as, number) => [
        own.call('POST', `${own.path}/api-keys`, {
          as,
          body: { name: 'x', scopes: ['projects:read'] },
        }),
        own.call('POST', `${own.path}/oauth-clients`, {
          as,
          body: { name: 'x', scopes: ['read'] },
        }),
        own.call('PATCH', own.path, { as, body: { name: `Name ${round} ${number}` } }),
      ]);
      const statuses = (await Promise.all(changes)).map(({ status }) => status);
      expect(statuses).toEqual([201, 201, 200, 201, 201, 200, 201, 201, 200]);
    }
    const places = await query<Place>(
      'SELECT id, sequence FROM audit_events WHERE chain = $1 ORDER BY sequence',
      [chainOf(own.organizationId)],
    );
    // The organization, its owner, the key, the client, and eight times nine.
    expect(places.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: 76 }, (_, index) => index + 1),
    );
    expect(places.map(({ id }) => id).toSorted()).toEqual(places.map(({ id }) => id));
    expect(await verificationOf(own.path, { url: own.url, as: own.session })).toEqual({
      valid: true,
      checked: 76,
      first_broken_event_id: null,
    });
    await expectNoDeadlock();
  });

  it('has no gap where sign-ins belong to no organization, and share several', async () => {
    // Each has one of sixteen chains by his id: eight of them share one alone once in 16^7 runs.
    const people = await Promise.all(Array.from({ length: 8 }, (_, number) => newMember(number)));
    const answers = await Promise.all(
      people
        .flatMap((body) => [body, body])
        .map((body) => own.call('POST', '/v1/sessions', { body })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(201));
    const chains = await query<{ count: number; first: number; last: number }>(
      `SELECT count(*)::int, min(sequence)::int AS first, max(sequence)::int AS last
         FROM audit_events WHERE organization_id IS NULL GROUP BY chain`,
    );
    for (const { count, first, last } of chains) expect([first, last]).toEqual([1, count]);
    expect(chains.length).toBeGreaterThan(1);
    await expectNoDeadlock();
  });
});

it('is verified by admins and by machines with audit:read, each its own organization', async () => {
  const [org, other] = [await newOrganization(), await newOrganization()];
  const [reader, writer] = await Promise.all([org.token(['audit:read']), org.token()]);
  const member = await org.member('member');
  const statusOf = async (as: string) =>
    (await call('GET', `${org.path}/audit-events/verify`, { as })).status;
  expect(await statusOf(reader)).toBe(200);
  expect(await statusOf(writer)).toBe(403);
  expect(await statusOf(member.session)).toBe(403);
  expect(await statusOf(other.owner.session)).toBe(404);
});

describe('an event that is not as it was written', () => {
  let org: TestOrganization;
  let chain: string;
  let rows: unknown[];
  let places: Place[];

  beforeAll(async () => {
    org = await newOrganization();
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      await ask('PATCH', org.path, { as: org.owner.session, body: { name } });
    }
    chain = chainOf(org.id);
    rows = await chainRows(chain);
    places = await placesOf(chain);
  });

  afterEach(() => bringBack(rows));

  const verify = () => verificationOf(org.path, { as: org.owner.session });

  it('is none at first', async () => {
    expect(await verify()).toEqual({ valid: true, checked: 6, first_broken_event_id: null });
  });

  it.each([
    [`action = 'member.removed'`],
    [`actor_kind = 'system'`],
    ['actor_id = NULL'],
    ['project_id = id'],
    [`target_id = 'usr_somebody'`],
    [`ip = '192.0.2.1'`],
    [`request_id = ''`],
    [`metadata = metadata || '{"more": 1}'`],
    [`metadata = '{}'`],
    [`created_at = created_at + interval '1 microsecond'`],
    [`created_at = created_at - interval '1 day'`],
    [`canonical = canonical || ' '`],
    [`canonical = replace(canonical, 'Two', 'Too')`],
    [`hash = sha256('')`],
    [`organization_id = NULL`],
  ])('is named: %s', async (change) => {
    await inDatabase(`UPDATE audit_events SET ${change} WHERE id = $1`, [places[3]!.id]);
    expect(await verify()).toEqual({
      valid: false,
      checked: 3,
      first_broken_event_id: eventId(places[3]!.id),
    });
  });

  it('is named where it comes after one that was deleted', async () => {
    await inDatabase('DELETE FROM audit_events WHERE id = $1', [places[2]!.id]);
    expect(await verify()).toMatchObject({
      checked: 2,
      first_broken_event_id: eventId(places[3]!.id),
    });
  });

  it('is named where it was put in the place of another', async () => {
    await inDatabase(
      `UPDATE audit_events SET sequence = -sequence WHERE chain = $1 AND sequence IN (3, 4)`,
      [chain],
    );
    await inDatabase(
      `UPDATE audit_events SET sequence = 7 + sequence WHERE chain = $1 AND sequence < 0`,
      [chain],
    );
    expect(await verify()).toMatchObject({
      checked: 2,
      first_broken_event_id: eventId(places[3]!.id),
    });
  });

  it('is named where it was planted outside of the chain', async () => {
    const copied = await inDatabase<{ id: string }>(
      `INSERT INTO audit_events
       SELECT (event).* FROM (
         SELECT jsonb_populate_record(event, jsonb_build_object(
                  'id', gen_random_uuid(), 'chain', gen_random_uuid())) AS event
           FROM audit_events event WHERE id = $1) copy
       RETURNING id`,
      [places[1]!.id],
    );
    expect(await verify()).toEqual({
      valid: false,
      checked: 6,
      first_broken_event_id: eventId(copied[0]!.id),
    });
  });

  it('is missing at the end, where no event can be named', async () => {
    await inDatabase('DELETE FROM audit_events WHERE chain = $1 AND sequence > 4', [chain]);
    expect(await verify()).toEqual({ valid: false, checked: 4, first_broken_event_id: null });
  });

  it('is missed as well where the head was cut back with the events, also after a change', async () => {
    const [head] = await inDatabase<{ row: object }>(
      'SELECT to_jsonb(head) AS row FROM audit_chain_heads head WHERE chain = $1',
      [chain],
    );
    await inDatabase('DELETE FROM audit_events WHERE chain = $1 AND sequence > 4', [chain]);
    await inDatabase(
      `UPDATE audit_chain_heads head SET sequence = event.sequence, hash = event.hash
         FROM audit_events event WHERE event.chain = head.chain AND event.sequence = 4
          AND head.chain = $1`,
      [chain],
    );
    expect(await verify()).toMatchObject({ valid: false, checked: 4 });
    await ask('PATCH', org.path, { as: org.owner.session, body: { name: 'After it' } });
    expect(await verify()).toMatchObject({ valid: false, checked: 5 });
    await inDatabase('DELETE FROM audit_chain_heads WHERE chain = $1', [chain]);
    await ask('PATCH', org.path, { as: org.owner.session, body: { name: 'Without a head' } });
    expect(await verify()).toMatchObject({ valid: false, checked: 6 });
    await inDatabase('DELETE FROM audit_chain_heads WHERE chain = $1', [chain]);
    await inDatabase(
      'INSERT INTO audit_chain_heads SELECT * FROM jsonb_populate_record(NULL::audit_chain_heads, $1)',
      [head!.row],
    );
  });
});

describe('of what belongs to no organization', () => {
  const [token, entry] = configuredToken('kco', 'rita');
  let own: OwnServer;

  beforeAll(async () => {
    own = await startOwnServer({ env: { KEYCAP_OPERATOR_TOKENS: entry } });
    const body = { email: 'owner@keycap.test', password: 'a long enough passphrase' };
    for (let times = 0; times < 3; times++) {
      await ask('POST', '/v1/sessions', { url: own.url, body, expect: 201 });
    }
  });
  afterAll(() => own.server.stop());

  const query = <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    inDatabase<T>(sql, values, own.server.databaseUrl);
  const verify = (checkpoint?: string): ReturnType<typeof verificationOf> =>
    verificationOf('/v1/admin', { url: own.url, as: token, ...(checkpoint && { checkpoint }) });
  const events = () =>
    query<{ id: string; chain: string; metadata: object }>(
      'SELECT id, chain, metadata FROM audit_events WHERE organization_id IS NULL ORDER BY id',
    );

  it('is verified by operators', async () => {
    const { length } = await events();
    expect(length).toBeGreaterThan(3);
    expect(await verify()).toEqual({ valid: true, checked: length, first_broken_event_id: null });
  });

  it('shows what was changed', async () => {
    const { id, metadata } = (await events())[1]!;
    await query(`UPDATE audit_events SET metadata = '{"a": 1}' WHERE id = $1`, [id]);
    expect(await verify()).toMatchObject({ valid: false, first_broken_event_id: eventId(id) });
    await query('UPDATE audit_events SET metadata = $2 WHERE id = $1', [id, metadata]);
    expect(await verify()).toMatchObject({ valid: true });
  });

  it('shows what was taken from an organization or cut off', async () => {
    const [moved] = await query<{ id: string }>(
      `SELECT id FROM audit_events WHERE organization_id IS NOT NULL ORDER BY id LIMIT 1`,
    );
    const organization = chainOf(own.organizationId);
    await query('UPDATE audit_events SET organization_id = NULL WHERE id = $1', [moved!.id]);
    expect(await verify()).toMatchObject({
      valid: false,
      first_broken_event_id: eventId(moved!.id),
    });
    await query('UPDATE audit_events SET organization_id = $2 WHERE id = $1', [
      moved!.id,
      organization,
    ]);
    expect(await verify()).toMatchObject({ valid: true });
  });

  it('is compared with a checkpoint of any of its chains, and of no other', async () => {
    const seals = await sealsOf(own.server.databaseUrl);
    const { chain } = (await events())[0]!;
    const [head] = await query<{ sequence: string; hash: Buffer }>(
      'SELECT sequence, hash FROM audit_chain_heads WHERE chain = $1',
      [chain],
    );
    const kept = (sequence: number): string => {
      const point = { sequence, hash: head!.hash };
      return textOfCheckpoint(chain, point, seals.checkpoint(chain, point));
    };
    const end = Number(head!.sequence);
    expect(await verify(kept(end))).toMatchObject({ valid: true });
    expect(await verify(kept(end + 1))).toMatchObject({ valid: false });
    const organization = chainOf(own.organizationId);
    const point = { sequence: 1, hash: head!.hash };
    const foreign = textOfCheckpoint(organization, point, seals.checkpoint(organization, point));
    for (const checkpoint of [`${kept(end).slice(0, -3)}abc`, foreign, 'x']) {
      const path = `/v1/admin/audit-events/verify?checkpoint=${checkpoint}`;
      const { status, body } = await call('GET', path, { url: own.url, as: token });
      expect([status, body.code]).toEqual([400, 'validation_error']);
    }
  });
});
