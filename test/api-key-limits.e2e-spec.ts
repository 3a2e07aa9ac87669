import type { CallOptions, TestOrganization } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';
import { HOST } from './support/resource-servers.js';
import type { TestServer } from './support/servers.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';
import type { Issued, VerdictBody } from './support/verification.js';
import { codeOf, issueKey, uuidOf, verdictOn, VERIFY } from './support/verification.js';

const DAY = 86_400;
/** Long enough that no test sees its end. */
const limitOf = (limit: number, window_seconds = DAY) => ({
  rate_limit: { limit, window_seconds },
});

let organization: TestOrganization;

beforeAll(async () => {
  organization = await newOrganization();
});

const limited = (limit: number, more: object = {}): Promise<Issued> =>
  issueKey(organization, { ...limitOf(limit), ...more });

async function remainingOf(key: Issued, more: object = {}) {
  const { code, rate_limit } = await verdictOn(key, more);
  return [code, rate_limit?.remaining];
}

async function takenOf({ api_key }: Issued): Promise<number | undefined> {
  const [row] = await inDatabase<{ taken: number }>(
    'SELECT taken FROM api_key_windows WHERE key_id = $1',
    [uuidOf(api_key.id)],
  );
  return row?.taken;
}

describe('a key with a limit', () => {
  it('shows it', async () => {
    const { api_key } = await limited(5);
    expect(api_key.rate_limit).toEqual({ limit: 5, window_seconds: DAY });
  });

  it.each([
    { limit: 0, window_seconds: 60 },
    { limit: 1.5, window_seconds: 60 },
    { limit: 1_000_001, window_seconds: 60 },
    { limit: 5, window_seconds: 0 },
    { limit: 5, window_seconds: DAY + 1 },
    { limit: 5 },
    { limit: 5, window_seconds: 60, burst: 3 },
    5,
    [],
  ])('is refused with the limit %j', async (rate_limit) => {
    const { status, body } = await call('POST', `${organization.path}/api-keys`, {
      as: organization.owner.session,
      body: { name: 'Limited', scopes: ['backups:read'], rate_limit },
    });
    expect([status, body.code]).toEqual([400, 'validation_error']);
  });

  it('is valid so often within a window, and says what is left', async () => {
    const key = await limited(3);
    const before = Date.now();
    const verdicts: VerdictBody[] = [];
    for (let use = 0; use < 5; use++) verdicts.push(await verdictOn(key));
    expect(verdicts.map(({ code, valid }) => [code, valid])).toEqual([
      ['valid', true],
      ['valid', true],
      ['valid', true],
      ['rate_limited', false],
      ['rate_limited', false],
    ]);
    const [first] = verdicts;
    const reset_at = first?.rate_limit?.reset_at ?? '';
    expect(verdicts.map(({ rate_limit }) => rate_limit)).toEqual(
      [2, 1, 0, 0, 0].map((remaining) => ({ limit: 3, remaining, reset_at })),
    );
    expect(verdicts[4]?.api_key?.id).toBe(key.api_key.id);
    const window = Date.parse(reset_at) - before;
    expect(Math.abs(window - DAY * 1000)).toBeLessThan(60_000);
  });

  it('takes what a use costs, if it is there', async () => {
    const key = await limited(10);
    expect([
      await remainingOf(key, { cost: 4 }),
      await remainingOf(key, { cost: 7 }),
      await remainingOf(key, { cost: 6 }),
      await remainingOf(key, { cost: 1 }),
    ]).toEqual([
      ['valid', 6],
      ['rate_limited', 6],
      ['valid', 0],
      ['rate_limited', 0],
    ]);
  });

  it('is never valid for what costs more than the limit, and loses nothing by it', async () => {
    const key = await limited(5);
    expect([
      await remainingOf(key, { cost: 6 }),
      await remainingOf(key, { cost: 1_000_000 }),
      await remainingOf(key, { cost: 5 }),
    ]).toEqual([
      ['rate_limited', 5],
      ['rate_limited', 5],
      ['valid', 0],
    ]);
  });

  it('loses nothing by uses that are refused for another reason', async () => {
    const project_id = await organization.project();
    const key = await limited(2, { ip_allowlist: ['10.0.0.0/8'], project_id });
    const good = { ip: '10.1.1.1', project_id, scope: 'backups:read' };
    for (const bad of [{ ip: '11.1.1.1' }, { project_id: 'prj_1' }, { scope: 'backups:write' }]) {
      expect((await verdictOn(key, { ...good, ...bad })).rate_limit).toBeNull();
    }
    await inDatabase('UPDATE api_keys SET disabled_at = now() WHERE id = $1', [
      uuidOf(key.api_key.id),
    ]);
    expect(await verdictOn(key, good)).toMatchObject({ code: 'disabled', rate_limit: null });
    await inDatabase('UPDATE api_keys SET disabled_at = NULL WHERE id = $1', [
      uuidOf(key.api_key.id),
    ]);
    expect([await remainingOf(key, good), await remainingOf(key, good)]).toEqual([
      ['valid', 1],
      ['valid', 0],
    ]);
    // The limit is asked last: what is used up does not hide what is wrong.
    expect(await codeOf(key, { ...good, scope: 'backups:write' })).toBe('scope_missing');
  });

  it('is valid again when its window is over', async () => {
    const key = await issueKey(organization, limitOf(1, 1));
    const codes = new Set<string>();
    await until('the window was over', async () => {
      const code = await codeOf(key);
      if (code === 'valid' && codes.has('rate_limited')) return true;
      codes.add(code);
      return false;
    });
    expect([...codes].sort()).toEqual(['rate_limited', 'valid']);
  });

  it('has its new limit at once', async () => {
    const key = await limited(2);
    expect([await codeOf(key), await codeOf(key), await codeOf(key)]).toEqual([
      'valid',
      'valid',
      'rate_limited',
    ]);
    await inDatabase(`UPDATE api_keys SET rate_limit = $2 WHERE id = $1`, [
      uuidOf(key.api_key.id),
      { limit: 4, windowSeconds: DAY },
    ]);
    expect([await remainingOf(key), await remainingOf(key), await remainingOf(key)]).toEqual([
      ['valid', 1],
      ['valid', 0],
      ['rate_limited', 0],
    ]);
  });

  it('is counted in memory, and written now and then', async () => {
    const key = await limited(8000);
    for (let use = 0; use < 20; use++) expect(await codeOf(key)).toBe('valid');
    // An eighth of the limit, taken by the first use; the shared server is one process.
    expect(await takenOf(key)).toBe(1000);
    expect(await remainingOf(key)).toEqual(['valid', 7979]);
  });

  it('used by 60 at once is valid exactly as often as it may be', async () => {
    const key = await limited(25);
    const codes = await Promise.all(Array.from({ length: 60 }, () => codeOf(key)));
    expect(codes.filter((code) => code === 'valid')).toHaveLength(25);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(35);
  });

  it('is inactive at introspection when its limit is used up', async () => {
    const key = await limited(1);
    const isActive = async () =>
      (
        await ask<{ active: boolean }>('POST', '/o/introspect/', {
          headers: { authorization: HOST },
          form: { token: key.plaintext_api_key },
        })
      ).active;
    expect([await isActive(), await isActive()]).toEqual([true, false]);
  });
});

describe("at Keycap's own API a key with a limit", () => {
  const headersOf = ({ headers }: { headers: Headers }) => [
    headers.get('ratelimit-policy'),
    headers.get('ratelimit'),
  ];

  it('is told of it with every answer', async () => {
    const { plaintext_api_key: as } = await limited(3, { scopes: ['members:read'] });
    const answers = [
      await call('GET', '/v1/me', { as }),
      await call('GET', '/v1/projects', { headers: { 'x-api-key': as } }),
      await call('GET', `${organization.path}/members`, { as }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 200]);
    const left = answers.map((answer) => headersOf(answer));
    expect(left.map(([policy]) => policy)).toEqual(Array(3).fill(`"key";q=3;w=${DAY}`));
    expect(left.map(([, state]) => /^"key";r=(\d+);t=(\d+)$/.exec(state ?? '')?.[1])).toEqual([
      '2',
      '1',
      '0',
    ]);
  });

  it('is refused beyond it with 429 in the words of the path, never with 401', async () => {
    const { plaintext_api_key: as } = await limited(1, { scopes: ['*'] });
    expect((await call('GET', '/v1/me', { as })).status).toBe(200);
    const ours = { code: 'rate_limited', error: expect.stringContaining('rate limit') as string };
    const drf = { detail: expect.stringMatching(/^Request was throttled\./) as string };
    const requests: [string, 'GET' | 'POST', CallOptions, object][] = [
      ['/v1/me', 'GET', {}, ours],
      ['/api/v3/public/organizations/', 'GET', {}, drf],
      ['/o/introspect/', 'POST', { form: { token: 'x' } }, { error: 'temporarily_unavailable' }],
      [VERIFY, 'POST', { body: { api_key: 'x' } }, ours],
    ];
    for (const [path, method, options, words] of requests) {
      const answer = await call<Record<string, string>>(method, path, { as, ...options });
      const { status, headers, body } = answer;
      expect([path, status, headersOf(answer)[0]]).toEqual([path, 429, `"key";q=1;w=${DAY}`]);
      expect(headersOf(answer)[1]).toMatch(/^"key";r=0;t=\d+$/);
      const seconds = Number(headers.get('retry-after'));
      expect(seconds > DAY - 120 && seconds <= DAY).toBe(true);
      expect(headers.get('www-authenticate')).toBeNull();
      expect(body).toMatchObject(words);
    }
  });

  it('shares it with verification', async () => {
    const key = await limited(2);
    expect((await call('GET', '/v1/me', { as: key.plaintext_api_key })).status).toBe(200);
    expect([await codeOf(key), await codeOf(key)]).toEqual(['valid', 'rate_limited']);
  });

  it('and one without a limit is told of none', async () => {
    const { plaintext } = await organization.apiKey();
    const answer = await call('GET', '/v1/me', { as: plaintext });
    expect(headersOf(answer)).toEqual([null, null]);
  });
});

describe('two servers on one database', () => {
  let one: OwnServer;
  let other: TestServer;
  let verifier: string;

  beforeAll(async () => {
    one = await startOwnServer();
    other = await startServer({ database: one.server.databaseUrl });
    verifier = (await issue({ scopes: ['introspection'] })).plaintext_api_key;
  });
  afterAll(async () => {
    await other.stop();
    await one.server.stop();
  });

  async function issue(more: object): Promise<Issued> {
    const body = { name: 'Limited', scopes: ['backups:read'], ...more };
    return (await one.call<Issued>('POST', `${one.path}/api-keys`, { body })).body;
  }

  /** How often a key was valid, asked about so often at both at once. */
  async function validUses(key: Issued, times: number): Promise<number> {
    const verdicts = await Promise.all(
      Array.from({ length: times * 2 }, (_, index) =>
        call<VerdictBody>('POST', VERIFY, {
          as: verifier,
          body: { api_key: key.plaintext_api_key },
          url: index % 2 === 0 ? one.url : other.url,
        }),
      ),
    );
    return verdicts.filter(({ body }) => body.valid).length;
  }

  it('together allow exactly the limit, where shares are single uses', async () => {
    for (let round = 0; round < 5; round++) {
      expect(await validUses(await issue(limitOf(7)), 15)).toBe(7);
    }
  });

  it('together never allow more, and leave at most one share unused', async () => {
    const limit = 160;
    const key = await issue(limitOf(limit));
    const valid = await validUses(key, limit);
    expect(valid).toBeLessThanOrEqual(limit);
    expect(valid).toBeGreaterThanOrEqual(limit - limit / 8);
  });

  it('allow no use more where one has taken a share that it keeps', async () => {
    const key = await issue(limitOf(80));
    const ask_ = async (url: string) =>
      (
        await call<VerdictBody>('POST', VERIFY, {
          as: verifier,
          body: { api_key: key.plaintext_api_key },
          url,
        })
      ).body;
    expect((await ask_(other.url)).code).toBe('valid');
    let valid = 0;
    while ((await ask_(one.url)).valid) valid++;
    // The other one has nine of its ten left.
    expect(valid).toBe(70);
    let rest = 0;
    while ((await ask_(other.url)).valid) rest++;
    expect(rest).toBe(9);
  });
});
