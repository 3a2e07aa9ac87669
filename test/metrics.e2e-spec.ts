import type { Answer } from './support/keycap.js';
import { call } from './support/keycap.js';
import { configuredToken } from './support/operator.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';
import { statusesByShape } from './support/unknown-paths.js';

const [token, entry] = configuredToken('kco', 'rita');

/** Lines of the text format that begin so. */
const linesOf = ({ text }: Answer<unknown>, start: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(start));

/** The value at the end of the one line that begins so; 0 where there is none yet. */
const valueOf = (answer: Answer<unknown>, start: string): number =>
  Number(linesOf(answer, start)[0]?.split(' ').at(-1) ?? 0);

describe('metrics at the port of the API', () => {
  let own: OwnServer;
  let read: () => Promise<Answer<unknown>>;

  beforeAll(async () => {
    own = await startOwnServer({ env: { KEYCAP_OPERATOR_TOKENS: entry } });
    read = () => own.call('GET', '/metrics', { as: token });
  });
  afterAll(() => own.server.stop());

  it('S26: are told to operators, and are unknown to everyone else', async () => {
    const { status, headers } = await read();
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const { url } = own;
    for (const as of [undefined, own.session, 'kcs_unknown', `capy_live_${'0'.repeat(38)}`]) {
      const more = { url, ...(as !== undefined && { as }) };
      expect((await call('GET', '/metrics', more)).status).toBe(404);
      expect((await call('HEAD', '/metrics/', more)).status).toBe(404);
    }
    const [unknown, metrics] = await Promise.all(
      ['/v1/nobody', '/metrics'].map((path) => statusesByShape(url, path, ['GET /v1/admin'])),
    );
    expect(metrics).toEqual(unknown);
    const [other] = configuredToken('kco', 'somebody');
    expect((await call('GET', '/metrics', { url, as: other })).status).toBe(401);
  });

  it('count the answers of each operation by its route, never by what a path holds', async () => {
    const line = 'keycap_http_request_duration_seconds_count';
    const start = `${line}{method="GET",route="/v1/organizations/:orgID",status="200"}`;
    const before = valueOf(await read(), start);
    for (let request = 0; request < 3; request++) await own.call('GET', own.path);
    await own.call('GET', `/v1/organizations/org_00000000000000000000000000`);
    await own.call('GET', '/nowhere/secret-in-a-path');
    const after = await read();
    expect(valueOf(after, start) - before).toBe(3);
    expect(
      valueOf(after, `${line}{method="GET",route="/v1/organizations/:orgID",status="404"}`),
    ).toBe(1);
    expect(valueOf(after, `${line}{method="GET",route="none",status="404"}`)).toBeGreaterThan(0);
    expect(after.text).not.toContain(own.organizationId);
    expect(after.text).not.toContain('secret-in-a-path');
  });

  it('tell of statements that requests share, of memory and its lease, of the pool and of the event loop', async () => {
    const made = await own.call<{ basic_credential: string }>('POST', `${own.path}/oauth-clients`, {
      body: { name: 'Test' },
    });
    const as = `Basic ${made.body.basic_credential}`;
    const totals = (answer: Answer<unknown>) => ({
      tokens: valueOf(answer, 'keycap_batch_size_sum{of="access_tokens"}'),
      hits: valueOf(answer, 'keycap_cache_look_ups_total{result="hit"}'),
      misses: valueOf(answer, 'keycap_cache_look_ups_total{result="miss"}'),
    });
    const form = { grant_type: 'client_credentials' };
    const before = totals(await read());
    await Promise.all(Array.from({ length: 5 }, () => own.call('POST', '/o/token/', { as, form })));
    const after = await read();
    const { tokens, hits, misses } = totals(after);
    expect(tokens - before.tokens).toBe(5);
    expect(hits + misses - before.hits - before.misses).toBeGreaterThanOrEqual(5);
    expect(linesOf(after, 'keycap_lease_age_seconds ')).toHaveLength(1);
    expect(linesOf(after, 'keycap_database_connections{')).toHaveLength(3);
    expect(valueOf(after, 'keycap_database_connections{state="idle"}')).toBeGreaterThan(0);
    expect(linesOf(after, 'nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
  });
});

describe('metrics at a port of the operators', () => {
  it('S26: are there, for who shows a token, and unknown at the port of the API', async () => {
    const own = await startOwnServer({
      env: { KEYCAP_OPERATOR_TOKENS: entry, KEYCAP_ADMIN_PORT: '0' },
    });
    try {
      const url = /Admin API +(http:\/\/127\.0\.0\.1:\d+)\/v1\/admin/.exec(own.server.log())![1]!;
      expect((await call('GET', '/metrics', { url, as: token })).status).toBe(200);
      expect((await call('GET', '/metrics', { url })).status).toBe(401);
      for (const as of [token, own.session]) {
        expect((await own.call('GET', '/metrics', { as })).status).toBe(404);
      }
      expect((await own.call('GET', '/openapi.json')).text).not.toContain('/metrics');
    } finally {
      await own.server.stop();
    }
  });
});

it('S26: nobody is told of metrics where there are no operators', async () => {
  const own = await startOwnServer();
  try {
    for (const as of [token, own.session]) {
      expect((await own.call('GET', '/metrics', { as })).status).toBe(404);
    }
  } finally {
    await own.server.stop();
  }
});
