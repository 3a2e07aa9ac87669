import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import type { JWK } from 'jose';
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { Sealer } from '../src/access/secrets/sealing.js';
import { SecretHasher } from '../src/access/secrets/secret.js';
import { readConfig } from '../src/config.js';
import { Transactions } from '../src/database/transactions.js';
import { SigningKeyRotation } from '../src/oauth/signing-keys/signing-key-rotation.js';
import { SigningKeyStore } from '../src/oauth/signing-keys/signing-key-store.js';
import { SigningKeysService } from '../src/oauth/signing-keys/signing-keys.service.js';
import { takeAway } from './support/database-faults.js';
import { ask, call, inDatabase } from './support/keycap.js';
import { processesWith } from './support/processes.js';
import type { TestDatabase, TestServer } from './support/servers.js';
import {
  createDatabase,
  MAIN,
  runProgram,
  startServer,
  testVariable,
  untilListening,
} from './support/servers.js';
import { until } from './support/until.js';

const PATH = '/o/.well-known/jwks.json';
const COMMAND = resolve(import.meta.dirname, '../scripts/signing-key.mjs');
const HOUR = 3600;
const DAY = 24 * HOUR;
const OTHER_SECRET = 'q3Zt8WbXv1Ns6Rk0Hy5Jd2Lc9Fg4Pm7A';

type Environment = Readonly<Record<string, string>>;
type PublishedKey = JWK & { kid: string };

let database: TestDatabase;
let secret: string;
const servers: TestServer[] = [];
const sources: DataSource[] = [];

beforeAll(() => {
  // What is planted here is complained about.
  Logger.overrideLogger(false);
  secret = testVariable('KEYCAP_TEST_SECRET');
});

beforeEach(async () => {
  database = await createDatabase();
});

afterEach(async () => {
  await stopServers();
  await Promise.all(sources.splice(0).map((source) => source.destroy()));
  await database.drop();
});

async function start(env: Environment = {}): Promise<TestServer> {
  const server = await startServer({ database: database.url, env });
  servers.push(server);
  return server;
}

async function stopServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}

async function restart(env: Environment = {}): Promise<TestServer> {
  await stopServers();
  return start(env);
}

async function publishedBy({ url }: Pick<TestServer, 'url'>): Promise<PublishedKey[]> {
  return (await ask<{ keys: PublishedKey[] }>('GET', PATH, { url })).keys;
}

const kidsOf = (keys: readonly { kid: string }[]): string[] => keys.map(({ kid }) => kid);

/** Waits until the server publishes these keys and no others. */
async function untilPublished(server: TestServer, kids: readonly string[]): Promise<void> {
  await until(`the server publishes ${kids.join()}`, async () => {
    const published = kidsOf(await publishedBy(server));
    return published.join() === kids.join();
  });
}

/** What a server does with its keys, in this process; it has read none yet. */
interface KeyUser {
  readonly keys: SigningKeysService;
  readonly rotation: SigningKeyRotation;
}

async function keyUser(env: Environment = {}): Promise<KeyUser> {
  const dataSource = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
  sources.push(dataSource);
  const store = new SigningKeyStore(new Sealer(new SecretHasher(secret)));
  const config = readConfig(env);
  const transactions = new Transactions(dataSource);
  const rotation = new SigningKeyRotation(dataSource, transactions, store, { config });
  return { keys: new SigningKeysService(dataSource, store, rotation), rotation };
}

/** A first key, as a server's start makes it. */
async function firstKey(env: Environment = {}): Promise<string> {
  const { rotation } = await keyUser(env);
  return (await rotation.prepare())!.kid;
}

async function kidInUse(): Promise<string> {
  const { keys } = await keyUser();
  return (await keys.current()).kid;
}

async function publishedKids(): Promise<string[]> {
  const { keys } = await keyUser();
  return kidsOf((await keys.publicJwks()).keys);
}

const query = <T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  inDatabase<T & Record<string, unknown>>(sql, values, database.url);

/** Lets the key have begun to sign so many seconds ago. */
async function age(kid: string, seconds: number): Promise<void> {
  await query(
    `UPDATE oauth_signing_keys
        SET created_at = now() - make_interval(secs => $2),
            activates_at = now() - make_interval(secs => $2)
      WHERE kid = $1`,
    [kid, seconds],
  );
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** `npm run signing-key -- ...` beside the servers. */
async function signingKey(words: readonly string[], env?: Environment): Promise<Outcome> {
  const given = env ?? { DATABASE_URL: database.url, KEYCAP_SECRET: secret };
  const program = runProgram(process.execPath, [COMMAND, ...words], given);
  const code = await program.ended;
  const errors = program.errors();
  return { code, output: program.log().replace(errors, ''), errors };
}

/** The key that the command says it has made. */
async function rotate(...words: string[]): Promise<string> {
  const { code, output, errors } = await signingKey(['rotate', ...words]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return /^Made (\S+), which signs from \S+Z on\.\n/.exec(output)![1]!;
}

describe('the key set', () => {
  const base64url = expect.stringMatching(/^[\w-]+$/);
  // 3072 bits.
  const modulus = expect.stringMatching(/^[\w-]{512}$/);

  it.each([
    ['ES256', { kty: 'EC', crv: 'P-256', x: base64url, y: base64url }],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519', x: base64url }],
    ['PS256', { kty: 'RSA', n: modulus, e: 'AQAB' }],
    ['RS256', { kty: 'RSA', n: modulus, e: 'AQAB' }],
  ])('MD-10: has the public part of the %s key, and nothing private', async (alg, members) => {
    const server = await start({ KEYCAP_SIGNING_ALG: alg });
    const answer = await call<{ keys: PublishedKey[] }>('GET', PATH, { url: server.url });
    const [key] = answer.body.keys;
    expect([answer.status, answer.body]).toEqual([
      200,
      { keys: [{ ...members, use: 'sig', alg, kid: await calculateJwkThumbprint(key!) }] },
    ]);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');

    const { kid, privateKey } = await (await keyUser()).keys.current();
    expect(privateKey.extractable).toBe(false);
    const token = await new SignJWT().setProtectedHeader({ alg, kid }).sign(privateKey);
    await expect(jwtVerify(token, createLocalJWKSet(answer.body))).resolves.toBeDefined();
  });

  it('MD-11: may be read by pages of any origin, with and without a slash, and by HEAD', async () => {
    const { url } = await start();
    const answers = await Promise.all([
      call<{ keys: PublishedKey[] }>('GET', PATH, { url, headers: { origin: 'https://app.test' } }),
      call('GET', `${PATH}/`, { url }),
      call('HEAD', PATH, { url }),
    ]);
    const [first, slash, head] = answers;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const origins = answers.map(({ headers }) => headers.get('access-control-allow-origin'));
    expect(origins).toEqual(['*', '*', '*']);
    expect([slash.text, head.text]).toEqual([first.text, '']);
    // Of its default algorithm.
    expect(first.body.keys).toMatchObject([{ alg: 'ES256' }]);
  });

  it('is refused while the database is away, and nobody keeps the refusal', async () => {
    const { url } = await start();
    const bringBack = await takeAway(database.url);
    try {
      const refusal = await until('the key set is refused', async () => {
        const { status, headers } = await call('GET', PATH, { url });
        return status !== 200 && [status, headers.get('cache-control')];
      });
      expect(refusal).toEqual([503, 'no-store']);
    } finally {
      await bringBack();
    }
  });
});

describe('the stored keys', () => {
  it('are the same after a restart', async () => {
    const before = await publishedBy(await start());
    expect(before).toHaveLength(1);
    expect(await publishedBy(await restart())).toEqual(before);
  });

  it('S63: are one and the same for servers that start at once', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => keyUser()));
    const made = await Promise.all(users.map(({ rotation }) => rotation.prepare()));
    const [one, ...others] = made.filter((each) => each !== null);
    expect(others).toEqual([]);
    const published = await Promise.all((await Promise.all([start(), start()])).map(publishedBy));
    expect(published.map(kidsOf)).toEqual([[one!.kid], [one!.kid]]);
  });

  it('S56: a dump and all configuration but the master secret give no private key', async () => {
    const env = { KEYCAP_SIGNING_ALG: 'ES256', KEYCAP_PUBLIC_URL: 'https://auth.example.com' };
    await start(env);
    const [row] = await query<{ kid: string; alg: string; sealed: Buffer }>(
      'SELECT kid, alg, sealed_private_key AS sealed FROM oauth_signing_keys',
    );
    const open = (master: string): string | null => {
      const sealer = new Sealer(new SecretHasher(master));
      return sealer.open('signing key', `${row!.alg} ${row!.kid}`, row!.sealed);
    };
    const { d } = JSON.parse(open(secret)!) as { d: string };
    const bytes = Buffer.from(d, 'base64url');
    const dump = await wholeDatabase();
    expect(dump.toLowerCase()).toContain(row!.sealed.toString('hex'));
    for (const spelling of [d, bytes.toString('base64')]) {
      expect(dump).not.toContain(spelling);
      expect(dump.toLowerCase()).not.toContain(Buffer.from(spelling).toString('hex'));
    }
    expect(dump.toLowerCase()).not.toContain(bytes.toString('hex'));
    const [installation] = await query<{ id: string }>('SELECT id FROM installation');
    const known = [...Object.values(env), database.url, installation!.id, row!.kid, ''];
    expect([...known, OTHER_SECRET].filter((each) => open(each) !== null)).toEqual([]);
  });

  it('S56: do not open in another row', async () => {
    const first = await firstKey();
    const { rotation } = await keyUser();
    const { kid: second } = await rotation.rotate(0);
    expect(await publishedKids()).toEqual([first, second]);
    await query(
      `UPDATE oauth_signing_keys AS key SET sealed_private_key = other.sealed_private_key
         FROM oauth_signing_keys AS other WHERE key.kid <> other.kid`,
    );
    expect(await publishedKids()).toEqual([]);
    // They are no reason not to start, which makes a key that opens.
    const published = kidsOf(await publishedBy(await start()));
    expect(published).toHaveLength(1);
    expect([first, second]).not.toContain(published[0]);
  });

  it('A43: what is sealed for another purpose, or by somebody else, is no key', async () => {
    const kid = await firstKey();
    const own = new Sealer(new SecretHasher(secret));
    const stranger = new Sealer(new SecretHasher(OTHER_SECRET));
    const [row] = await query<{ sealed: Buffer }>(
      'SELECT sealed_private_key AS sealed FROM oauth_signing_keys',
    );
    const privateKey = own.open('signing key', `ES256 ${kid}`, row!.sealed)!;
    const plant = (letter: string, seal: (name: string) => Buffer): Promise<unknown> => {
      const planted = letter.repeat(43);
      return query(
        `INSERT INTO oauth_signing_keys (kid, alg, sealed_private_key, created_at, activates_at)
         VALUES ($1, 'ES256', $2, now(), now())`,
        [planted, seal(`ES256 ${planted}`)],
      );
    };
    await plant('a', (name) => own.seal('idempotency', name, privateKey));
    await plant('b', (name) => stranger.seal('signing key', name, privateKey));
    await plant('c', () => Buffer.from(privateKey));
    expect(await publishedKids()).toEqual([kid]);
    expect(await kidInUse()).toBe(kid);
    const { output } = await signingKey(['list']);
    const states = output
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/).at(-1));
    expect(states).toEqual(['STATE', 'in use', 'unreadable', 'unreadable', 'unreadable']);
  });

  it('open with a former master secret, and from then on without it', async () => {
    const before = await publishedBy(await start());
    const renewed = { KEYCAP_SECRET: OTHER_SECRET };
    const withFormer = { ...renewed, KEYCAP_FORMER_SECRETS: secret };
    expect(await publishedBy(await restart(withFormer))).toEqual(before);
    expect(await publishedBy(await restart(renewed))).toEqual(before);
  });

  it('are left alone by a start with a wrong master secret', async () => {
    const before = await publishedBy(await start());
    await stopServers();
    await expect(start({ KEYCAP_SECRET: OTHER_SECRET })).rejects.toThrow('another KEYCAP_SECRET');
    expect(await query('SELECT kid FROM oauth_signing_keys')).toHaveLength(1);
    expect(await publishedBy(await start())).toEqual(before);
  });
});

/** Every row of every table, as a dump has them. */
async function wholeDatabase(): Promise<string> {
  const [dump] = await inDatabase<{ text: string }>(
    `SELECT string_agg(query_to_xml(format('TABLE %I', tablename), true, false, '')::text, '') AS text
       FROM pg_tables WHERE schemaname = 'public'`,
    [],
    `${database.url}?options=-c%20xmlbinary%3Dhex`,
  );
  return dump!.text;
}

describe('rotation', () => {
  it('MD-10: publishes a key before it signs, and until its last token is dead', async () => {
    const server = await start();
    const [first = ''] = kidsOf(await publishedBy(server));
    // As another server does every hour.
    const { rotation } = await keyUser();
    await age(first, 90 * DAY - HOUR);
    expect(await rotation.lookAfter()).toBeNull();

    await age(first, 90 * DAY);
    const { kid: next } = (await rotation.lookAfter())!;
    await untilPublished(server, [first, next]);
    const [{ ahead } = {}] = await query<{ ahead: number }>(
      `SELECT extract(epoch FROM activates_at - created_at)::int AS ahead
         FROM oauth_signing_keys WHERE kid = $1`,
      [next],
    );
    // Twice as long as anyone keeps the set.
    expect(ahead).toBe(600);
    expect(await kidInUse()).toBe(first);
    expect(await rotation.lookAfter()).toBeNull();

    // The longest life of a token, and an hour for clocks and late processes.
    await age(next, 25 * HOUR - 60);
    expect(await kidInUse()).toBe(next);
    await rotation.lookAfter();
    expect(await publishedKids()).toEqual([first, next]);
    await age(next, 25 * HOUR);
    await rotation.lookAfter();
    await untilPublished(server, [next]);
  });

  it('comes after KEYCAP_SIGNING_KEY_DAYS', async () => {
    const first = await firstKey();
    await age(first, DAY);
    const { rotation } = await keyUser({ KEYCAP_SIGNING_KEY_DAYS: '1' });
    const { kid: next } = (await rotation.lookAfter())!;
    expect(await publishedKids()).toEqual([first, next]);
  });

  it('S63: makes one next key, however many servers find it due', async () => {
    const first = await firstKey();
    await age(first, 90 * DAY);
    const users = await Promise.all(Array.from({ length: 5 }, () => keyUser()));
    const made = await Promise.all(users.map(({ rotation }) => rotation.lookAfter()));
    const [one, ...others] = made.filter((each) => each !== null);
    expect(others).toEqual([]);
    expect(await publishedKids()).toEqual([first, one!.kid]);
  });

  it('changes the algorithm, at a start, as it changes keys', async () => {
    const [first] = await publishedBy(await start());
    const env = { KEYCAP_SIGNING_ALG: 'EdDSA' };
    const published = await publishedBy(await restart(env));
    expect(published).toEqual([first, expect.objectContaining({ alg: 'EdDSA' })]);
    expect(await kidInUse()).toBe(first!.kid);
    const next = published[1]!.kid;
    // Neither another start, nor a server that still has the former configuration, makes one more.
    expect(await (await keyUser(env)).rotation.prepare()).toBeNull();
    expect(await (await keyUser()).rotation.lookAfter()).toBeNull();
    await age(first!.kid, HOUR);
    await age(next, 1);
    expect(await kidInUse()).toBe(next);
  });

  it('has a key also where somebody has emptied the table', async () => {
    const { keys } = await keyUser();
    const { kid, privateKey } = await keys.current();
    expect(privateKey.type).toBe('private');
    expect(await publishedKids()).toEqual([kid]);
  });
});

describe('a verification key', () => {
  it('is there for each published kid, and for its own algorithm alone', async () => {
    const kid = await firstKey();
    const { keys } = await keyUser();
    expect(await keys.verificationKey(kid, 'ES256')).toMatchObject({ type: 'public' });
    for (const alg of ['EdDSA', 'RS256', 'HS256', 'none', 'es256', '']) {
      expect(await keys.verificationKey(kid, alg)).toBeNull();
    }
    const unknown = ['', 'a', `${kid}a`, `../${kid.slice(3)}`, `${kid}\n`, 'a'.repeat(43)];
    for (const other of unknown) expect(await keys.verificationKey(other, 'ES256')).toBeNull();
  });

  it('is there at once when another process has just made it', async () => {
    const first = await firstKey();
    const [{ keys }, { rotation }] = await Promise.all([keyUser(), keyUser()]);
    expect((await keys.current()).kid).toBe(first);
    for (const { kid } of [await rotation.rotate(0), await rotation.rotate(0)]) {
      expect(await keys.verificationKey(kid, 'ES256')).toMatchObject({ type: 'public' });
    }
    expect(await keys.verificationKey(first, 'ES256')).toMatchObject({ type: 'public' });
  });
});

describe('npm run signing-key', () => {
  it('MD-10: rotate publishes the next key and lets the current one sign on', async () => {
    const server = await start();
    const [first = ''] = kidsOf(await publishedBy(server));
    const next = await rotate();
    await untilPublished(server, [first, next]);
    expect(await kidInUse()).toBe(first);
  });

  it('list says of each key what it is', async () => {
    const first = await firstKey({ KEYCAP_SIGNING_ALG: 'EdDSA' });
    await age(first, 60);
    const used = await rotate('--now');
    await age(used, 1);
    const next = await rotate();
    const { code, output, errors } = await signingKey(['list']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>').replace(/ +/g, ' ')).toBe(
      `KID ALG CREATED ACTIVATES STATE
${first} EdDSA <time> <time> superseded
${used} EdDSA <time> <time> in use
${next} EdDSA <time> <time> next
`,
    );
  });

  it('rotate --now has a new key sign at once, and the former one stays good', async () => {
    const server = await start();
    const [first = ''] = kidsOf(await publishedBy(server));
    const next = await rotate('--now');
    await untilPublished(server, [first, next]);
    await until('the new key signs', async () => (await kidInUse()) === next);
  });

  it('retire takes a leaked key away at once, and has a new one sign', async () => {
    const server = await start();
    const [leaked = ''] = kidsOf(await publishedBy(server));
    const { code, output } = await signingKey(['retire', leaked]);
    expect(code).toBe(0);
    const [, retired, successor = ''] =
      /^Retired (\S+)\.\nMade (\S+), which signs from \S+Z on\.\n/.exec(output)!;
    expect(retired).toBe(leaked);
    await untilPublished(server, [successor]);
    expect(await kidInUse()).toBe(successor);
    expect(await (await keyUser()).keys.verificationKey(leaked, 'ES256')).toBeNull();
    expect(await signingKey(['retire', leaked])).toEqual({
      code: 1,
      output: '',
      errors: `There is no signing key ${leaked}.\n`,
    });
  });

  it('retire of a key that no longer signs, or not yet, makes no new one', async () => {
    const first = await firstKey();
    const { rotation } = await keyUser();
    const { kid: used } = await rotation.rotate(0);
    const { kid: next } = await rotation.rotate();
    expect([await rotation.retire(first), await rotation.retire(next)]).toEqual([null, null]);
    expect(await publishedKids()).toEqual([used]);
  });

  it("refuses to rotate by a master secret that is not the servers'", async () => {
    await firstKey();
    const env = { DATABASE_URL: database.url, KEYCAP_SECRET: OTHER_SECRET };
    expect(await signingKey(['rotate', '--now'], env)).toEqual({
      code: 1,
      output: '',
      errors: expect.stringMatching(/^No signing key opens with this KEYCAP_SECRET: .+\n$/),
    });
    expect(await query('SELECT kid FROM oauth_signing_keys')).toHaveLength(1);
  });

  it('says how it is used', async () => {
    expect(await signingKey(['rotate', 'now'])).toEqual({
      code: 2,
      output: '',
      errors: expect.stringMatching(/^Usage: npm run signing-key -- list\n/),
    });
  });

  it('finds the database of a running server by its data folder, or says what it needs', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'keycap-signing-'));
    // As root PostgreSQL runs as another user, who has to pass.
    await chmod(parent, 0o711);
    const env = { KEYCAP_DATA_DIR: join(parent, 'data') };
    try {
      expect(await signingKey(['list'], env)).toEqual({
        code: 1,
        output: '',
        errors: `No server runs on ${env.KEYCAP_DATA_DIR}: start it, or set DATABASE_URL and KEYCAP_SECRET as it has them.\n`,
      });
      const program = runProgram(process.execPath, [MAIN], { PORT: '0', ...env });
      const [key] = await publishedBy(await untilListening(program));
      const { code, output } = await signingKey(['list'], env);
      expect([code, output]).toEqual([0, expect.stringContaining(`\n${key!.kid}  ES256`)]);
      program.child.kill('SIGTERM');
      await program.ended;
      await until('everything has ended', () => processesWith(parent).length === 0);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it('says where the database can not be reached', async () => {
    const unreachable = 'postgresql://a:b@127.0.0.1:1/keycap';
    const env = { DATABASE_URL: unreachable, KEYCAP_SECRET: secret };
    expect(await signingKey(['list'], env)).toEqual({
      code: 1,
      output: '',
      errors: "The database at 127.0.0.1:1 can't be reached: connection refused.\n",
    });
  });
});
