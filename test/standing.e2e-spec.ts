import pg from 'pg';
import { call, newOrganization, randomText, type TestOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

/** Every change of an organization that a person or a machine can make. */
const CHANGES: [string, (org: TestOrganization) => ['PATCH' | 'POST', string, object]][] = [
  ['an API key', ({ path }) => ['POST', `${path}/api-keys`, { name: 'x', scopes: ['read'] }]],
  ['an OAuth client', ({ path }) => ['POST', `${path}/oauth-clients`, { name: 'x' }]],
  [
    'an invitation',
    ({ path }) => [
      'POST',
      `${path}/invitations`,
      { email: `${randomText()}@keycap.test`, role: 'member' },
    ],
  ],
  ['a project', ({ id }) => ['POST', '/v1/projects', { name: 'x', organization_id: id }]],
  ['the organization', ({ path }) => ['PATCH', path, { name: 'x' }]],
];

/** Holds back every change of the organization that is sent meanwhile, and runs `end` before them. */
async function whileHeld<T>(
  org: TestOrganization,
  send: () => Promise<T>[],
  end: () => Promise<unknown>,
): Promise<T[]> {
  const holder = new pg.Client({ connectionString: testVariable('KEYCAP_TEST_DATABASE_URL') });
  await holder.connect();
  try {
    const { rows } = await holder.query<{ id: string }>(
      'SELECT id FROM organizations WHERE slug = $1',
      [org.slug],
    );
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [rows[0]!.id]);
    const sent = send();
    await untilWaiting(holder, sent.length);
    await end();
    await holder.query('COMMIT');
    return await Promise.all(sent);
  } finally {
    await holder.end();
  }
}

async function untilWaiting(client: pg.Client, count: number): Promise<void> {
  let waiting = 0;
  while (waiting < count) {
    const { rows } = await client.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_locks
       WHERE locktype = 'advisory' AND NOT granted`,
    );
    waiting = rows[0]!.waiting;
  }
}

describe('a change that was under way when its maker lost his right', () => {
  /** What takes the right away, done by hand, since the organization is held. */
  const inDatabase = async (sql: string, values: unknown[]): Promise<void> => {
    const client = new pg.Client({ connectionString: testVariable('KEYCAP_TEST_DATABASE_URL') });
    await client.connect();
    await client.query(sql, values);
    await client.end();
  };

  it.each(CHANGES)('is not made by an admin who was removed or demoted: %s', async (_, change) => {
    const org = await newOrganization();
    const [removed, demoted] = await Promise.all([org.member('admin'), org.member('admin')]);
    const [method, path, body] = change(org);
    const answers = await whileHeld(
      org,
      () => [removed, demoted].map(({ session: as }) => call(method, path, { as, body })),
      async () => {
        const membership =
          '(SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1)';
        await inDatabase(`DELETE FROM memberships WHERE id = ${membership}`, [removed.email]);
        await inDatabase(`UPDATE memberships SET role = 'member' WHERE id = ${membership}`, [
          demoted.email,
        ]);
      },
    );
    expect(answers.map(({ status, body: { code } }) => [status, code])).toEqual([
      [404, 'not_found'],
      [403, 'insufficient_role'],
    ]);
  });

  it.each(CHANGES)('is not made by a key that was revoked: %s', async (_, change) => {
    const org = await newOrganization();
    const { plaintext } = await org.apiKey();
    const [method, path, body] = change(org);
    const [answer] = await whileHeld(
      org,
      () => [call(method, path, { as: plaintext, body })],
      () =>
        inDatabase(
          `UPDATE api_keys SET revoked_at = now() WHERE organization_id =
             (SELECT id FROM organizations WHERE slug = $1)`,
          [org.slug],
        ),
    );
    expect([answer!.status, answer!.body.code]).toEqual([401, 'unauthorized']);
  });

  it.each(CHANGES)('is not made by a client that was narrowed: %s', async (_, change) => {
    const org = await newOrganization();
    const as = await org.token(['*']);
    const [method, path, body] = change(org);
    const [answer] = await whileHeld(
      org,
      () => [call(method, path, { as, body })],
      () =>
        inDatabase(
          `UPDATE oauth_clients SET scopes = '{audit:read}' WHERE organization_id =
             (SELECT id FROM organizations WHERE slug = $1)`,
          [org.slug],
        ),
    );
    expect([answer!.status, answer!.body.code]).toEqual([403, 'insufficient_scope']);
  });
});
