import { lockAuditLog } from './support/database-faults.js';
import { call, newOrganization, randomText } from './support/keycap.js';
import type { ErrorBody } from './support/keycap.js';
import { startOwnServer } from './support/own-server.js';
import { answersIn, exchangeOne, openConnection, request } from './support/raw-http.js';
import type { TestServer } from './support/servers.js';

const JSON_TYPE = 'Content-Type: application/json';
/** A request body of exactly `bytes` bytes. */
function bodyOf(bytes: number): string {
  const body = JSON.stringify({ email: '', password: 'x' });
  return JSON.stringify({ email: 'x'.repeat(bytes - body.length), password: 'x' });
}

describe('S51: sizes', () => {
  const signIn = async (
    body: string,
    headers: readonly string[] = [],
  ): Promise<[number, string]> => {
    const answer = await exchangeOne(
      request('POST', '/v1/sessions', [JSON_TYPE, ...headers], body),
    );
    return [answer.status, (JSON.parse(answer.body) as ErrorBody).code];
  };

  it('takes a body of 100 KB and no byte more', async () => {
    expect(await signIn(bodyOf(102_400))).toEqual([400, 'validation_error']);
    expect(await signIn(bodyOf(102_401))).toEqual([413, 'payload_too_large']);
  });

  it('refuses an announced gigabyte before it comes', async () => {
    const { socket, closed } = await openConnection();
    socket.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: k\r\n${JSON_TYPE}\r\nContent-Length: 1073741824\r\n\r\n{`,
    );
    expect(answersIn(await closed).map(({ status }) => status)).toEqual([413]);
  });

  it('counts a chunked body, whose length nobody announced', async () => {
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    const head = `POST /v1/sessions HTTP/1.1\r\nHost: k\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n`;
    const close = 'Connection: close\r\n\r\n';
    const small = await exchangeOne(`${head}${close}${chunk(bodyOf(102_400))}0\r\n\r\n`);
    const large = await exchangeOne(`${head}${close}${chunk(bodyOf(102_401))}0\r\n\r\n`);
    expect([small.status, large.status]).toEqual([400, 413]);
  });

  it('refuses in the dialect of the path', async () => {
    const form = ['Content-Type: application/x-www-form-urlencoded'];
    const oauth = await exchangeOne(request('POST', '/o/token/', form, 'x'.repeat(102_401)));
    expect([oauth.status, JSON.parse(oauth.body)]).toEqual([
      413,
      { error: 'invalid_request', error_description: 'the request body is too large' },
    ]);
    const path = '/api/v3/public/organizations/org_x/members/usr_x/';
    const drf = await exchangeOne(request('PATCH', path, [JSON_TYPE], bodyOf(102_401)));
    expect([drf.status, JSON.parse(drf.body)]).toEqual([
      413,
      { detail: 'the request body is too large.' },
    ]);
  });

  it('takes a URL of 2 KB and no byte more', async () => {
    const target = (length: number): string => `/v1/${'x'.repeat(length - 4)}`;
    expect((await exchangeOne(request('GET', target(2048)))).status).toBe(404);
    expect((await exchangeOne(request('GET', target(2049)))).status).toBe(414);
    expect((await exchangeOne(request('GET', `/o/${target(2049)}`))).body).toBe(
      '{"error":"invalid_request","error_description":"the URL is too long"}',
    );
    expect((await exchangeOne(request('GET', `/o/${target(60_000)}`))).body).toBe(
      '{"error":"invalid_request","error_description":"the URL is too long"}',
    );
  });

  it('takes 8 KB of headers and no more, however many there are', async () => {
    const withHeader = (length: number): Promise<{ status: number }> =>
      exchangeOne(request('GET', '/health/live', [`X-A: ${'x'.repeat(length)}`]));
    expect((await withHeader(7900)).status).toBe(200);
    expect((await withHeader(8192)).status).toBe(431);
    const many = Array.from({ length: 1500 }, (_, index) => `${index.toString(36)}: 1`);
    expect((await exchangeOne(request('GET', '/health/live', many))).status).toBe(431);
    const drf = await exchangeOne(request('GET', '/api/v3/x', [`X-A: ${'x'.repeat(9000)}`]));
    expect([drf.status, drf.body]).toEqual([
      431,
      '{"detail":"the request headers are too large."}',
    ]);
  });
});

describe('slow clients', () => {
  const POST = `POST /v1/sessions HTTP/1.1\r\nHost: k\r\n${JSON_TYPE}\r\nContent-Length: 1000\r\n\r\n`;
  // The server ends them 5 s (headers) or 10 s (the whole request) after they began.
  const clients = [
    { that: 'says nothing', bytes: '', statuses: [408] },
    {
      that: 'never ends its headers',
      bytes: 'GET /v1/me HTTP/1.1\r\nHost: k\r\n',
      statuses: [408],
    },
    {
      that: 'drips its headers',
      bytes: 'GET /v1/me HTTP/1.1\r\n',
      drip: 'A: b\r\n',
      statuses: [408],
    },
    {
      that: 'sends a second request halfway',
      bytes: 'GET /health/live HTTP/1.1\r\nHost: k\r\n\r\nGET /v1',
      statuses: [200, 408],
    },
    { that: 'never ends its body', bytes: `${POST}{"email`, statuses: [408] },
    { that: 'drips its body', bytes: POST, drip: ' ', statuses: [408] },
  ];
  const received = new Map<string, number[]>();

  beforeAll(async () => {
    await Promise.all(
      clients.map(async ({ that, bytes, drip }) => {
        const { socket, closed } = await openConnection();
        socket.write(bytes);
        const dripping = setInterval(() => socket.write(drip ?? ''), 500);
        const answers = answersIn(await closed);
        clearInterval(dripping);
        received.set(
          that,
          answers.map(({ status }) => status),
        );
      }),
    );
  });

  it.each(clients)('are ended: one that $that', ({ that, statuses }) => {
    expect(received.get(that)).toEqual(statuses);
  });

  it("don't keep others waiting", async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => openConnection()));
    for (const { socket } of slow) socket.write('GET /v1/me HTTP/1.1\r\n');
    expect((await call('GET', '/health/ready')).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });
});

describe('S49: headers of proxies', () => {
  const FORGED = {
    'x-forwarded-for': '203.0.113.66',
    forwarded: 'for=203.0.113.66;host=evil.example;proto=https',
    'x-real-ip': '203.0.113.66',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '6666',
    'x-forwarded-prefix': '/evil',
  };

  /** The address that the audit log has for an invitation made with these headers. */
  async function recordedAddress(
    url: string,
    path: string,
    as: string,
    headers: Record<string, string>,
  ): Promise<{ ip: string; link: string }> {
    const email = `${randomText()}@keycap.test`;
    const { host = new URL(url).host, ...forwarding } = headers;
    const answer = await exchangeOne(
      request(
        'POST',
        `${path}/invitations`,
        [
          JSON_TYPE,
          `Authorization: Bearer ${as}`,
          ...Object.entries(forwarding).map(([name, value]) => `${name}: ${value}`),
        ],
        JSON.stringify({ email, role: 'member' }),
      ).replace('Host: keycap.test', `Host: ${host}`),
      url,
    );
    expect(answer.status).toBe(201);
    const { accept_url: link } = JSON.parse(answer.body) as { accept_url: string };
    const events = await call<{ audit_events: { ip: string }[] }>(
      'GET',
      `${path}/audit-events?action=invitation.created&limit=1`,
      { url, as },
    );
    return { ip: events.body.audit_events[0]?.ip ?? '', link };
  }

  it('change nothing where nobody is trusted: address, links, limits, logs', async () => {
    const { server, session, path } = await startOwnServer({
      env: {
        KEYCAP_TRUSTED_PROXIES: '',
        KEYCAP_LIMIT_UNKNOWN_CREDENTIALS_PER_ADDRESS: '3',
      },
    });
    const { url } = server;
    const { ip, link } = await recordedAddress(url, path, session, FORGED);
    expect(ip).toBe('127.0.0.1');
    expect(link.startsWith(`${url}/dashboard/`)).toBe(true);

    const statuses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const headers = { forwarded: `for=203.0.113.${String(attempt)}` };
      const guess = { url, as: `kcs_${'a'.repeat(43)}`, headers };
      statuses.push((await call('GET', '/v1/me', guess)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);

    await server.stop();
    expect(server.log()).not.toMatch(/203\.0\.113|evil\.example/);
    expect(server.log()).toContain('"ip":"127.0.0.1"');
  });

  it('name the client where the proxy is trusted, in either form', async () => {
    const { server, session, path } = await startOwnServer();
    const { url } = server;
    const recorded = async (headers: Record<string, string>): Promise<string> =>
      (await recordedAddress(url, path, session, headers)).ip;
    expect(await recorded({ 'x-forwarded-for': '6.6.6.6, 203.0.113.7' })).toBe('203.0.113.7');
    expect(await recorded({ forwarded: 'for="[2001:db8::7]:80";proto=https' })).toBe('2001:db8::7');
    expect(await recorded({ 'x-real-ip': '203.0.113.7' })).toBe('127.0.0.1');
    expect(await recorded({ 'x-forwarded-for': 'garbage' })).toBe('127.0.0.1');
    expect(await recorded({ forwarded: 'for=unknown' })).toBe('127.0.0.1');
    // Links come from the configuration, never from a header.
    const { link } = await recordedAddress(url, path, session, {
      'x-forwarded-host': 'evil.example',
      host: 'evil.example',
    });
    expect(link.startsWith(`${url}/dashboard/`)).toBe(true);
    await server.stop();
  });

  it('are refused where they contradict each other', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.8' };
    const { status, body } = await call('GET', '/health/live', { headers });
    expect([status, body.error]).toEqual([
      400,
      'X-Forwarded-For and Forwarded name different clients',
    ]);
  });

  it('never put into a list what the host header says', async () => {
    const organization = await newOrganization();
    const token = await organization.token(['read']);
    const members = await exchangeOne(
      request('GET', `/api/v3/public/organizations/${organization.id}/members/?limit=1`, [
        `Authorization: Bearer ${token}`,
        'X-Forwarded-Host: evil.example',
      ]).replace('Host: keycap.test', 'Host: evil.example'),
    );
    expect(members.status).toBe(200);
    expect(members.body).not.toContain('evil.example');
  });
});

describe('shutdown', () => {
  /** A connection whose request waits for a lock, and what ends the wait. */
  async function waitingRequest(
    server: TestServer,
    session: string,
    path: string,
  ): Promise<{ closed: Promise<string>; release: () => Promise<void> }> {
    const lock = await lockAuditLog(server.databaseUrl);
    const { socket, closed } = await openConnection(server.url);
    const body = JSON.stringify({ name: 'Renamed' });
    socket.write(
      `PATCH ${path} HTTP/1.1\r\nHost: k\r\n${JSON_TYPE}\r\nAuthorization: Bearer ${session}\r\n` +
        `Content-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
    await lock.waiters();
    return { closed, release: () => lock.release() };
  }

  it('finishes requests in flight, and waits for nobody else', async () => {
    const { server, session, path } = await startOwnServer();
    const silent = await openConnection(server.url);
    const idle = await openConnection(server.url);
    idle.socket.write('GET /health/live HTTP/1.1\r\nHost: k\r\n\r\n');
    const half = await openConnection(server.url);
    half.socket.write('GET /health/live HTTP/1.1\r\n');
    const { closed, release } = await waitingRequest(server, session, path);

    const stopped = server.stop();
    // The connections that owe nothing end first, so the server is shutting down by then.
    expect(await silent.closed).toBe('');
    expect(answersIn(await idle.closed).map(({ status }) => status)).toEqual([200]);
    half.socket.write('Host: k\r\n\r\n');
    const [late] = answersIn(await half.closed);
    expect([late?.status, late?.headers.connection]).toEqual([200, 'close']);
    await release();

    const [answer, ...more] = answersIn(await closed);
    expect([answer?.status, answer?.headers.connection, more]).toEqual([200, 'close', []]);
    expect(answer?.body).toContain('"name":"Renamed"');
    expect(await stopped).toBe(0);
  });
});
