import type { SessionList } from '../src/users/sessions/sessions.dto.js';
import type { UserAnswer } from '../src/users/users.dto.js';
import {
  type Answer,
  call,
  type CallOptions,
  type ErrorBody,
  inDatabase,
  type Method,
  randomText,
} from './support/keycap.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { newIssuerKey, seconds, TestIssuer } from './support/session-issuer.js';

interface MeAnswer {
  readonly organization: { readonly id: string } | null;
  readonly principal: Record<string, unknown>;
}
interface Identity {
  readonly user_id: string;
}

const APP = 'https://app.example.com';
let plain: TestIssuer;
let linking: TestIssuer;
let clerk: TestIssuer;
let deciding: TestIssuer;
let away: TestIssuer;
let own: OwnServer;

beforeAll(async () => {
  [plain, linking, clerk, deciding, away] = (await Promise.all(
    Array.from({ length: 5 }, () => TestIssuer.open()),
  )) as [TestIssuer, TestIssuer, TestIssuer, TestIssuer, TestIssuer];
  const issuers = [
    plain.entry({ audience: ['app', 'other'] }),
    linking.entry({ link_by_verified_email: true }),
    clerk.entry({
      audience: [],
      authorized_parties: [APP],
      claims: { organization: 'o.id', role: 'o.rol' },
    }),
    deciding.entry({
      membership_from: 'claims',
      claims: {
        organization: 'org',
        role: 'role',
        email: 'mail.address',
        email_verified: 'mail.ok',
      },
    }),
    away.entry(),
  ];
  own = await startOwnServer({ env: { KEYCAP_SESSION_ISSUERS: JSON.stringify(issuers) } });
});

afterAll(async () => {
  await own.server.stop();
  await Promise.all([plain, linking, clerk, deciding, away].map((issuer) => issuer.close()));
});

const use = <T = ErrorBody>(
  as: string,
  path = '/v1/users/me',
  options: CallOptions = {},
  method: Method = 'GET',
): Promise<Answer<T>> => own.call<T>(method, path, { as, ...options });
const userOf = async (token: string) => (await use<UserAnswer>(token)).body.user;
const query = <T extends object>(sql: string, values: unknown[] = []) =>
  inDatabase<T>(sql, values, own.server.databaseUrl);
const newEmail = () => `${randomText()}@idp.test`;

/** Someone who signed up by a shown link, so that his address is not verified. */
async function signUp(email: string): Promise<{ id: string; session: string; password: string }> {
  const body = { email, role: 'member' };
  const invited = await own.call<{ accept_url: string }>('POST', `${own.path}/invitations`, {
    body,
  });
  const token = invited.body.accept_url.split('#token=')[1];
  const password = 'a long enough passphrase';
  const { body: accepted } = await call<{ member: { user_id: string }; session_token: string }>(
    'POST',
    '/v1/invitations/accept',
    { url: own.url, body: { token, name: 'Signed up', password } },
  );
  return { id: accepted.member.user_id, session: accepted.session_token, password };
}

async function organization(
  as: string,
  more: object = {},
): Promise<{ id: string; path: string; slug: string }> {
  const { body } = await own.call<{ organization: { id: string; slug: string } }>(
    'POST',
    '/v1/organizations',
    {
      as,
      body: { name: `Org ${randomText()}`, ...more },
    },
  );
  return { ...body.organization, path: `/v1/organizations/${body.organization.id}` };
}

describe('someone whom an identity provider has signed in', () => {
  it.each(['key', 'rsa', 'ed'] as const)(
    'is taken, whatever of the three it signs with: %s',
    async (which) => {
      const { status, body } = await use<UserAnswer>(await plain.token({}, {}, plain[which]));
      expect([status, body.user.email, body.user.email_verified_at]).toEqual([200, null, null]);
    },
  );

  it('is the same user with every token, and another one at another issuer', async () => {
    const sub = `user_${randomText()}`;
    const [one, again, elsewhere] = await Promise.all(
      [
        await plain.token({ sub }),
        await plain.token({ sub, aud: ['x', 'other'] }),
        await linking.token({ sub }),
      ].map(userOf),
    );
    expect(again!.id).toBe(one!.id);
    expect(elsewhere!.id).not.toBe(one!.id);
  });

  it('is made once, however many of his requests come first', async () => {
    const token = await linking.token({
      email: newEmail(),
      email_verified: true,
      name: 'Ada Lovelace',
    });
    const users = await Promise.all(Array.from({ length: 20 }, () => userOf(token)));
    expect(new Set(users.map(({ id }) => id)).size).toBe(1);
    expect(users[0]).toMatchObject({
      name: 'Ada Lovelace',
      email_verified_at: expect.stringMatching(/Z$/),
    });
    const events = await query<{ action: string; metadata: object }>(
      'SELECT action, metadata FROM audit_events WHERE actor_id = $1 ORDER BY id',
      [users[0]!.id],
    );
    expect(events.map(({ action }) => action)).toEqual(['user.created', 'user.identity_linked']);
    expect(events[1]!.metadata).toMatchObject({ issuer: linking.url, account: 'new' });
  });

  it('is made once as well where two of the same address come first', async () => {
    const email = newEmail();
    const tokens = await Promise.all(
      Array.from({ length: 8 }, () => plain.token({ email, email_verified: true })),
    );
    const users = await Promise.all(tokens.map(userOf));
    expect(users.filter((user) => user.email === email)).toHaveLength(1);
    expect(new Set(users.map(({ id }) => id)).size).toBe(8);
  });

  it('has no address here that the issuer does not call verified', async () => {
    for (const email_verified of [undefined, false, 'true', 1, null]) {
      const { email } = await userOf(await linking.token({ email: newEmail(), email_verified }));
      expect(email).toBeNull();
    }
    for (const email of ['', 'nobody', 7, ['a@idp.test'], `${'x'.repeat(250)}@idp.test`]) {
      expect((await userOf(await linking.token({ email, email_verified: true }))).email).toBeNull();
    }
  });

  it('has a name by the claim, the address or the subject', async () => {
    const sub = `user_${randomText()}`;
    expect((await userOf(await plain.token({ sub }))).name).toBe(sub);
    expect(
      (
        await userOf(
          await plain.token({
            name: 'a\u0000b',
            email: `ada${randomText()}@idp.test`,
            email_verified: true,
          }),
        )
      ).name,
    ).toMatch(/^ada/);
  });

  it('signs out where he has signed in', async () => {
    const token = await plain.token();
    const list = await use<SessionList>(token, '/v1/sessions');
    expect([list.status, list.body.sessions]).toEqual([200, []]);
    const out = await use(token, '/v1/sessions/current', {}, 'DELETE');
    expect([out.status, out.body.code]).toEqual([409, 'external_session']);
  });

  it('S18: is kept out at once when his user is disabled', async () => {
    const token = await plain.token();
    const { id } = await userOf(token);
    await query(
      'UPDATE users SET disabled_at = now() WHERE id = (SELECT user_id FROM external_identities ORDER BY id DESC LIMIT 1)',
    );
    expect((await use(token)).status).toBe(401);
    expect(id).toMatch(/^usr_/);
  });

  it('may call by bearer from anywhere, and by cookie not at all', async () => {
    const token = await plain.token();
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect(
      (await use(token, '/v1/users/me', { headers, body: { name: 'Ada' } }, 'PATCH')).status,
    ).toBe(200);
    const byCookie = await fetch(`${own.url}/v1/users/me`, {
      headers: { cookie: `__Host-keycap_session=${token}` },
    });
    expect(byCookie.status).toBe(401);
  });

  it('makes organizations of his own, which the token may name', async () => {
    const sub = `user_${randomText()}`;
    const made = await organization(await clerk.token({ sub, aud: undefined, azp: APP }));
    const withOrganization = await clerk.token({
      sub,
      aud: undefined,
      azp: APP,
      o: { id: made.slug, rol: 'member' },
    });
    const { body } = await use<MeAnswer>(withOrganization, '/v1/me');
    expect(body.organization?.id).toBe(made.id);
    expect(body.principal).toMatchObject({ auth_source: 'session', organization_role: 'owner' });
    const without = await use<MeAnswer>(
      await clerk.token({ sub, aud: undefined, azp: APP }),
      '/v1/me',
    );
    expect(without.body.organization).toBeNull();
    const stranger = await clerk.token({
      aud: undefined,
      azp: APP,
      o: { id: made.slug, rol: 'admin' },
    });
    expect((await use<MeAnswer>(stranger, '/v1/me')).body.organization).toBeNull();
    expect((await use(stranger, made.path)).status).toBe(404);
  });
});

describe('an address that someone has already', () => {
  it('A41: is not given to a person of an issuer that may not link', async () => {
    const email = newEmail();
    const { id } = await signUp(email);
    const user = await userOf(await plain.token({ email, email_verified: true }));
    expect([user.email, user.id === id]).toEqual([null, false]);
    const [event] = await query<{ metadata: object }>(
      "SELECT metadata FROM audit_events WHERE action = 'user.identity_linked' AND actor_id = $1",
      [user.id],
    );
    expect(event!.metadata).toMatchObject({ account: 'new', email_taken: true });
  });

  it('A41: is not given to a person of a linking issuer that does not call it verified', async () => {
    const email = newEmail();
    const { id, session } = await signUp(email);
    for (const email_verified of [false, undefined, 'true']) {
      expect((await userOf(await linking.token({ email, email_verified }))).id).not.toBe(id);
    }
    expect((await use(session)).status).toBe(200);
  });

  it('A41: is given to its owner, and whoever had the account unverified is put out', async () => {
    const email = newEmail();
    const { id, session, password } = await signUp(email);
    const token = await linking.token({ email: email.toUpperCase(), email_verified: true });
    const user = await userOf(token);
    expect([user.id, user.email, user.email_verified_at]).toEqual([
      id,
      email,
      expect.stringMatching(/Z$/),
    ]);
    expect((await use(session)).status).toBe(401);
    const signIn = await call('POST', '/v1/sessions', { url: own.url, body: { email, password } });
    expect(signIn.status).not.toBe(201);
    const [row] = await query<{ password_hash: string | null }>(
      'SELECT password_hash FROM users WHERE email = $1',
      [email],
    );
    expect(row!.password_hash).toBeNull();
    const [event] = await query<{ metadata: object }>(
      "SELECT metadata FROM audit_events WHERE action = 'user.identity_linked' AND actor_id = $1",
      [id],
    );
    expect(event!.metadata).toMatchObject({ account: 'existing', was_verified: false });
  });

  it('keeps the password and sessions of an account that was verified', async () => {
    const email = newEmail();
    const { id, session } = await signUp(email);
    await query('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    expect((await userOf(await linking.token({ email, email_verified: true }))).id).toBe(id);
    expect((await use(session)).status).toBe(200);
  });

  it('is not given to anyone while its user is disabled', async () => {
    const email = newEmail();
    await signUp(email);
    await query('UPDATE users SET disabled_at = now() WHERE email = $1', [email]);
    const token = await linking.token({ email, email_verified: true });
    expect((await use(token)).status).toBe(401);
    expect(
      await query<Identity>(
        'SELECT user_id FROM external_identities i JOIN users u ON u.id = i.user_id WHERE u.email = $1',
        [email],
      ),
    ).toEqual([]);
  });
});

describe('an issuer that decides on memberships', () => {
  const token = (claims: object) => deciding.token(claims);
  const roleIn = async (as: string, path: string) =>
    (await use<{ member: { role: string } }>(as, `${path}/members/me`)).body.member.role;

  it('makes a person a member with the role that its token says, and no other', async () => {
    const sub = `user_${randomText()}`;
    const { path, id, slug } = await organization(own.session, {
      metadata: { external_id: `ext_${randomText()}` },
    });
    for (const [org, role, expected] of [
      [id, 'org:admin', 'admin'],
      [slug, 'member', 'member'],
      [id, 'ADMIN', 'admin'],
      [id, 'org:billing', 'member'],
      [id, undefined, 'member'],
      [id, 'owner', 'owner'],
    ] as const) {
      expect(await roleIn(await token({ sub, org, role }), path)).toBe(expected);
    }
    const events = await query<{ action: string; actor_kind: string }>(
      "SELECT action, actor_kind FROM audit_events WHERE metadata ->> 'user_id' = $1 ORDER BY id",
      [(await userOf(await token({ sub, org: id, role: 'owner' }))).id],
    );
    expect(events.map(({ action }) => action)).toEqual([
      'member.added',
      ...Array.from({ length: 4 }, () => 'member.role_changed'),
    ]);
    expect(new Set(events.map(({ actor_kind }) => actor_kind))).toEqual(new Set(['system']));
  });

  it('finds an organization by its metadata, unless two say the same', async () => {
    const sub = `user_${randomText()}`;
    const external = `ext_${randomText()}`;
    const { id } = await organization(own.session, { metadata: { external_id: external } });
    const named = await token({ sub, org: external, role: 'admin' });
    expect((await use<MeAnswer>(named, '/v1/me')).body.organization?.id).toBe(id);
    await organization(own.session, { metadata: { external_id: external } });
    expect((await use<MeAnswer>(named, '/v1/me')).body.organization).toBeNull();
  });

  it('is good in the organization that it names, and in no other', async () => {
    const sub = `user_${randomText()}`;
    const [one, other] = [await organization(own.session), await organization(own.session)];
    const [inOne, inOther] = [
      await token({ sub, org: one.id, role: 'admin' }),
      await token({ sub, org: other.id, role: 'admin' }),
    ];
    expect([(await use(inOne, one.path)).status, (await use(inOther, other.path)).status]).toEqual([
      200, 200,
    ]);
    expect([
      (await use(inOne, other.path)).status,
      (await use(await token({ sub }), one.path)).status,
    ]).toEqual([404, 404]);
    const list = await use<{ organizations: { id: string }[] }>(inOne, '/v1/organizations');
    expect(list.body.organizations.map(({ id }) => id)).toEqual([one.id]);
    const none = await use<{ organizations: unknown[] }>(
      await token({ sub, org: 'no-such-thing' }),
      '/v1/organizations',
    );
    expect(none.body.organizations).toEqual([]);
    expect((await use(inOne, `/v1/projects?organization_id=${other.id}`)).status).toBe(404);
  });

  it('takes the last owner nothing', async () => {
    const sub = `user_${randomText()}`;
    const { id, path } = await organization(own.session);
    const owner = await token({ sub, org: id, role: 'owner' });
    expect(await roleIn(owner, path)).toBe('owner');
    await query(
      "UPDATE memberships SET status = 'paused' WHERE role = 'owner' AND organization_id = (SELECT organization_id FROM memberships ORDER BY id DESC LIMIT 1) AND id <> (SELECT id FROM memberships ORDER BY id DESC LIMIT 1)",
    );
    expect(await roleIn(await token({ sub, org: id, role: 'member' }), path)).toBe('owner');
  });

  it('lets a person stay paused', async () => {
    const sub = `user_${randomText()}`;
    const { id, path } = await organization(own.session);
    const member = await token({ sub, org: id, role: 'member' });
    await use(member, path);
    const user = await userOf(member);
    await own.call('PATCH', `${path}/members/${user.id}`, { body: { status: 'paused' } });
    expect((await use(await token({ sub, org: id, role: 'admin' }), path)).status).toBe(404);
  });

  it('makes a person a member once, however many of his requests come first', async () => {
    const { id, path } = await organization(own.session);
    const first = await token({ org: id, role: 'admin' });
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => (await use(first, path)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('the keys of an issuer', () => {
  it('are fetched once, however many tokens come first', () => {
    expect(plain.fetches).toBe(1);
  });

  it('are asked for again at most once a minute for keys that nobody has', async () => {
    const before = deciding.fetches;
    const strange = await newIssuerKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        use(await deciding.token({}, { kid: `kid-${n}` }, strange)),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(deciding.fetches - before).toBeLessThanOrEqual(1);
  });

  it('are missing while the issuer is away: 503, and nothing is decided', async () => {
    away.answer = (_request, response) => response.writeHead(500).end();
    const { status, body, headers } = await use(await away.token());
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  });

  it('are not asked for by the token of someone else', async () => {
    const before = away.fetches;
    const other = await TestIssuer.open();
    const forged = [await other.token(), await other.token({ iss: `${away.url}/` })];
    for (const token of forged) expect((await use(token)).status).toBe(401);
    expect([other.fetches, away.fetches]).toEqual([0, before]);
    await other.close();
  });
});

it('says when he last signed in, as far as the issuer says it', async () => {
  const now = seconds();
  for (const auth_time of [now - 3600, undefined, 'yesterday', -1]) {
    expect((await use(await plain.token({ auth_time }))).status).toBe(200);
  }
});
