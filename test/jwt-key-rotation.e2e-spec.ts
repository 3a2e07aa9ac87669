import 'reflect-metadata';
import { resolve } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type KeyUser, keyUserOf } from './support/key-user.js';
import { ask, call, inDatabase } from './support/keycap.js';
import type { IssuedSecret } from './support/oauth-clients.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  createDatabase,
  runProgram,
  startServer,
  type TestDatabase,
  type TestServer,
  testVariable,
} from './support/servers.js';
import { until } from './support/until.js';

const PATH = '/o/.well-known/jwks.json';
const PUBLIC_URL = 'https://auth.example.com';
const COMMAND = resolve(import.meta.dirname, '../scripts/signing-key.mjs');
const WORKERS = 2;

let database: TestDatabase;
let first: OwnServer;
let second: TestServer;
let keyUser: KeyUser;
let basic: string;

beforeAll(async () => {
  database = await createDatabase();
  const env = { KEYCAP_PUBLIC_URL: PUBLIC_URL };
  first = await startOwnServer({ database: database.url, env });
  second = await startServer({ database: database.url, env });
  keyUser = await keyUserOf(database.url);
  const made = await first.call<IssuedSecret>('POST', `${first.path}/oauth-clients`, {
    body: { name: 'Test', token_format: 'jwt' },
  });
  basic = `Basic ${made.body.basic_credential}`;
});

afterAll(async () => {
  await keyUser.close();
  await Promise.all([first.server.stop(), second.stop()]);
  await database.drop();
});

/** The two servers in turn, as a balancer chooses them. */
let turn = 0;
const anyUrl = (): string => (turn++ % 2 === 0 ? first.url : second.url);

const kidOf = (token: string): string => decodeProtectedHeader(token).kid!;

const publishedBy = (url: string): Promise<JSONWebKeySet> => ask('GET', PATH, { url });

async function issue(url = anyUrl()): Promise<string> {
  const form = { grant_type: 'client_credentials' };
  return (await ask<{ access_token: string }>('POST', '/o/token/', { url, as: basic, form }))
    .access_token;
}

async function isActive(token: string, url = anyUrl()): Promise<boolean> {
  const form = { token };
  return (await ask<{ active: boolean }>('POST', '/o/introspect/', { url, as: basic, form }))
    .active;
}

/**
 * An API that verifies tokens by itself. It fetches the keys when its copy is as old as it may get,
 * and for a `kid` that it does not know, but for that once between two such times and no more.
 */
class Verifier {
  fetches = 0;
  private copy: JSONWebKeySet | undefined;
  private isFresh = false;
  private mayFetchForKid = false;
  private fetching: Promise<void> | undefined;

  /** Its clock goes on by the max-age of the key set. */
  letCopyAge(): void {
    this.isFresh = false;
  }

  /** Its clock goes on until it may fetch for a new `kid` once more. */
  letPauseEnd(): void {
    this.mayFetchForKid = true;
  }

  async accepts(token: string): Promise<boolean> {
    if (!this.isFresh) await this.fetch();
    else if (!this.knows(token) && this.mayFetchForKid) {
      this.mayFetchForKid = false;
      await this.fetch();
    } else await this.fetching;
    const keys = createLocalJWKSet(this.copy!);
    const expected = { issuer: PUBLIC_URL, audience: PUBLIC_URL, typ: 'at+jwt' };
    return jwtVerify(token, keys, { ...expected, algorithms: ['ES256'] }).then(
      () => true,
      () => false,
    );
  }

  private knows(token: string): boolean {
    return this.copy!.keys.some(({ kid }) => kid === kidOf(token));
  }

  private fetch(): Promise<void> {
    this.fetching ??= publishedBy(anyUrl()).then((keys) => {
      this.copy = keys;
      this.fetches += 1;
      this.isFresh = true;
      this.fetching = undefined;
    });
    return this.fetching;
  }
}

/** Gets tokens and has each judged, here and there, until it is stopped. */
class Load {
  readonly tokens: string[] = [];
  readonly refused: string[] = [];
  private isStopped = false;
  private workers: Promise<void>[] = [];

  constructor(private readonly verifier: Verifier) {}

  start(): void {
    this.workers = Array.from({ length: WORKERS }, () => this.work());
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.workers);
  }

  /** Whether a token of this key has come and been judged. */
  hasSeen(kid: string): boolean {
    return this.tokens.some((token) => kidOf(token) === kid);
  }

  private async work(): Promise<void> {
    while (!this.isStopped) {
      const token = await issue();
      const here = await this.verifier.accepts(token);
      const there = await isActive(token);
      if (!here) this.refused.push(`${kidOf(token)} by the API`);
      if (!there) this.refused.push(`${kidOf(token)} by introspection`);
      this.tokens.push(token);
    }
  }
}

async function untilBothPublish(kid: string): Promise<void> {
  for (const { url } of [first, second]) {
    await until(`${url} publishes ${kid}`, async () => {
      const { keys } = await publishedBy(url);
      return keys.some((key) => key.kid === kid);
    });
  }
}

/** `npm run signing-key -- rotate`, ten minutes later. */
async function rotateInTime(verifier: Verifier): Promise<string> {
  const { kid } = await keyUser.rotation.rotate();
  await untilBothPublish(kid);
  verifier.letCopyAge();
  expect(await verifier.accepts(await issue())).toBe(true);
  await inDatabase(
    'UPDATE oauth_signing_keys SET activates_at = now() WHERE kid = $1',
    [kid],
    database.url,
  );
  return kid;
}

/** `npm run signing-key -- rotate --now`: the API has to learn of the key by a token. */
async function rotateNow(verifier: Verifier): Promise<string> {
  const { ended, log } = runProgram(process.execPath, [COMMAND, 'rotate', '--now'], {
    DATABASE_URL: database.url,
    KEYCAP_SECRET: testVariable('KEYCAP_TEST_SECRET'),
  });
  expect(await ended).toBe(0);
  verifier.letPauseEnd();
  return /^Made (\S+), /.exec(log())![1]!;
}

describe('keys that rotate under load', () => {
  it('MD-10 cost nobody a good token: five rotations, two servers, an API with a copy of the keys', async () => {
    const verifier = new Verifier();
    const load = new Load(verifier);
    load.start();
    const kids = [kidOf(await issue())];
    for (const rotate of [rotateInTime, rotateNow, rotateInTime, rotateNow, rotateInTime]) {
      await until('the key before has signed', () => load.hasSeen(kids.at(-1)!));
      kids.push(await rotate(verifier));
      await until('the new key has signed', async () => {
        // Has them read the keys again, which otherwise they do every 30 s.
        await Promise.all([first, second].map(({ url }) => publishedBy(url)));
        return load.hasSeen(kids.at(-1)!);
      });
    }
    await load.stop();

    expect(load.refused).toEqual([]);
    expect(load.tokens.length).toBeGreaterThan(kids.length * WORKERS);
    expect(new Set(load.tokens.map(kidOf))).toEqual(new Set(kids));
    // The first copy, and one for each rotation: as it gets old, or for a new kid.
    expect(verifier.fetches).toBe(kids.length);
    for (const kid of kids) {
      const token = load.tokens.find((each) => kidOf(each) === kid)!;
      expect([await verifier.accepts(token), await isActive(token)]).toEqual([true, true]);
    }
  });

  it('end the tokens of a key that is retired, everywhere, and no others', async () => {
    const old = await issue();
    const { kid } = await keyUser.rotation.rotate(0);
    await untilBothPublish(kid);
    const young = await issue();
    expect(kidOf(young)).toBe(kid);
    await keyUser.rotation.retire(kidOf(old));
    for (const { url } of [first, second]) {
      await until('the key is gone', async () => {
        const { keys } = await publishedBy(url);
        return keys.every((key) => key.kid !== kidOf(old));
      });
      expect([await isActive(old, url), await isActive(young, url)]).toEqual([false, true]);
      expect((await call('GET', first.path, { url, as: old })).status).toBe(401);
    }
  });
});
