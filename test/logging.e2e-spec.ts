import { randomBytes } from 'node:crypto';
import { cutWaiters, lockAuditLog, takeAway } from './support/database-faults.js';
import { inDatabase, newAddress } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import type { OwnServer } from './support/own-server.js';
import { exchangeOne, request } from './support/raw-http.js';

type Line = Readonly<Record<string, unknown>>;

/** A text that is in nothing but what one test sent. */
const canary = (): string => `canary${randomBytes(12).toString('hex')}`;

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer({ env: { KEYCAP_LOG_LEVEL: 'trace' } });
});

afterAll(() => own.server.stop());

const JSON_TYPE = 'Content-Type: application/json';

/** The lines that the server wrote about a request; it writes the last one after the answer. */
async function linesAbout(requestId: string | null): Promise<Line[]> {
  const lines = (): Line[] =>
    own.server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line.request_id === requestId);
  while (!lines().some(({ msg }) => msg === 'answered')) {
    await own.call('GET', '/health/live');
  }
  return lines();
}

const someMs = expect.any(Number) as unknown;
const someTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;

describe('S59: one line for each answer', () => {
  it('has route, status, time, address and who it was', async () => {
    const from = newAddress();
    const me = await own.call<{ user: { id: string } }>('GET', '/v1/users/me', { from });
    const [row] = await inDatabase<{ id: string }>(
      'SELECT id FROM users',
      [],
      own.server.databaseUrl,
    );
    expect(await linesAbout(me.headers.get('x-request-id'))).toEqual([
      {
        level: 30,
        time: someTime,
        request_id: me.headers.get('x-request-id'),
        method: 'GET',
        route: '/v1/users/me',
        status: 200,
        ms: someMs,
        ip: from,
        principal: 'user',
        principal_id: row?.id,
        msg: 'answered',
      },
    ]);
  });

  it('names keys and clients by their ids', async () => {
    const key = await own.call<{ plaintext_api_key: string }>('POST', `${own.path}/api-keys`, {
      body: { name: 'A', scopes: ['*'] },
    });
    const byKey = await own.call('GET', own.path, { as: key.body.plaintext_api_key });
    const [keyLine] = await linesAbout(byKey.headers.get('x-request-id'));
    expect(keyLine).toMatchObject({
      route: '/v1/organizations/:orgID',
      principal: 'api_key',
      principal_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });

    const client = await own.call<{
      oauth_client: { client_id: string };
      basic_credential: string;
    }>('POST', `${own.path}/oauth-clients`, { body: { name: 'A' } });
    const issued = await own.call('POST', '/o/token/', {
      as: `Basic ${client.body.basic_credential}`,
      form: { grant_type: 'client_credentials' },
    });
    const [clientLine] = await linesAbout(issued.headers.get('x-request-id'));
    expect(clientLine).toMatchObject({
      status: 200,
      principal: 'oauth_client',
      principal_id: client.body.oauth_client.client_id,
    });
  });

  it('has the reason of a refusal, which the caller does not learn', async () => {
    const { headers, text } = await own.call('GET', '/v1/me', { as: `kcs_${'a'.repeat(43)}` });
    const [line] = await linesAbout(headers.get('x-request-id'));
    expect(line).toMatchObject({ status: 401, code: 'unauthorized' });
    const { reason } = line as { reason: string };
    expect(reason.length).toBeGreaterThan(5);
    expect(text).not.toContain(reason);
  });

  it('has the pattern of a route and never the URL', async () => {
    const id = canary();
    const { headers } = await own.call('GET', `${own.path}/api-keys/${id}?x=${id}`);
    const [line] = await linesAbout(headers.get('x-request-id'));
    expect(line?.route).toBe('/v1/organizations/:orgID/api-keys/:keyID');
    const unknown = await own.call('GET', `/${id}`);
    expect((await linesAbout(unknown.headers.get('x-request-id')))[0]).toMatchObject({
      route: null,
      status: 404,
    });
    expect(own.server.log()).not.toContain(id);
  });
});

describe('S59: nothing that a client sends reaches the log', () => {
  /** Sends each canary and expects it nowhere in what the server wrote. */
  async function expectSilence(send: (secret: string) => Promise<unknown>): Promise<void> {
    const secret = canary();
    await send(secret);
    // One more line, so that everything before it is written.
    const marker = await own.call('GET', '/health/live');
    await linesAbout(marker.headers.get('x-request-id'));
    expect(own.server.log()).not.toContain(secret);
    expect(own.server.log()).not.toContain(Buffer.from(secret).toString('base64').slice(2, -4));
    expect(own.server.log()).not.toContain(encodeURIComponent(secret).toUpperCase());
  }

  const post = (path: string, headers: string[], body: string): Promise<unknown> =>
    exchangeOne(request('POST', path, headers, body), own.url);

  it.each([
    'Authorization: Bearer $',
    'Authorization: Basic $',
    'Authorization: $',
    'X-API-Key: $',
    'Cookie: __Host-keycap_session=$',
    'X-Setup-Token: $',
    'X-Invitation-Token: $',
    'X-CapyDB-Poll-Token: $',
    'X-Request-Id: $!',
    'X-Forwarded-For: $',
    'Forwarded: for=$',
    'Idempotency-Key: $',
    'User-Agent: $',
    'Referer: https://keycap.test/$',
    'Content-Type: $/x',
    'Content-Encoding: $',
    'Expect: $',
    'Accept: $',
    '$: x',
  ])('header %s', async (header) => {
    await expectSilence(async (secret) => {
      const line = header.replace('$', secret);
      for (const path of ['/v1/me', '/v1/organizations', '/o/token/', '/api/v3/x']) {
        for (const method of ['GET', 'POST']) {
          await exchangeOne(request(method, path, [line], method === 'POST' ? 'x' : ''), own.url);
        }
      }
    });
  });

  it('path and query', async () => {
    await expectSilence(async (secret) => {
      const session = `Authorization: Bearer ${own.session}`;
      for (const target of [
        `/${secret}`,
        `/v1/organizations/${secret}`,
        `${own.path}/members/${secret}`,
        `/v1/me?access_token=${secret}`,
        `/v1/organizations?${secret}=1`,
        `${own.path}/api-keys?cursor=${secret}`,
        `/o/token/?client_secret=${secret}`,
        `/${secret}/%zz`,
        `/${secret.repeat(100)}`,
        `http://${secret}/v1/me`,
      ]) {
        await exchangeOne(request('GET', target, [session]), own.url);
      }
      await exchangeOne(`GET /${secret} HTTP/9.9\r\n\r\n`, own.url);
      await exchangeOne(`${secret}\r\n\r\n`, own.url);
      await exchangeOne(request(`GET`, '/x', [`X-A: ${secret.repeat(400)}`]), own.url);
    });
  });

  it('body: malformed, refused and accepted', async () => {
    await expectSilence(async (secret) => {
      await post('/v1/sessions', [JSON_TYPE], `{"password":"${secret}"`);
      await post('/v1/sessions', [JSON_TYPE], `{"email":"a@b.test","password":"${secret}"}`);
      await post('/v1/sessions', [JSON_TYPE], `{"${secret}":1}`);
      await post('/v1/setup', [JSON_TYPE], `{"password":"${secret}"}`);
      await post('/v1/invitations/accept', [JSON_TYPE], `{"token":"${secret}","password":"x"}`);
      const form = 'Content-Type: application/x-www-form-urlencoded';
      await post('/o/token/', [form], `grant_type=${secret}&client_id=a&client_secret=${secret}`);
      await post('/o/token/', [form], `grant_type=client_credentials&scope=${secret}`);
      await own.call('POST', '/v1/api-keys/verify', { body: { api_key: secret } });
      await own.call('POST', '/v1/projects', {
        body: { organization_id: own.organizationId, name: secret },
      });
      await own.call('PATCH', own.path, { body: { name: secret, slug: secret } });
    });
  });

  it('nor what the server gives away', async () => {
    const answers = await Promise.all([
      own.call('POST', '/v1/sessions', {
        body: { email: 'owner@keycap.test', password: 'a long enough passphrase' },
      }),
      own.call('POST', `${own.path}/api-keys`, { body: { name: 'A', scopes: ['*'] } }),
      own.call('POST', `${own.path}/oauth-clients`, { body: { name: 'B' } }),
      own.call('POST', `${own.path}/invitations`, {
        body: { email: 'guest@keycap.test', role: 'member' },
      }),
    ]);
    const secrets = answers.flatMap(({ text }) =>
      [
        ...text.matchAll(
          /"(?:session_token|plaintext_api_key|client_secret|basic_credential|accept_url)":"([^"]+)"/g,
        ),
      ].map(([, secret = '']) => secret.replace(/^.*#token=/, '')),
    );
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) expect(own.server.log()).not.toContain(secret);
  });

  it('when the database fails under a statement that carries it', async () => {
    await expectSilence(async (secret) => {
      const create = (): Promise<unknown> =>
        own.call('POST', '/v1/projects', {
          body: { organization_id: own.organizationId, name: secret },
          headers: { 'idempotency-key': secret },
        });
      const lock = await lockAuditLog(own.server.databaseUrl);
      const cut = create();
      await lock.waiters();
      await cutWaiters(own.server.databaseUrl);
      await cut;
      await lock.release();
      await inDatabase(
        `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'no room for %', NEW.name; END $$;
         CREATE TRIGGER fail BEFORE INSERT ON projects FOR EACH ROW EXECUTE FUNCTION fail()`,
        [],
        own.server.databaseUrl,
      );
      const defect = await own.call('POST', '/v1/projects', {
        body: { organization_id: own.organizationId, name: secret },
      });
      await inDatabase('DROP FUNCTION fail CASCADE', [], own.server.databaseUrl);
      expect([defect.status, defect.body]).toEqual([
        500,
        {
          error: 'internal error',
          code: 'internal_error',
          request_id: defect.headers.get('x-request-id'),
        },
      ]);
      const lines = await linesAbout(defect.headers.get('x-request-id'));
      expect(lines.map(({ msg }) => msg)).toEqual(['failed', 'answered']);

      const bringBack = await takeAway(own.server.databaseUrl);
      await own.call('POST', '/v1/sessions', {
        body: { email: `${secret}@k.test`, password: secret },
      });
      await own.call('GET', '/v1/me', { as: `kcs_${'a'.repeat(43)}`, headers: { 'x-a': secret } });
      await bringBack();
      while ((await own.call('GET', '/health/ready')).status !== 200);
    });
  });
});

describe("S59: the log can't be forged", () => {
  it('every line is one JSON object, whatever a request holds', async () => {
    const forged = '%0d%0a{"level":30,"msg":"forged"}%1b[31m';
    await own.call('GET', `/v1/organizations/${forged}?${forged}`);
    await own.call('POST', '/v1/projects', {
      body: { organization_id: own.organizationId, name: 'a\r\n{"msg":"forged"}\u001b[31m' },
    });
    await exchangeOne(request('GET', '/v1/me', ['X-Request-Id: a\u001b[31m']), own.url);
    await exchangeOne(request('GET', '/v1/me', ['User-Agent: \u009b31m']), own.url);
    const text = own.server.log();
    const lines = text.slice(text.indexOf('{"level"')).split('\n');
    for (const line of lines.filter((each) => each.startsWith('{'))) {
      expect((JSON.parse(line) as Line).msg).not.toBe('forged');
    }
    for (const character of ['\r', '\u001b', '\u009b']) {
      expect(lines.join('\n')).not.toContain(character);
    }
  });
});
