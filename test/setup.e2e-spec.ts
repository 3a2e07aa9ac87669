import type { SetupAnswer } from '../src/setup/setup.dto.js';
import { ask, call, inDatabase } from './support/keycap.js';
import { startServer, type TestServer } from './support/servers.js';

const OWNER = {
  email: 'Ada@Example.com',
  password: 'correct horse battery',
  name: 'Ada Lovelace',
  organization_name: 'Acme Ltd',
};

describe('first set-up', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.stop());

  const setUp = (token: string, body: object = OWNER, url = server.url) =>
    call<SetupAnswer>('POST', '/v1/setup', {
      url,
      headers: { 'x-setup-token': token },
      body,
    });

  it('makes the first owner and organization with the printed token', async () => {
    const { status, headers, body } = await setUp(server.setupToken!);
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      session_token: expect.stringMatching(/^kcs_[0-9A-Za-z]{43}$/),
      expires_at: expect.stringMatching(/Z$/),
      user: {
        id: expect.stringMatching(/^usr_/),
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        email_verified_at: expect.stringMatching(/Z$/),
      },
      organization: {
        id: expect.stringMatching(/^org_/),
        name: 'Acme Ltd',
        slug: 'acme-ltd',
        metadata: {},
        policy: {},
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
        suspended_at: null,
        suspended_reason: null,
      },
    });
    const own = await ask<{ organizations: { id: string; role: string }[] }>(
      'GET',
      '/v1/organizations',
      { url: server.url, as: body.session_token! },
    );
    expect(own.organizations.map(({ id, role }) => [id, role])).toEqual([
      [body.organization.id, 'owner'],
    ]);
  });

  it('S11 A77: of 50 parallel calls to two processes exactly one succeeds', async () => {
    const second = await startServer({ database: server.databaseUrl });
    const bodies = Array.from({ length: 50 }, (_, n) => ({ ...OWNER, email: `a${n}@example.com` }));
    const answers = await Promise.all(
      bodies.map((body, n) => setUp(server.setupToken!, body, n % 2 ? server.url : second.url)),
    );
    await second.stop();
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    const [{ users } = { users: '' }] = await inDatabase<{ users: string }>(
      'SELECT count(*) AS users FROM users',
      [],
      server.databaseUrl,
    );
    expect(users).toBe('1');
  });

  it('answers 409 once it is done, and 401 before that for a wrong token', async () => {
    const wrong = await setUp('kcsetup_wrong');
    expect([wrong.status, wrong.body]).toEqual([
      401,
      expect.objectContaining({ error: 'invalid credentials', code: 'unauthorized' }),
    ]);
    expect((await setUp(server.setupToken!)).status).toBe(201);
    const again = await setUp(server.setupToken!);
    expect([again.status, again.body]).toEqual([
      409,
      expect.objectContaining({ code: 'already_set_up' }),
    ]);
  });

  it('S1: leaves the deployment open after a password that is too short', async () => {
    const short = await setUp(server.setupToken!, { ...OWNER, password: 'fourteen chars' });
    expect([short.status, short.body]).toEqual([
      400,
      expect.objectContaining({
        code: 'validation_error',
        fields: { password: ['password must be at least 15 characters'] },
      }),
    ]);
    expect((await setUp(server.setupToken!)).status).toBe(201);
  });
});

it('creates the owner that the environment names instead', async () => {
  const server = await startServer({
    env: {
      KEYCAP_OWNER_EMAIL: 'Root@Example.com',
      KEYCAP_OWNER_PASSWORD: 'a passphrase of the environment',
      KEYCAP_ORGANIZATION: 'From environment',
    },
  });
  try {
    expect(server.setupToken).toBeNull();
    await ask('POST', '/v1/sessions', {
      url: server.url,
      body: { email: 'root@example.com', password: 'a passphrase of the environment' },
      expect: 201,
    });
    const late = await call('POST', '/v1/setup', { url: server.url, body: OWNER });
    expect([late.status, late.body.code]).toEqual([409, 'already_set_up']);
  } finally {
    await server.stop();
  }
});

it('refuses to start on a database of another master secret', async () => {
  const first = await startServer();
  try {
    const another = startServer({
      database: first.databaseUrl,
      env: { KEYCAP_SECRET: 'pq7Zk2mVx9Lw4Rt8Yb3Nc6Jd1Fg5Hs0A' },
    });
    await expect(another).rejects.toThrow('set up with another KEYCAP_SECRET');
  } finally {
    await first.stop();
  }
});

it('fills a new deployment with a demo where that is asked for', async () => {
  const server = await startServer({ env: { KEYCAP_DEMO: '1' } });
  try {
    const { body } = await call<SetupAnswer>('POST', '/v1/setup', {
      url: server.url,
      headers: { 'x-setup-token': server.setupToken! },
      body: OWNER,
    });
    const id = body.organization.id;
    const count = async (path: string, list: string) => {
      const answer = await ask<Record<string, unknown[]>>('GET', path, {
        url: server.url,
        as: body.session_token!,
      });
      return answer[list]!.length;
    };
    expect(await count(`/v1/organizations/${id}/members`, 'members')).toBe(4);
    expect(await count(`/v1/projects?organization_id=${id}`, 'projects')).toBe(2);
    expect(await count(`/v1/organizations/${id}/api-keys`, 'api_keys')).toBe(3);
  } finally {
    await server.stop();
  }
});
