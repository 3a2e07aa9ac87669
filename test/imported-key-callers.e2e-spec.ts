import { ImportServer } from './support/import-server.js';
import { foreignKey, newPrefix, type ForeignKey } from './support/imports.js';
import { type Answer, call, newAddress, randomText } from './support/keycap.js';
import { until } from './support/until.js';

const PER_ADDRESS = 30;
const PER_PREFIX = 50;
/** One is tried, and so many wait for it. */
const ROOM = 65;

let server: ImportServer;
/** A key with `introspection` of the server's first organization, which is bound to it. */
let bound: string;
beforeAll(async () => {
  server = await ImportServer.start({ perAddress: PER_ADDRESS, perPrefix: PER_PREFIX });
  bound = await keyOf(server.own.path, { scopes: ['introspection'] });
});
afterAll(() => server.own.server.stop());

async function keyOf(path: string, more: object): Promise<string> {
  const { body } = await server.own.call<{ plaintext_api_key: string }>(
    'POST',
    `${path}/api-keys`,
    { body: { name: 'Asks', ...more } },
  );
  return body.plaintext_api_key;
}

interface Told {
  readonly code?: string;
  readonly error?: string;
  readonly active?: boolean;
  readonly results?: readonly { readonly code?: string; readonly active?: boolean }[];
}

/** The four operations that ask about keys, and what a good one is to each. */
const WAYS: readonly [string, (as: string, texts: readonly string[]) => Promise<Answer<Told>[]>][] =
  [
    [
      'verify',
      (as, texts) =>
        each(texts, (api_key) => [
          '/v1/api-keys/verify',
          { body: { api_key, ip: '203.0.113.7' }, as },
        ]),
    ],
    [
      'verify-batch',
      (as, texts) =>
        each([texts], (api_keys) => ['/v1/api-keys/verify-batch', { body: { api_keys }, as }]),
    ],
    [
      'introspect',
      (as, texts) => each(texts, (token) => ['/o/introspect/', { form: { token }, as }]),
    ],
    [
      'introspect-batch',
      (as, texts) => each([texts], (tokens) => ['/o/introspect-batch/', { body: { tokens }, as }]),
    ],
  ];

function each<T>(
  asked: readonly T[],
  request: (one: T) => readonly [string, Parameters<typeof call>[2]],
): Promise<Answer<Told>[]> {
  return Promise.all(
    asked.map((one) => {
      const [path, options] = request(one);
      return call<Told>('POST', path, { ...options, url: server.own.url });
    }),
  );
}

/** Of each text whether it is good. */
function goodOnes(answers: readonly Answer<Told>[]): boolean[] {
  return answers
    .flatMap(({ body }) => body.results ?? [body])
    .map(({ code, active }) => code === 'valid' || active === true);
}

const guessesAt = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, () => prefix + randomText());

describe.each(WAYS)('%s', (_, ask) => {
  it.each([
    ['a resource server', () => server.host],
    ['a key of the organization', () => bound],
  ])('never throttles %s for what it asks about', async (_caller, as) => {
    const { prefix, keys } = await server.slowKeys(5);
    const guesses = guessesAt(prefix, 20);
    let answers: Answer<Told>[] = [];
    const cost = await server.costOf(async () => {
      answers = await ask(as(), [...guesses, keys[0]!.plaintext]);
    });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(goodOnes(answers)).toEqual([...guesses.map(() => false), true]);
    // More than a stranger may try at an address, or all of them at a prefix.
    expect(cost).toBeGreaterThan(PER_PREFIX);
    // Nor does it count against whoever shows a key.
    expect(await server.statusOf(keys[1]!.plaintext, '203.0.113.7')).toBe(200);
  });

  it('tells a resource server of a key at whose prefix strangers have guessed too much', async () => {
    const { prefix, keys } = await server.slowKeys(5);
    await Promise.all(guessesAt(prefix, 20).map((guess) => server.statusOf(guess)));
    expect(await server.statusOf(keys[0]!.plaintext)).toBe(429);
    const answers = await ask(server.host, [keys[0]!.plaintext]);
    expect([answers[0]!.status, goodOnes(answers)]).toEqual([200, [true]]);
  });

  it('A70: lets a key of an organization guess at no other one’s keys', async () => {
    const path = await server.newOrganization();
    const { prefix, keys } = await server.slowKeys(5, { path });
    const fast = foreignKey('sha256 in hexadecimal', { prefix });
    await server.importRows([fast.row], path);
    const texts = [...guessesAt(prefix, 10), keys[0]!.plaintext, fast.plaintext];
    let answers: Answer<Told>[] = [];
    const cost = await server.costOf(async () => {
      answers = await ask(bound, texts);
    });
    expect(cost).toBe(0);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(goodOnes(answers)).toEqual(texts.map(() => false));
  });
});

describe('where more first uses come than are hashed for', () => {
  let prefix: string;
  let waiting: Promise<Answer<Told>[]>;
  let others: ForeignKey[];
  const answered: Answer<Told>[] = [];

  const verify = (text: string) => WAYS[0]![1](server.host, [text]).then(([answer]) => answer!);

  beforeAll(async () => {
    ({ prefix } = await server.slowKeys(1));
    ({ keys: others } = await server.slowKeys(1, { path: await server.newOrganization() }));
    await server.signal('hashes are held');
    waiting = Promise.all(
      guessesAt(prefix, ROOM + 5).map(async (text) => {
        const answer = await verify(text);
        answered.push(answer);
        return answer;
      }),
    );
    await until('that there is no room left', () => answered.length === 5);
  });

  it('verify-batch says so of the one key, and judges the others', async () => {
    const texts = [bound, prefix + randomText()];
    const [answer] = await WAYS[1]![1](server.host, texts);
    expect(answer!.status).toBe(200);
    expect(answer!.body.results).toEqual([
      expect.objectContaining({ code: 'valid' }),
      { valid: false, code: 'busy', api_key: null, rate_limit: null },
    ]);
  });

  it.each(WAYS.filter(([name]) => name !== 'verify-batch'))(
    '%s answers 503 with Retry-After, and does nothing',
    async (_, ask) => {
      const limited = await keyOf(server.own.path, {
        scopes: ['backups:read'],
        rate_limit: { limit: 1, window_seconds: 3600 },
      });
      const texts = [prefix + randomText()];
      const isBatch = _.endsWith('batch');
      const [answer] = await ask(server.host, isBatch ? [limited, ...texts] : texts);
      const { status, headers, body } = answer!;
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body.code ?? body.error).toBe(
        _.startsWith('verify') ? 'busy' : 'temporarily_unavailable',
      );
      expect((await verify(limited)).body.code).toBe('valid');
    },
  );

  it('a stranger is answered 429, in the words of its path', async () => {
    const text = prefix + randomText();
    const me = await call('GET', '/v1/me', { as: text, url: server.own.url });
    expect([me.status, me.body.code, me.headers.get('retry-after')]).toEqual([429, 'busy', '1']);
    expect(await server.statusOf(text, newAddress())).toBe(429);
  });

  it('whoever manages the keys is answered 503', async () => {
    const { status, body } = await server.own.call('POST', `${server.own.path}/api-keys/explain`, {
      body: { api_key: prefix + randomText() },
    });
    expect([status, body.code]).toEqual([503, 'busy']);
  });

  it('another organization’s keys have their turn, and then all that wait have', async () => {
    const other = verify(others[0]!.plaintext);
    await until('that one has made room', () => answered.length === 6);
    await server.signal('hashes go on');
    expect((await other).body.code).toBe('valid');
    const answers = await waiting;
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(6);
    const rest = answers.filter(({ status }) => status !== 503);
    expect(
      new Set(rest.map(({ status, body }) => `${String(status)} ${String(body.code)}`)),
    ).toEqual(new Set(['200 not_found']));
    // Nothing of it stays.
    const again = await verify(prefix + randomText());
    expect([again.status, again.body.code]).toEqual([200, 'not_found']);
  });
});

it.each(WAYS.filter(([name]) => name.endsWith('batch')))(
  '%s judges by what is so when all of it is hashed',
  async (_, ask) => {
    const { prefix } = await server.slowKeys(1);
    const { path } = server.own;
    const made = await server.own.call<{ plaintext_api_key: string; api_key: { id: string } }>(
      'POST',
      `${path}/api-keys`,
      { body: { name: 'Revoked meanwhile', scopes: ['backups:read'] } },
    );
    const client = await server.own.call<{ basic_credential: string }>(
      'POST',
      `${path}/oauth-clients`,
      { body: { name: 'Revoked meanwhile' } },
    );
    const as = `Basic ${client.body.basic_credential}`;
    const token = await server.own.call<{ access_token: string }>('POST', '/o/token/', {
      as,
      form: { grant_type: 'client_credentials' },
    });
    const texts = [made.body.plaintext_api_key, token.body.access_token, prefix + randomText()];
    await server.signal('hashes are held');
    const answers = ask(server.host, texts);
    await server.own.call('DELETE', `${path}/api-keys/${made.body.api_key.id}`);
    await server.own.call('POST', '/o/revoke_token/', { as, form: { token: texts[1]! } });
    await server.signal('hashes go on');
    expect(goodOnes(await answers)).toEqual([false, false, false]);
  },
);

it('a batch of which one key is not decided tells of the others, and is asked again for that one alone', async () => {
  const crowded = newPrefix();
  await server.strangersWith(crowded, 45);
  const { keys } = await server.slowKeys(3);
  const texts = [crowded + randomText(), ...keys.map(({ plaintext }) => plaintext)];
  for (const [first, most] of [
    ['busy', 40 + 6],
    ['not_found', 5],
    ['not_found', 0],
  ] as const) {
    const cost = await server.costOf(async () => {
      const [answer] = await WAYS[1]![1](server.host, texts);
      expect(answer!.status).toBe(200);
      const codes = answer!.body.results!.map(({ code }) => code);
      expect(codes).toEqual([first, ...keys.map(() => 'valid')]);
    });
    expect(cost).toBeLessThanOrEqual(most);
  }
});
