import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { UsedAssertion } from '../src/oauth/authentication/used-assertion.entity.js';
import { UsedAssertions } from '../src/oauth/authentication/used-assertions.js';
import { call, type CallOptions } from './support/keycap.js';
import {
  type AssertionChanges,
  assertionForm,
  clientAssertion,
  newSigningPair,
} from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  createDatabase,
  startServer,
  type TestDatabase,
  type TestServer,
} from './support/servers.js';

/** What all processes of the deployment are reached at. */
const ISSUER = 'http://127.0.0.1:3000';
const ENV = { KEYCAP_PUBLIC_URL: ISSUER };
const GOOD = '200';
const REFUSED = '401 invalid_client';

describe('client assertions at several processes on one database', () => {
  let database: TestDatabase;
  let first: OwnServer;
  const servers: TestServer[] = [];
  let signed: (changes?: AssertionChanges) => Promise<string>;

  beforeAll(async () => {
    database = await createDatabase();
    first = await startOwnServer({ database: database.url, env: ENV });
    servers.push(first.server, await started());
    const pair = await newSigningPair();
    const { body } = await first.call<{ oauth_client: { client_id: string } }>(
      'POST',
      `${first.path}/oauth-clients`,
      {
        body: {
          name: 'Signing',
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [pair.publicJwk] },
        },
      },
    );
    signed = ({ header, claims } = {}) =>
      clientAssertion(body.oauth_client.client_id, pair, {
        header,
        claims: { aud: ISSUER, ...claims },
      });
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const started = (): Promise<TestServer> => startServer({ database: database.url, env: ENV });

  const show = async (
    { url }: TestServer,
    assertion: string,
    path = '/o/token/',
  ): Promise<string> => {
    const form = assertionForm(assertion, 'grant_type=client_credentials&token=unknown');
    const options: CallOptions = { url, form };
    const { status, body } = await call<{ error?: string } | undefined>('POST', path, options);
    return body?.error === undefined ? String(status) : `${status} ${body.error}`;
  };
  const outcomesOf = async (assertion: string): Promise<string[]> => {
    const attempts = Array.from({ length: 20 }, (_, index) =>
      show(servers[index % servers.length]!, assertion),
    );
    return (await Promise.all(attempts)).toSorted();
  };
  const ONCE = [GOOD, ...Array<string>(19).fill(REFUSED)];

  it('S38, A4, PK-05: of twenty at a time one is taken, and none after a kill', async () => {
    const assertions = await Promise.all(Array.from({ length: 5 }, () => signed()));
    for (const each of assertions) expect(await outcomesOf(each)).toEqual(ONCE);

    await Promise.all(servers.splice(0).map((server) => server.kill('SIGKILL')));
    servers.push(await started(), await started());
    for (const each of assertions) {
      expect(await outcomesOf(each)).toEqual(Array<string>(20).fill(REFUSED));
    }
    expect(await outcomesOf(await signed())).toEqual(ONCE);
  });

  it('S38, A4: one that was taken by one process is refused by the other, wherever', async () => {
    const [one, two] = servers as [TestServer, TestServer];
    const assertion = await signed();
    expect(await show(one, assertion, '/o/introspect/')).toBe(GOOD);
    for (const path of ['/o/token/', '/o/introspect/', '/o/revoke_token/']) {
      expect(await show(two, assertion, path)).toBe(REFUSED);
    }
    const jti = 'the same';
    const exp = Math.floor(Date.now() / 1000) + 200;
    expect(await show(one, await signed({ claims: { jti } }))).toBe(GOOD);
    expect(await show(two, await signed({ claims: { jti, exp } }))).toBe(REFUSED);
  });

  it('PK-05 are forgotten long after they expired: not all clocks are the same', async () => {
    const dataSource = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
    try {
      const rows = dataSource.getRepository(UsedAssertion);
      const used = new UsedAssertions(rows);
      const [now, minute] = [new Date(), 60_000];
      const expiredAt = (minutes: number): Date => new Date(now.getTime() - minutes * minute);
      for (const minutes of [-1, 0, 1, 4, 6]) {
        await used.use(
          'client',
          { jti: String(minutes), expiresAt: expiredAt(minutes) },
          expiredAt(10),
        );
      }
      const before = await rows.count();
      await used.sweep(now);
      expect(await rows.count()).toBe(before - 1);
      // To a node whose clock is four minutes slow it is used still.
      const claims = { jti: '4', expiresAt: expiredAt(4) };
      expect(await used.use('client', claims, expiredAt(5))).toBe(false);
      expect(await used.use('client', { ...claims, jti: '6' }, expiredAt(7))).toBe(true);
    } finally {
      await dataSource.destroy();
    }
  });
});
