import type { SessionList, StartedSessionBody } from '../src/users/sessions/sessions.dto.js';
import type { UserAnswer } from '../src/users/users.dto.js';
import { bearerChallenge } from './support/challenges.js';
import { ask, call, inDatabase, newAddress, newPerson } from './support/keycap.js';
import { startServer } from './support/servers.js';

const signIn = (email: string, password: string, from?: string) =>
  call<StartedSessionBody & { session_token: string }>('POST', '/v1/sessions', {
    body: { email, password },
    ...(from === undefined ? {} : { from }),
  });

it('signs a person in', async () => {
  const { email, password, id } = await newPerson();
  const { status, body, headers } = await signIn(email.toUpperCase(), password);
  expect(status).toBe(201);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual({
    session_token: expect.stringMatching(/^kcs_[0-9A-Za-z]{43}$/),
    expires_at: expect.stringMatching(/Z$/),
    user: { id, email, name: 'Test person', email_verified_at: null },
  });
  const me = await ask<UserAnswer>('GET', '/v1/users/me', { as: body.session_token });
  expect(me.user).toEqual(body.user);
});

it('S9: answers a wrong e-mail and a wrong password alike', async () => {
  const { email } = await newPerson();
  const answers = await Promise.all([
    signIn(email, 'not the password at all'),
    signIn('nobody@keycap.test', 'not the password at all'),
  ]);
  const shown = answers.map(({ status, body, headers }) => ({
    status,
    body: { ...body, request_id: '' },
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  }));
  expect(shown[0]?.body).toEqual({
    error: 'e-mail or password is wrong',
    code: 'invalid_credentials',
    request_id: '',
  });
  expect(shown[0]?.status).toBe(401);
  expect(shown[1]).toEqual(shown[0]);
});

it('S2: takes the whole password, and nothing but it', async () => {
  const { email, password } = await newPerson();
  expect((await signIn(email, password.slice(0, -1))).status).toBe(401);
  expect((await signIn(email, password.toUpperCase())).status).toBe(401);
  expect((await signIn(email, password)).status).toBe(201);
});

it('S5: stores argon2id with at least 19 MiB and two passes', async () => {
  const { email } = await newPerson();
  const [user] = await inDatabase<{ password_hash: string }>(
    'SELECT password_hash FROM users WHERE email = $1',
    [email],
  );
  expect(user?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

it('S8 A15: lets at most 10 of 40 parallel wrong passwords reach the hash', async () => {
  const { email, password } = await newPerson();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => signIn(email, 'not the password at all', newAddress())),
  );
  const refused = answers.filter(({ status }) => status === 401);
  const throttled = answers.filter(({ status }) => status === 429);
  expect([refused.length, throttled.length]).toEqual([10, 30]);
  for (const { headers } of throttled) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await signIn(email, password)).status).toBe(429);
});

it('an attempt that the account refuses is no failure of the address', async () => {
  const from = newAddress();
  for (let n = 0; n < 120; n++) {
    await signIn('nobody-at-all@keycap.test', 'not the password at all', from);
  }
  const { email, password } = await newPerson();
  expect((await signIn(email, password, from)).status).toBe(201);
});

it('A81: counts failures by the normalised address', async () => {
  const { email } = await newPerson();
  const spellings = [email, email.toUpperCase(), ` ${email} `];
  for (let n = 0; n < 10; n++) await signIn(spellings[n % 3]!, 'not the password at all');
  expect((await signIn(email, 'not the password at all')).status).toBe(429);
});

it('a success resets the failures before it', async () => {
  const { email, password } = await newPerson();
  for (let n = 0; n < 9; n++) await signIn(email, 'not the password at all');
  expect((await signIn(email, password)).status).toBe(201);
  expect((await signIn(email, 'not the password at all')).status).toBe(401);
});

it('A78: takes an e-mail as text alone', async () => {
  for (const email of [['a@example.com', 'b@example.com'], { a: 1 }, 7, null]) {
    const { status, body } = await call('POST', '/v1/sessions', {
      body: { email, password: 'a long enough passphrase' },
    });
    expect([status, body.code]).toEqual([400, 'validation_error']);
  }
});

it('lists the live sessions and ends one of them at once', async () => {
  const person = await newPerson();
  const second = (await signIn(person.email, person.password)).body.session_token;
  const { sessions } = await ask<SessionList>('GET', '/v1/sessions', { as: second });
  expect(sessions.map(({ is_current }) => is_current)).toEqual([true, false]);

  const first = sessions[1]!;
  await ask('DELETE', `/v1/sessions/${first.id}`, { as: second, expect: 204 });
  expect((await call('GET', '/v1/users/me', { as: person.session })).status).toBe(401);
  const gone = await call('DELETE', `/v1/sessions/${first.id}`, { as: second });
  expect([gone.status, gone.body.error]).toEqual([404, 'session not found']);
});

it('signs out', async () => {
  const { session } = await newPerson();
  await ask('DELETE', '/v1/sessions/current', { as: session, expect: 204 });
  const { status, body, headers } = await call('GET', '/v1/users/me', { as: session });
  expect(status).toBe(401);
  expect(body).toEqual({
    error: 'invalid credentials',
    code: 'unauthorized',
    request_id: headers.get('x-request-id'),
  });
  expect(headers.get('www-authenticate')).toBe(bearerChallenge(true));
});

it('finds no session to end that has ended by itself', async () => {
  const { email, session } = await newPerson();
  const { sessions } = await ask<SessionList>('GET', '/v1/sessions', { as: session });
  const { session_token } = (await signIn(email, 'a long enough passphrase')).body;
  await inDatabase(
    'UPDATE sessions SET expires_at = now() WHERE id = (SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 ORDER BY s.id LIMIT 1)',
    [email],
  );
  const gone = await call('DELETE', `/v1/sessions/${sessions[0]!.id}`, { as: session_token });
  expect(gone.status).toBe(404);
});

it("cannot end another person's session", async () => {
  const [one, other] = await Promise.all([newPerson(), newPerson()]);
  const { sessions } = await ask<SessionList>('GET', '/v1/sessions', { as: one.session });
  const attempt = await call('DELETE', `/v1/sessions/${sessions[0]!.id}`, { as: other.session });
  expect(attempt.status).toBe(404);
  expect((await call('GET', '/v1/users/me', { as: one.session })).status).toBe(200);
});

it('S17: ends after 12 hours, and after 30 minutes without use', async () => {
  const statements = [
    'UPDATE sessions SET expires_at = now() WHERE user_id = (SELECT id FROM users WHERE email = $1)',
    "UPDATE sessions SET last_seen_at = now() - interval '31 minutes' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
  ];
  for (const statement of statements) {
    const { email, session } = await newPerson();
    await inDatabase(statement, [email]);
    expect((await call('GET', '/v1/users/me', { as: session })).status).toBe(401);
  }
});

it('A65: takes no stored digest for a session', async () => {
  const { email } = await newPerson();
  const [row] = await inDatabase<{ digest: Buffer }>(
    'SELECT s.digest FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1',
    [email],
  );
  for (const encoding of ['hex', 'base64url'] as const) {
    const text = row!.digest.toString(encoding);
    for (const token of [text, `kcs_${text.replace(/\W/g, '').slice(0, 43)}`]) {
      expect((await call('GET', '/v1/users/me', { as: token })).status).toBe(401);
    }
  }
});

it('refuses with 429 busy when too many passwords wait to be hashed', async () => {
  const server = await startServer({ env: { KEYCAP_LIMIT_PASSWORDS_PER_ADDRESS: '10000' } });
  try {
    const from = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, n) =>
        call('POST', '/v1/sessions', {
          url: server.url,
          from,
          body: { email: `nobody${n}@keycap.test`, password: 'not the password at all' },
        }),
      ),
    );
    const busy = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(66);
    expect(busy.length).toBeGreaterThan(0);
    for (const { body, headers } of busy) {
      expect([body.code, headers.get('retry-after')]).toEqual(['busy', '1']);
    }
  } finally {
    await server.stop();
  }
});

it('changes the own name', async () => {
  const { session, id, email } = await newPerson();
  const { user } = await ask<UserAnswer>('PATCH', '/v1/users/me', {
    as: session,
    body: { name: 'Grace Hopper' },
  });
  expect(user).toEqual({ id, email, name: 'Grace Hopper', email_verified_at: null });
  const [event] = await inDatabase<{ actor_id: string; metadata: unknown }>(
    "SELECT actor_id, metadata FROM audit_events WHERE action = 'user.updated' AND actor_id = $1",
    [id],
  );
  expect(event).toEqual({
    actor_id: id,
    metadata: { name: { before: 'Test person', after: 'Grace Hopper' } },
  });
  const { status, body } = await call('PATCH', '/v1/users/me', {
    as: session,
    body: { name: 'x'.repeat(101), password: 'set by an admin' },
  });
  expect([status, Object.keys(body.fields ?? {}).sort()]).toEqual([400, ['name', 'password']]);
});
