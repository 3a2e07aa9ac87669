import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { PERIOD_MS } from '../src/oauth/tokens/token-partitions.js';
import { byCurve, Forger, part } from './support/forged-jwts.js';
import { isGoodIn } from './support/good-tokens.js';
import { tokenOf } from './support/issued-tokens.js';
import { keyUserOf } from './support/key-user.js';
import {
  ask,
  call,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { introspect, revoke } from './support/oauth-endpoints.js';
import { startOwnServer } from './support/own-server.js';
import { createDatabase, startServer, type TestDatabase, testVariable } from './support/servers.js';
import { clientOf, storedTokensOf } from './support/token-clients.js';

let organization: TestOrganization;
let clients: ClientManagement;
let client: IssuedSecret;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  client = await clientOf(organization, 'jwt');
  issuer = testVariable('KEYCAP_TEST_URL');
});

describe('the end of a JWT', () => {
  it('A65 is stored, and nothing else of it ever is, nor is that good for anything', async () => {
    const its = await clientOf(organization, 'jwt', { token_ttl_seconds: 7000 });
    const as = `Basic ${its.basic_credential}`;
    const [token, sibling] = [await tokenOf(its), await tokenOf(its)];
    expect(await isGoodIn(organization, token)).toBe(true);
    expect(await storedTokensOf(its)).toEqual([]);

    expect(await revoke(as, token)).toMatchObject({ status: 200, text: '' });
    const { exp, jti } = decodeJwt(token);
    const period = Math.floor((exp! * 1000) / PERIOD_MS);
    const digest = expect.any(Buffer);
    const row = { table: `access_tokens_${String(period)}`, period, digest, revoked: true };
    expect(await storedTokensOf(its)).toEqual([row]);
    expect(await isGoodIn(organization, token)).toBe(false);
    expect(await isGoodIn(organization, sibling)).toBe(true);

    // Again, and by two at once.
    await Promise.all([revoke(as, token), revoke(as, token)]);
    expect(await storedTokensOf(its)).toEqual([row]);
    const [stored] = await storedTokensOf(its);
    for (const text of [jti!, stored!.digest.toString('hex'), stored!.digest.toString('base64url')])
      expect(await isGoodIn(organization, text)).toBe(false);
  });

  it('is not for another client to bring about', async () => {
    const [its, other] = [await clientOf(organization, 'jwt'), await clientOf(organization, 'jwt')];
    const token = await tokenOf(its);
    const answer = await revoke(`Basic ${other.basic_credential}`, token);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await isGoodIn(organization, token)).toBe(true);
    expect([await storedTokensOf(its), await storedTokensOf(other)]).toEqual([[], []]);
  });

  it("is one of all its spellings: r and n - s sign as well as r and s, which is ECDSA's way", async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const its = await clientOf(organization, 'jwt');
    const token = await tokenOf(its);
    const [header, payload, signature] = token.split('.');
    const bytes = Buffer.from(signature!, 'base64url');
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
    const twin = `${header!}.${payload!}.${part(Buffer.concat([bytes.subarray(0, 32), other]))}`;
    expect([await isGoodIn(organization, twin), await isGoodIn(organization, token)]).toEqual([
      true,
      true,
    ]);
    await revoke(`Basic ${its.basic_credential}`, twin);
    expect([await isGoodIn(organization, twin), await isGoodIn(organization, token)]).toEqual([
      false,
      false,
    ]);
  });

  const owner = (path: string, body: object = {}): Promise<unknown> =>
    ask('POST', `${clients.path}${path}`, { as: organization.owner.session, body });
  const pathOf = ({ oauth_client }: IssuedSecret): string => `/${oauth_client.client_id}`;

  it.each([
    ['all tokens of its client are revoked', (its) => owner(`${pathOf(its)}/revoke-tokens`)],
    [
      'all tokens of its secret are revoked',
      (its) => owner(`${pathOf(its)}/secrets/${its.secret.id}/revoke-tokens`),
    ],
    ['its client is disabled', (its) => clients.change(its, { is_active: false })],
    [
      'its client is deleted',
      (its) => ask('DELETE', clients.pathOf(its), { as: organization.owner.session }),
    ],
    ['its client is gone', (its) => deleteRow(its)],
  ] satisfies [string, (its: IssuedSecret) => Promise<unknown>][])(
    'comes at once when %s',
    async (_, end) => {
      const its = await clientOf(organization, 'jwt');
      const [token, sibling] = [await tokenOf(its), await tokenOf(its)];
      expect([await isGoodIn(organization, token), await isGoodIn(organization, sibling)]).toEqual([
        true,
        true,
      ]);
      await end(its);
      expect([await isGoodIn(organization, token), await isGoodIn(organization, sibling)]).toEqual([
        false,
        false,
      ]);
      expect(await isGoodIn(organization, await tokenOf(client))).toBe(true);
    },
  );

  it.each([
    ['suspended', 'suspended_at = now()'],
    ['deleted', 'deleted_at = now()'],
  ])('comes at once when its organization is %s', async (_, what) => {
    const its = await newOrganization();
    const token = await tokenOf(await new ClientManagement(its).create({ token_format: 'jwt' }));
    expect(await isGoodIn(its, token)).toBe(true);
    await inDatabase(`UPDATE organizations SET ${what} WHERE slug = $1`, [its.slug]);
    expect(await isGoodIn(its, token)).toBe(false);
  });

  it('comes at once when all tokens of its organization are revoked, and for no other', async () => {
    const its = await newOrganization();
    const management = new ClientManagement(its);
    const client = await management.create({ token_format: 'jwt' });
    const [token, stranger] = [
      await tokenOf(client),
      await tokenOf(await clientOf(organization, 'jwt')),
    ];
    const as = its.owner.session;
    await ask('POST', `${management.path}/revoke-tokens`, { as });
    expect(await isGoodIn(its, token)).toBe(false);
    expect(await isGoodIn(its, await tokenOf(client))).toBe(true);
    expect(await isGoodIn(organization, stranger)).toBe(true);
  });

  it('comes for those of one secret alone, and not when the secret itself ends', async () => {
    const its = await clientOf(organization, 'jwt');
    const { body: second } = await clients.addSecret(its);
    const [first, other] = [await tokenOf(its), await tokenOf({ ...its, ...second })];
    const as = organization.owner.session;
    await ask('DELETE', `${clients.pathOf(its)}/secrets/${its.secret.id}`, { as });
    expect([await isGoodIn(organization, first), await isGoodIn(organization, other)]).toEqual([
      true,
      true,
    ]);
    await owner(`${pathOf(its)}/secrets/${its.secret.id}/revoke-tokens`);
    expect([await isGoodIn(organization, first), await isGoodIn(organization, other)]).toEqual([
      false,
      true,
    ]);
  });

  it('is none: what is disabled is good again when it is enabled', async () => {
    const its = await clientOf(organization, 'jwt');
    const token = await tokenOf(its);
    await clients.change(its, { is_active: false });
    expect(await isGoodIn(organization, token)).toBe(false);
    await clients.change(its, { is_active: true });
    expect(await isGoodIn(organization, token)).toBe(true);
  });

  it('comes for the scopes that its client loses, at once', async () => {
    const its = await clientOf(organization, 'jwt', { scopes: ['read', 'write', 'audit:read'] });
    const token = await tokenOf(its);
    const members = (): Promise<number> =>
      call('GET', `${organization.path}/members`, { as: token }).then(({ status }) => status);
    expect(await members()).toBe(200);
    await clients.change(its, { scopes: ['organizations:read', 'write'] });
    expect(await members()).toBe(403);
    const { body } = await introspect(`Basic ${its.basic_credential}`, token);
    expect(body.scope).toBe('organizations:read write');
    await clients.change(its, { scopes: ['read', 'write', 'audit:read'] });
    expect(await members()).toBe(200);
  });

  it('comes for the addresses that its client is no longer used from', async () => {
    const its = await clientOf(organization, 'jwt');
    const token = await tokenOf(its);
    await clients.change(its, { ip_allowlist: ['203.0.113.0/24'] });
    const statusFrom = async (from: string): Promise<number> =>
      (await call('GET', organization.path, { as: token, from })).status;
    expect([await statusFrom('203.0.113.9'), await statusFrom('198.51.100.9')]).toEqual([200, 401]);
  });

  it('is told to whoever brings an expired one, also where many unknown ones came from', async () => {
    const its = await clientOf(organization, 'jwt');
    const keyUser = await keyUserOf();
    const { kid, privateKey } = await keyUser.keys.current();
    const { keys } = await keyUser.keys.publicJwks();
    const publicJwk = keys.find((key) => key.kid === kid)!;
    const material = { token: await tokenOf(its), publicJwk, ours: byCurve(privateKey) };
    const now = Math.floor(Date.now() / 1000);
    const expired = (secondsAgo: number): Promise<string> =>
      new Forger(material).withClaims({ iat: now - 90_000, exp: now - secondsAgo });
    const texts = [await expired(1), await expired(4000), await expired(80_000)];
    await keyUser.close();

    const from = newAddress();
    const statusOf = async (as: string): Promise<number> =>
      (await call('GET', '/v1/me', { as, from })).status;
    await Promise.all(Array.from({ length: 100 }, () => statusOf('a'.repeat(43))));
    expect(await statusOf('b'.repeat(43))).toBe(429);
    expect(await Promise.all(texts.map(statusOf))).toEqual([401, 401, 401]);
    for (const text of texts) expect(await isGoodIn(organization, text)).toBe(false);
  });
});

describe('a JWT and several servers', () => {
  it('is good, and revoked, at all of them that share database and issuer', async () => {
    const other = await startServer({
      database: testVariable('KEYCAP_TEST_DATABASE_URL'),
      env: { KEYCAP_PUBLIC_URL: issuer },
    });
    try {
      const as = `Basic ${client.basic_credential}`;
      const form = { grant_type: 'client_credentials' };
      const { access_token: theirs } = await ask<{ access_token: string }>('POST', '/o/token/', {
        ...{ url: other.url, as, form },
      });
      const ours = await tokenOf(client);
      const statusThere = async (token: string): Promise<number> =>
        (await call('GET', organization.path, { as: token, url: other.url })).status;
      expect([await isGoodIn(organization, theirs), await statusThere(ours)]).toEqual([true, 200]);

      await revoke(as, theirs);
      await ask('POST', '/o/revoke_token/', { url: other.url, as, form: { token: ours } });
      expect([await isGoodIn(organization, ours), await statusThere(theirs)]).toEqual([false, 401]);
    } finally {
      await other.stop();
    }
  });
});

describe('a JWT in a database of its own', () => {
  const PUBLIC_URL = 'https://auth.example.com';
  const VIEWER = `kcr_${randomBytes(64).toString('hex').slice(0, 43)}`;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const environment = (env: Record<string, string> = {}): Parameters<typeof startServer>[0] => ({
    database: database.url,
    env: {
      KEYCAP_PUBLIC_URL: PUBLIC_URL,
      KEYCAP_RESOURCE_SERVERS: JSON.stringify([
        { name: 'viewer', sha256: createHash('sha256').update(VIEWER).digest('hex') },
      ]),
      ...env,
    },
  });

  const activeAt = async (url: string, token: string): Promise<boolean> => {
    const form = { token };
    const body = await ask<{ active: boolean }>('POST', '/o/introspect/', {
      ...{ url, as: VIEWER, form },
    });
    return body.active;
  };

  /** A new server with a client, and a way to get tokens of it. */
  async function begin(): Promise<{
    url: string;
    client: IssuedSecret;
    issue(): Promise<string>;
    revoke(token: string): Promise<number>;
    stop(): Promise<unknown>;
  }> {
    const own = await startOwnServer(environment());
    const { url } = own;
    const body = { name: 'Test', token_format: 'jwt' };
    const made = await own.call<IssuedSecret>('POST', `${own.path}/oauth-clients`, { body });
    const as = `Basic ${made.body.basic_credential}`;
    const form = { grant_type: 'client_credentials' };
    return {
      url,
      client: made.body,
      issue: async () =>
        (await ask<{ access_token: string }>('POST', '/o/token/', { url, as, form })).access_token,
      revoke: async (token) =>
        (await own.call('POST', '/o/revoke_token/', { as, form: { token } })).status,
      stop: () => own.server.stop(),
    };
  }

  it('stays revoked, or good, when the master secret is another one', async () => {
    const first = await begin();
    const [revoked, good] = [await first.issue(), await first.issue()];
    expect(await first.revoke(revoked)).toBe(200);
    await first.stop();

    const secret = testVariable('KEYCAP_TEST_SECRET');
    const KEYCAP_SECRET = randomBytes(32).toString('base64url');
    // Keys are sealed anew at the first start, and need the former secret no more at the second.
    for (const KEYCAP_FORMER_SECRETS of [secret, '']) {
      const server = await startServer(environment({ KEYCAP_SECRET, KEYCAP_FORMER_SECRETS }));
      const states = [await activeAt(server.url, revoked), await activeAt(server.url, good)];
      await server.stop();
      expect([KEYCAP_FORMER_SECRETS !== '', ...states]).toEqual([
        KEYCAP_FORMER_SECRETS !== '',
        ...[false, true],
      ]);
    }
  });

  it('can be revoked also where the partition for that is missing', async () => {
    const server = await begin();
    const [token, sibling] = [await server.issue(), await server.issue()];
    const period = Math.floor((decodeJwt(token).exp! * 1000) / PERIOD_MS);
    await inDatabase(`DROP TABLE access_tokens_${String(period)}`, [], database.url);
    expect(await activeAt(server.url, token)).toBe(true);
    expect(await server.revoke(token)).toBe(200);
    expect([await activeAt(server.url, token), await activeAt(server.url, sibling)]).toEqual([
      false,
      true,
    ]);
    expect(await storedTokensOf(server.client, database.url)).toHaveLength(1);
    await server.stop();
  });
});

/** As the deletion of a project leaves it. */
async function deleteRow({ oauth_client: { client_id: id } }: IssuedSecret): Promise<unknown> {
  return inDatabase('DELETE FROM oauth_clients WHERE client_id = $1', [id]);
}
