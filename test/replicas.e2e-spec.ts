import { startDatabaseProxy } from './support/database-proxy.js';
import { call } from './support/keycap.js';
import { configuredToken } from './support/operator.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { type ReplicatedPostgres, startReplicatedPostgres } from './support/replicated-postgres.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';
import { type Issued, VERIFY } from './support/verification.js';

const [OPERATOR, OPERATORS] = configuredToken('kco', 'tests');
const [HOST, HOSTS] = configuredToken('kcr', 'host');
/** What a key is made of. */
const KEY = { name: 'Key', scopes: ['backups:read'] };
const ENV = { KEYCAP_OPERATOR_TOKENS: OPERATORS, KEYCAP_RESOURCE_SERVERS: HOSTS };

let postgres: ReplicatedPostgres;
let own: OwnServer;

beforeAll(async () => {
  postgres = await startReplicatedPostgres(async (database) => {
    await (await startServer({ database, env: ENV })).stop();
  });
  own = await startOwnServer({
    database: postgres.primaryUrl,
    env: { ...ENV, DATABASE_REPLICA_URLS: postgres.standbyUrl },
  });
});
afterAll(async () => {
  await own.server.stop();
  await postgres.stop();
});

type Outcome = 'answered' | 'behind' | 'failed';

async function readsBy(outcome: Outcome): Promise<number> {
  const { text } = await call('GET', '/metrics', { url: own.url, as: OPERATOR });
  const name = `keycap_replica_reads_total{result="${outcome}"} `;
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length),
  );
}

/** How often the replica was asked meanwhile, with what came of it. */
async function during<T>(work: () => Promise<T>): Promise<{ value: T } & Record<Outcome, number>> {
  const outcomes = ['answered', 'behind', 'failed'] as const;
  const counts = () => Promise.all(outcomes.map(readsBy));
  const before = await counts();
  const value = await work();
  const [answered, behind, failed] = (await counts()).map((count, index) => count - before[index]!);
  return { value, answered: answered!, behind: behind!, failed: failed! };
}

const listKeys = async (): Promise<readonly string[]> => {
  const { body, status } = await own.call<{ api_keys: { name: string }[] }>(
    'GET',
    `${own.path}/api-keys?limit=100`,
  );
  expect(status).toBe(200);
  return body.api_keys.map(({ name }) => name);
};
const issueKey = async (name = 'Key'): Promise<Issued> => {
  const answer = await own.call<Issued>('POST', `${own.path}/api-keys`, {
    body: { name, scopes: ['backups:read'] },
  });
  expect(answer.status).toBe(201);
  return answer.body;
};
const verdictOn = async (key: string): Promise<string> => {
  const { body } = await own.call<{ code: string }>('POST', VERIFY, {
    as: HOST,
    body: { api_key: key },
  });
  return body.code;
};

/**
 * Asks until a replica has answered: what is written meanwhile, be it by the server's own work, keeps
 * it behind for a moment.
 */
const fromReplica = <T>(ask: () => Promise<T>): Promise<T> =>
  until('a replica answers', async () => {
    const { value, answered, behind, failed } = await during(ask);
    expect({ failed, once: answered + behind }).toEqual({ failed: 0, once: 1 });
    return answered === 1 && value;
  });
const untilItAnswers = () => fromReplica(listKeys);

/** Whatever is written from now on the replica does not see, until it is told to go on. */
const holdUp = () => postgres.onStandby('SELECT pg_wal_replay_pause()');
const goOn = () => postgres.onStandby('SELECT pg_wal_replay_resume()');

const ORGANIZATION_LISTS = [
  'members',
  'invitations',
  'api-keys',
  'oauth-clients',
  'audit-events',
  'usage',
  'attention',
];
const OPERATOR_LISTS = ['organizations', 'users', 'audit-events', 'stats'];

describe('read replicas', () => {
  it.each(ORGANIZATION_LISTS)('answer lists: %s', async (list) => {
    const { status } = await fromReplica(() => own.call('GET', `${own.path}/${list}`));
    expect(status).toBe(200);
  });

  it.each(OPERATOR_LISTS)('answer lists of operators: %s', async (list) => {
    const { status } = await fromReplica(() =>
      own.call('GET', `/v1/admin/${list}`, { as: OPERATOR }),
    );
    expect(status).toBe(200);
  });

  it('answer the lists of all organizations', async () => {
    const { status } = await fromReplica(() => own.call('GET', '/v1/organizations'));
    expect(status).toBe(200);
  });

  it('answer usage of a key and of a client', async () => {
    const key = await issueKey();
    const client = await own.call<{ oauth_client: { client_id: string } }>(
      'POST',
      `${own.path}/oauth-clients`,
      { body: { name: 'Client', scopes: ['read'] } },
    );
    for (const path of [
      `api-keys/${key.api_key.id}/usage`,
      `oauth-clients/${client.body.oauth_client.client_id}/usage`,
    ]) {
      const { status } = await fromReplica(() => own.call('GET', `${own.path}/${path}`));
      expect([path, status]).toEqual([path, 200]);
    }
  });

  it('answer exports, a batch at a time', async () => {
    const path = `${own.path}/audit-events`;
    await until('a replica answers', async () => {
      const { value, answered } = await during(() =>
        own.call('GET', path, { headers: { accept: 'text/csv' } }),
      );
      expect(value.text).toContain('api_key.created');
      // The request, and its one batch.
      return answered === 2;
    });
  });

  it('answer look-ups that are not in memory', async () => {
    const { plaintext_api_key: key } = await issueKey();
    await untilItAnswers();
    const first = await during(() => verdictOn(key));
    expect(first).toMatchObject({ value: 'valid', failed: 0 });
    expect(first.answered + first.behind).toBeGreaterThan(0);
    const again = await during(() => verdictOn(key));
    expect(again).toEqual({ value: 'valid', answered: 0, behind: 0, failed: 0 });
  });

  it('are asked for nothing that they have not seen', async () => {
    const { plaintext_api_key: revoked, api_key } = await issueKey();
    await untilItAnswers();
    expect(await verdictOn(revoked)).toBe('valid');
    await holdUp();
    try {
      await issueKey('Just now');
      const { value, answered, behind } = await during(listKeys);
      expect([value.includes('Just now'), answered, behind]).toEqual([true, 0, 1]);
      const { plaintext_api_key: fresh } = await issueKey();
      expect(await verdictOn(fresh)).toBe('valid');
      await own.call('DELETE', `${own.path}/api-keys/${api_key.id}`);
      expect(await verdictOn(revoked)).toBe('revoked');
    } finally {
      await goOn();
    }
    await untilItAnswers();
    expect(await verdictOn(revoked)).toBe('revoked');
  });

  it('show whoever changes something what he has changed', async () => {
    await untilItAnswers();
    const { answered, behind } = await during(async () => {
      for (let round = 0; round < 30; round++) {
        await issueKey(`Round ${round}`);
        expect(await listKeys()).toContain(`Round ${round}`);
      }
    });
    expect(answered + behind).toBe(30);
  });

  it('are asked by nobody for what is too new for them: it is looked up where it was written', async () => {
    const other = await startServer({ database: postgres.primaryUrl, env: ENV });
    try {
      await untilItAnswers();
      await holdUp();
      const { body } = await call<Issued>('POST', `${own.path}/api-keys`, {
        url: other.url,
        as: own.session,
        body: { name: 'Elsewhere', scopes: ['backups:read'] },
      });
      expect(await verdictOn(body.plaintext_api_key)).toBe('valid');
    } finally {
      await goOn();
      await other.stop();
    }
  });

  it('do not answer by numbers alone: one that does not follow this primary is not believed', async () => {
    await untilItAnswers();
    // As where it had followed another one.
    await postgres.onPrimary('DELETE FROM incarnations');
    await until('the replica has lost it too', async () => {
      const [row] = await postgres.onStandby<{ left: number }>(
        'SELECT count(*)::int AS left FROM incarnations',
      );
      return row!.left === 0;
    });
    // So many that it has caught up with whatever was written meanwhile.
    const { answered, behind } = await during(async () => {
      for (let round = 0; round < 50; round++) await listKeys();
    });
    expect([answered, behind]).toEqual([0, 50]);
    await postgres.onPrimary(`
      INSERT INTO incarnations (name, seen_at)
      VALUES (left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || pg_postmaster_start_time(), now())`);
    await untilItAnswers();
  });

  it('may go away and come again: nobody notices', async () => {
    await untilItAnswers();
    await postgres.stopStandby();
    for (let round = 0; round < 20; round++) expect(await listKeys()).toContain('Just now');
    await until('the log says so', () => own.server.log().includes('does not answer'));
    expect((await call('GET', '/health/ready', { url: own.url })).status).toBe(200);
    await postgres.startStandby();
    await until('a replica answers again', async () => (await during(listKeys)).answered === 1);
  });
});

describe('a standby in place of the primary', () => {
  it('stops a start, with the sentence that says what to do', async () => {
    const failure = await startServer({ database: postgres.standbyUrl, env: ENV }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failure).toContain('is a standby: DATABASE_URL has to lead to the primary');
    expect(failure).toContain('exit code 1');
  });

  it('is asked for nothing: 503, also for what it could say, until the primary is there again', async () => {
    const proxy = await startDatabaseProxy(postgres.primaryUrl);
    const server = await startServer({ database: proxy.url, env: ENV });
    try {
      const more = { url: server.url, as: own.session };
      const read = async (): Promise<number> =>
        (await call('GET', `${own.path}/members`, more)).status;
      const write = async (): Promise<number> =>
        (await call('POST', `${own.path}/api-keys`, { ...more, body: KEY })).status;
      expect([await read(), await write()]).toEqual([200, 201]);
      proxy.lead(postgres.standbyUrl);
      for (let round = 0; round < 20; round++) {
        expect([await read(), await write()]).toEqual([503, 503]);
      }
      expect((await call('GET', '/health/ready', { url: server.url })).status).toBe(503);
      proxy.lead(postgres.primaryUrl);
      await until('it works again', async () => (await read()) === 200 && (await write()) === 201);
    } finally {
      await server.stop();
      await proxy.close();
    }
  });
});
