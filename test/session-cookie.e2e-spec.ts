import type { SessionList } from '../src/users/sessions/sessions.dto.js';
import { inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';
import { ask, call, type CallOptions, type Method, type Person } from './support/keycap.js';
import { LOGINS, startLogin } from './support/device-logins.js';
import { Description } from './support/openapi.js';
import {
  callByCookie,
  COOKIE,
  cookiesOf,
  OWN_PAGE,
  sessionIn,
  signInOnPage,
} from './support/pages.js';
import { startServer, type TestServer, testVariable } from './support/servers.js';

const ORIGIN = (): string => testVariable('KEYCAP_TEST_URL');

const signIn = ({ email, password }: Person, options: CallOptions = {}) =>
  call<{ session_token: string | null; code: string }>('POST', '/v1/sessions', {
    body: { email, password },
    ...options,
  });

/** Everything that is no proof, and what of it a browser could send. */
const NO_PROOF: Record<string, Record<string, string>> = {
  'neither header': {},
  'another site': { 'sec-fetch-site': 'cross-site' },
  'another site that has our origin': { 'sec-fetch-site': 'cross-site', origin: 'here' },
  'a sibling of the same site': { 'sec-fetch-site': 'same-site', origin: 'here' },
  'no page at all': { 'sec-fetch-site': 'none' },
  'a foreign origin': { origin: 'https://evil.example' },
  'no origin': { origin: 'null' },
  'our host and more': { origin: 'here.evil.example' },
  'a port more': { origin: 'here0' },
  'our origin with a path': { origin: 'here/' },
  'an empty origin': { origin: '' },
  'an empty site': { 'sec-fetch-site': '', origin: 'here' },
};
const placed = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('here', ORIGIN())]),
  );

describe('signing in', () => {
  it('S16: gives a page the session as a cookie alone, for this host, out of reach of scripts', async () => {
    const person = await newPerson();
    for (const headers of [OWN_PAGE, { origin: ORIGIN() }]) {
      const answer = await signIn(person, { headers });
      expect([answer.status, answer.body.session_token]).toEqual([201, null]);
      expect(cookiesOf(answer)).toEqual({
        // Of a known device: no credential.
        '__Host-keycap_device': expect.anything(),
        [COOKIE]: [
          expect.stringMatching(/^kcs_[0-9A-Za-z]{43}$/),
          ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax'],
        ],
      });
      const session = sessionIn(answer);
      expect(answer.text).not.toContain(session);
      expect((await callByCookie('GET', '/v1/users/me', session)).status).toBe(200);
    }
  });

  it('gives a program its token, and no cookie', async () => {
    const answer = await signIn(await newPerson());
    expect(answer.body.session_token).toMatch(/^kcs_/);
    expect(cookiesOf(answer)).toEqual({});
  });

  it.each(Object.entries(NO_PROOF).filter(([name]) => name !== 'neither header'))(
    'S20: is refused for %s, before the password is looked at',
    async (_, headers) => {
      const person = await newPerson();
      for (const password of [person.password, 'not the password at all']) {
        const answer = await signIn({ ...person, password }, { headers: placed(headers) });
        expect([answer.status, answer.body.code]).toEqual([403, 'cross_site']);
        expect(cookiesOf(answer)).toEqual({});
      }
      const { length } = await inDatabase(
        'SELECT FROM sessions WHERE user_id IN (SELECT id FROM users WHERE email = $1)',
        [person.email],
      );
      expect(length).toBe(1);
    },
  );

  it('S15 A63: makes a session of its own, whichever id was brought along', async () => {
    const person = await newPerson();
    const chosen = `kcs_${'A'.repeat(43)}`;
    const before = await signInOnPage(person);
    const headers = { ...OWN_PAGE, cookie: `${COOKIE}=${chosen}` };
    const after = sessionIn(await signIn(person, { headers }));
    const again = sessionIn(
      await signIn(person, { headers: { ...OWN_PAGE, cookie: `${COOKIE}=${before}` } }),
    );
    expect(new Set([before, after, again, chosen, person.session]).size).toBe(5);
    const statuses = await Promise.all(
      [chosen, after, again].map(
        async (each) => (await callByCookie('GET', '/v1/users/me', each)).status,
      ),
    );
    expect(statuses).toEqual([401, 200, 200]);
  });
});

describe('signing up by an invitation', () => {
  const invite = async (): Promise<string> => {
    const org = await newOrganization();
    const { accept_url: url } = await ask<{ accept_url: string }>(
      'POST',
      `${org.path}/invitations`,
      {
        as: org.owner.session,
        body: { email: `${randomText()}@keycap.test`, role: 'member' },
        expect: 201,
      },
    );
    return url.slice(url.indexOf('=') + 1);
  };
  const accept = (token: string, headers: Record<string, string>) =>
    call<{ session_token: string | null; code: string }>('POST', '/v1/invitations/accept', {
      headers,
      body: { token, name: 'Grace', password: 'a long enough passphrase' },
    });

  it('gives a page the cookie, and another site nothing', async () => {
    const token = await invite();
    const foreign = await accept(token, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'cross_site']);
    const answer = await accept(token, OWN_PAGE);
    expect([answer.status, answer.body.session_token]).toEqual([200, null]);
    expect((await callByCookie('GET', '/v1/users/me', sessionIn(answer))).status).toBe(200);
  });

  it('works with the cookie of a session that has ended, or of none', async () => {
    const person = await newPerson();
    await ask('DELETE', '/v1/sessions/current', { as: person.session, expect: 204 });
    for (const cookie of [person.session, `kcs_${'A'.repeat(43)}`, 'rubbish']) {
      const answer = await accept(await invite(), { ...OWN_PAGE, cookie: `${COOKIE}=${cookie}` });
      expect(answer.status).toBe(200);
    }
  });

  it('S20: accepts nothing for a signed-in person that another site asks', async () => {
    const session = await signInOnPage(await newPerson());
    const answer = await callByCookie('POST', '/v1/invitations/accept', session, {
      headers: {},
      body: { token: await invite() },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'cross_site']);
  });
});

describe('a request with the cookie', () => {
  let person: Person;
  let session: string;

  beforeAll(async () => {
    person = await newPerson();
    session = await signInOnPage(person);
  });

  it.each([OWN_PAGE, { origin: 'here' }, { 'sec-fetch-site': 'same-origin', origin: 'here' }])(
    'changes something for a page of this deployment: %j',
    async (headers) => {
      const body = { name: 'Ada' };
      const { status } = await callByCookie('PATCH', '/v1/users/me', session, {
        headers: placed(headers as Record<string, string>),
        body,
      });
      expect(status).toBe(200);
    },
  );

  it.each(Object.entries(NO_PROOF))('S20: changes nothing for %s', async (_, headers) => {
    const answer = await callByCookie('PATCH', '/v1/users/me', session, {
      headers: placed(headers),
      body: { name: 'Mallory' },
    });
    expect([answer.status, answer.body]).toEqual([
      403,
      {
        error: 'this request does not come from a page of this deployment',
        code: 'cross_site',
        request_id: answer.headers.get('x-request-id'),
      },
    ]);
    expect((await callByCookie('GET', '/v1/users/me', session)).text).not.toContain('Mallory');
  });

  it('S20: changes nothing anywhere: every unsafe route refuses it without proof', async () => {
    const { operations } = await Description.of();
    const org = await newOrganization();
    const owner = await signInOnPage(org.owner);
    const ids: Record<string, string> = { orgID: org.id };
    const unsafe = operations.filter(
      ({ method, security }) => method !== 'get' && security.some((one) => 'session' in one),
    );
    const answers = await Promise.all(
      unsafe.map(async ({ method, path, operationId }) => {
        const place = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);
        const as = { headers: { 'content-type': 'text/plain' } };
        const { status, text } = await callByCookie(
          method.toUpperCase() as Method,
          place,
          owner,
          as,
        );
        return [operationId, status, /cross_site|permission|cross|deployment/.test(text)];
      }),
    );
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter(([, status, named]) => status !== 403 || named !== true)).toEqual([]);
  });

  it('may read whoever asks, since nobody else can read the answer', async () => {
    for (const headers of Object.values(NO_PROOF)) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { status } = await callByCookie(method, '/v1/users/me', session, {
          headers: placed(headers),
        });
        expect(status).toBe(200);
      }
    }
  });

  it('is judged by its header, whatever the cookie says', async () => {
    const org = await newOrganization();
    const { plaintext } = await org.apiKey();
    const cookie = `${COOKIE}=${session}`;
    const refused = await call('GET', '/v1/users/me', { as: 'rubbish!', headers: { cookie } });
    expect(refused.status).toBe(401);
    const byKey = await call<{ principal: object }>('GET', '/v1/me', {
      headers: { cookie, 'x-api-key': plaintext },
    });
    expect(byKey.body.principal).toMatchObject({ auth_source: 'api_key' });
    const made = await call('POST', '/v1/organizations', {
      as: person.session,
      headers: { cookie: `${COOKIE}=rubbish` },
      body: { name: 'By bearer' },
    });
    expect(made.status).toBe(201);
  });

  it('is refused with another shape, an unknown session, or two of them', async () => {
    const read = async (cookie: string) => {
      const { status, body } = await call('GET', '/v1/users/me', { headers: { cookie } });
      return [status, body.code];
    };
    const wrong = [
      '',
      'rubbish',
      `"${session}"`,
      `${session}x`,
      session.slice(0, -1),
      session.toUpperCase(),
      encodeURIComponent(`${session} `),
      `kcs_${'A'.repeat(43)}`,
    ];
    for (const value of wrong) {
      expect([value, ...(await read(`${COOKIE}=${value}`))]).toEqual([value, 401, 'unauthorized']);
    }
    for (const two of [
      `${COOKIE}=${session}; ${COOKIE}=${session}`,
      `${COOKIE}=x;${COOKIE}=${session}`,
    ]) {
      expect(await read(two)).toEqual([400, 'ambiguous_credentials']);
    }
    for (const other of ['keycap_session', '__host-keycap_session', `x${COOKIE}`, `${COOKIE}x`]) {
      expect(await read(`${other}=${session}`)).toEqual([401, 'unauthorized']);
    }
    expect(await read(`a=b;${COOKIE}=${session}`)).toEqual([200, undefined]);
  });

  it('is nothing to the endpoints of OAuth clients', async () => {
    const client = await (await newOrganization()).client();
    const cookie = `${COOKIE}=${session}`;
    const form = {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    };
    expect((await call('POST', '/o/token/', { headers: { cookie }, form })).status).toBe(200);
    const bare = await call('POST', '/o/token/', {
      headers: { cookie },
      form: { grant_type: 'client_credentials' },
    });
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);
  });

  it('makes API keys whose source is the dashboard', async () => {
    const org = await newOrganization();
    const body = { name: 'x', scopes: ['read'] };
    const asOwner = await signInOnPage(org.owner);
    const path = `${org.path}/api-keys`;
    const byCookie = await callByCookie<{ api_key: { source: string } }>('POST', path, asOwner, {
      body,
    });
    const byBearer = await call<{ api_key: { source: string } }>('POST', path, {
      as: org.owner.session,
      body,
    });
    expect([byCookie.body.api_key.source, byBearer.body.api_key.source]).toEqual([
      'dashboard',
      'api',
    ]);
  });
});

describe('signing out', () => {
  it('S24: ends the session, takes the cookie away and clears what the browser keeps', async () => {
    const session = await signInOnPage(await newPerson());
    const answer = await callByCookie('DELETE', '/v1/sessions/current', session);
    expect(answer.status).toBe(204);
    expect(cookiesOf(answer)).toEqual({
      [COOKIE]: ['', ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax', 'Max-Age=0']],
    });
    expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect((await callByCookie('GET', '/v1/users/me', session)).status).toBe(401);
  });

  it('takes no cookie away where another session ends, or a program signs out', async () => {
    const person = await newPerson();
    const session = await signInOnPage(person);
    const { body } = await callByCookie<SessionList>('GET', '/v1/sessions', session);
    const [own, other] = body.sessions;
    const ended = await callByCookie('DELETE', `/v1/sessions/${other!.id}`, session);
    expect([ended.status, cookiesOf(ended), ended.headers.get('clear-site-data')]).toEqual([
      204,
      {},
      null,
    ]);
    const last = await callByCookie('DELETE', `/v1/sessions/${own!.id}`, session);
    expect([last.status, Object.keys(cookiesOf(last))]).toEqual([204, [COOKIE]]);
    const program = (await signIn(person)).body.session_token!;
    const signedOut = await call('DELETE', '/v1/sessions/current', { as: program });
    expect([signedOut.status, cookiesOf(signedOut)]).toEqual([204, {}]);
  });
});

describe('a server of its own', () => {
  const APP = 'https://app.example.com';
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({
      env: { KEYCAP_INSECURE_COOKIE: '1', KEYCAP_CORS_ORIGINS: `${APP} http://localhost:5173` },
    });
  });
  afterAll(() => server.stop());

  it('sets up with a cookie that needs no secure connection, by another name', async () => {
    const { url, setupToken } = server;
    const body = {
      email: 'owner@keycap.test',
      password: 'a long enough passphrase',
      organization_name: 'Own',
    };
    const setUp = (headers: Record<string, string>) =>
      call<{ session_token: string | null }>('POST', '/v1/setup', {
        url,
        body,
        headers: { 'x-setup-token': setupToken!, ...headers },
      });
    expect((await setUp({ origin: APP })).status).toBe(403);
    const answer = await setUp({ origin: url });
    expect([answer.status, answer.body.session_token]).toEqual([201, null]);
    expect(cookiesOf(answer)).toEqual({
      keycap_session: [expect.stringMatching(/^kcs_/), ['Path=/', 'HttpOnly', 'SameSite=Lax']],
    });
    const read = async (name: string) =>
      (
        await call('GET', '/v1/users/me', {
          url,
          headers: { cookie: `${name}=${sessionIn(answer, 'keycap_session')}` },
        })
      ).status;
    expect([await read('keycap_session'), await read(COOKIE)]).toEqual([200, 401]);
  });

  it('lets pages of the listed origins call and read, without a cookie', async () => {
    const { url } = server;
    for (const origin of [APP, 'http://localhost:5173']) {
      const { status, headers } = await call('GET', '/v1/users/me', { url, headers: { origin } });
      expect(status).toBe(401);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toBe('Origin');
    }
    const missing = await call('GET', '/v1/nowhere', { url, headers: { origin: APP } });
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([
      404,
      APP,
    ]);
    expect((await call('GET', '/health/live', { url })).headers.get('vary')).toBe('Origin');
  });

  const preflight = async (path: string, origin: string, method = 'PATCH') => {
    const response = await fetch(server.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    });
    await response.text();
    return response;
  };

  it('answers their preflights', async () => {
    const { status, headers } = await preflight('/v1/users/me', APP);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(APP);
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(headers.get('access-control-max-age')).toBe('600');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('/v1/nowhere', APP)).status).toBe(404);
  });

  it('lets them send every header that an operation takes', async () => {
    const description = await Description.of();
    const parameters = description.operations.flatMap((operation) =>
      operation.parameters.map(({ $ref, ...own }) =>
        $ref === undefined ? own : (description.at($ref) as { name: string; in: string }),
      ),
    );
    // GitHub's servers send those with its name, and no page does.
    const taken = parameters.flatMap(({ name = '', in: place }) =>
      place === 'header' && !name.startsWith('github-') ? [name] : [],
    );
    const { headers } = await preflight('/v1/users/me', APP);
    const allowed = new Set(headers.get('access-control-allow-headers')!.split(', '));
    const all = new Set(taken);
    expect([...all].toSorted()).toEqual([
      'Idempotency-Key',
      'X-CapyDB-Poll-Token',
      'X-Invitation-Token',
      'X-Keycap-Poll-Token',
      'X-Setup-Token',
    ]);
    expect([...all].filter((name) => !allowed.has(name))).toEqual([]);
  });

  it.each(['X-Keycap-Poll-Token', 'X-CapyDB-Poll-Token'])(
    'lets them poll the login of a device by %s',
    async (name) => {
      const { url } = server;
      const { id, pollToken } = await startLogin({}, { url, headers: { origin: APP } });
      const path = `${LOGINS}/${id}`;
      const { headers } = await preflight(path, APP, 'GET');
      expect(headers.get('access-control-allow-headers')).toContain(name);
      const answer = await call<{ state: string }>('GET', path, {
        url,
        headers: { origin: APP, [name]: pollToken },
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
      expect([answer.status, answer.body.state]).toEqual([200, 'pending']);
    },
  );

  it('S25: tells no other origin anything', async () => {
    const hostile = [
      'https://evil.example',
      'null',
      '',
      '*',
      `${APP}.evil.example`,
      `${APP}/`,
      `${APP}:443`,
      `${APP}:8443`,
      'http://app.example.com',
      'https://APP.example.com',
      'https://xapp.example.com',
      'https://example.com',
      'https://app.example.com@evil.example',
      `${APP}, https://evil.example`,
      `${APP} https://evil.example`,
      'http://localhost',
      'http://localhost:51730',
      'https://localhost:5173',
      'http://127.0.0.1:5173',
      'file://',
      'https://app.example.com%00.evil.example',
      server.url,
    ];
    for (const origin of hostile) {
      const answers = [
        await fetch(`${server.url}/v1/users/me`, { headers: { origin } }),
        await fetch(`${server.url}/v1/nowhere`, { headers: { origin } }),
        await preflight('/v1/users/me', origin),
      ];
      for (const { headers } of answers) {
        const said = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect([origin, said, headers.get('vary')]).toEqual([origin, [], 'Origin']);
      }
      expect(answers[2]!.status).toBe(405);
    }
  });

  it('signs nobody in from a listed origin, and takes no cookie from there', async () => {
    const { url } = server;
    const body = { email: 'owner@keycap.test', password: 'a long enough passphrase' };
    const answer = await call('POST', '/v1/sessions', { url, headers: { origin: APP }, body });
    expect([answer.status, answer.body.code]).toEqual([403, 'cross_site']);
    const session = sessionIn(
      await call('POST', '/v1/sessions', { url, headers: OWN_PAGE, body }),
      'keycap_session',
    );
    const change = await call('PATCH', '/v1/users/me', {
      url,
      headers: { origin: APP, cookie: `keycap_session=${session}` },
      body: { name: 'Mallory' },
    });
    expect([change.status, change.body.code]).toEqual([403, 'cross_site']);
  });

  it('lets nobody call from a browser where no origin is listed', async () => {
    const { headers } = await call('GET', '/v1/users/me', { headers: { origin: APP } });
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, null]);
  });
});
