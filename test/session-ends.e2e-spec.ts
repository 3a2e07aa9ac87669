import type { SessionList } from '../src/users/sessions/sessions.dto.js';
import { ask, call, inDatabase, newPerson, type Person } from './support/keycap.js';
import { startServer, type TestServer, testVariable } from './support/servers.js';

const OF_THE_PERSON = 'user_id = (SELECT id FROM users WHERE email = $1)';

/** What ends a session, each at one server; the other one is asked. */
const ENDS: Record<string, (person: Person) => Promise<unknown>> = {
  'S18 A23: signing out': ({ session }) =>
    ask('DELETE', '/v1/sessions/current', { as: session, expect: 204 }),
  'S18 A23: ending it by its id': async ({ session }) => {
    const { sessions } = await ask<SessionList>('GET', '/v1/sessions', { as: session });
    await ask('DELETE', `/v1/sessions/${sessions[0]!.id}`, { as: session, expect: 204 });
  },
  'S18 A23: disabling the user': ({ email }) =>
    inDatabase('UPDATE users SET disabled_at = now() WHERE email = $1', [email]),
  'S18 A23: deleting the row': ({ email }) =>
    inDatabase(`DELETE FROM sessions WHERE ${OF_THE_PERSON}`, [email]),
  'S17: 12 hours, however busy': ({ email }) =>
    inDatabase(`UPDATE sessions SET expires_at = now() WHERE ${OF_THE_PERSON}`, [email]),
  'S17: 30 minutes without use': ({ email }) =>
    inDatabase(
      `UPDATE sessions SET last_seen_at = now() - interval '30 minutes 1 second' WHERE ${OF_THE_PERSON}`,
      [email],
    ),
};

describe('a session', () => {
  let another: TestServer;

  beforeAll(async () => {
    another = await startServer({ database: testVariable('KEYCAP_TEST_DATABASE_URL') });
  });
  afterAll(() => another.stop());

  const statuses = ({ session: as }: Person) =>
    Promise.all(
      [testVariable('KEYCAP_TEST_URL'), another.url].map(
        async (url) => (await call('GET', '/v1/users/me', { as, url })).status,
      ),
    );

  it.each(Object.entries(ENDS))('%s ends it at once everywhere', async (_, end) => {
    const person = await newPerson();
    expect(await statuses(person)).toEqual([200, 200]);
    await end(person);
    expect(await statuses(person)).toEqual([401, 401]);
  });

  it('S17: lives 12 hours, and is seen to be used', async () => {
    const person = await newPerson();
    await inDatabase(
      `UPDATE sessions SET last_seen_at = now() - interval '29 minutes' WHERE ${OF_THE_PERSON}`,
      [person.email],
    );
    expect(await statuses(person)).toEqual([200, 200]);
    const [row] = await inDatabase<{ life: number; idle: number }>(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS life,
              extract(epoch FROM now() - last_seen_at)::int AS idle
         FROM sessions WHERE ${OF_THE_PERSON}`,
      [person.email],
    );
    expect(row!.life).toBe(12 * 60 * 60);
    expect(row!.idle).toBeLessThan(60);
  });

  it('is listed with its device and where it was', async () => {
    const { email, password } = await newPerson();
    const { session_token } = await ask<{ session_token: string }>('POST', '/v1/sessions', {
      body: { email, password },
      from: '10.1.2.3',
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' },
      expect: 201,
    });
    const { sessions } = await ask<SessionList>('GET', '/v1/sessions', { as: session_token });
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toMatchObject({
      device: 'Firefox on Linux',
      ip: '10.1.2.3',
      is_current: true,
      last_seen_at: expect.stringMatching(/Z$/),
    });
  });
});
