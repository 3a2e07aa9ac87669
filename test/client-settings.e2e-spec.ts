import type { ClientUsageBody } from '../src/oauth/clients/client-usage.dto.js';
import type { OAuthClientBody } from '../src/oauth/clients/oauth-clients.dto.js';
import { withinOne } from './support/calendar.js';
import {
  type Answer,
  ask,
  call,
  type ErrorBody,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import {
  ClientManagement,
  type IssuedSecret,
  refusalOf,
  tokenStatus,
} from './support/oauth-clients.js';
import { FILES, newSigningPair, REPORTS } from './support/oauth-endpoints.js';
import {
  errorOf,
  requestToken,
  type TokenAnswer,
  type TokenReply,
} from './support/token-endpoint.js';
import { until } from './support/until.js';

let organization: TestOrganization;
let clients: ClientManagement;
let owner: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  owner = organization.owner.session;
});

const tokenOf = (
  { basic_credential }: IssuedSecret,
  body?: string,
  from?: string,
): Promise<TokenReply> =>
  requestToken({
    authorization: `Basic ${basic_credential}`,
    ...(body !== undefined && { body }),
    ...(from !== undefined && { from }),
  });

const change = (issued: IssuedSecret, body: object, as = owner): Promise<Answer<ErrorBody>> =>
  call('PATCH', clients.pathOf(issued), { as, body });

/** What the fields of a refusal are. */
const fieldsOf = async (answer: Promise<Answer<ErrorBody>>): Promise<unknown> => {
  const { status, body } = await answer;
  return [status, Object.keys(body.fields ?? {})];
};

describe('the settings of a client', () => {
  it('are shown as they were made', async () => {
    const settings = {
      token_format: 'jwt',
      token_ttl_seconds: 120,
      token_endpoint_auth_method: 'client_secret_post',
      ip_allowlist: ['10.0.0.0/8', '2001:db8::/32'],
      resources: [REPORTS.resource, FILES.resource],
      max_tokens_per_hour: 7,
    };
    const { oauth_client } = await clients.create(settings);
    expect(oauth_client).toMatchObject({ ...settings, reuse_tokens: false, jwks_uri: null });
  });

  it('are changed one by one, and set back by null', async () => {
    const issued = await clients.create({ ip_allowlist: ['10.0.0.0/8'], max_tokens_per_hour: 7 });
    const wanted = { token_format: 'jwt', resources: [REPORTS.resource] };
    const { oauth_client } = await ask<{ oauth_client: OAuthClientBody }>(
      'PATCH',
      clients.pathOf(issued),
      { as: owner, body: wanted },
    );
    expect(oauth_client).toEqual({ ...issued.oauth_client, ...wanted });
    const open = { ip_allowlist: null, max_tokens_per_hour: null };
    const answer = await ask<{ oauth_client: OAuthClientBody }>('PATCH', clients.pathOf(issued), {
      as: owner,
      body: open,
    });
    expect(answer.oauth_client).toEqual({ ...oauth_client, ...open });
    const [, , last] = await clients.eventsOf(issued);
    expect(last!.metadata).toEqual({
      ip_allowlist: { before: ['10.0.0.0/8'], after: null },
      max_tokens_per_hour: { before: 7, after: null },
    });
  });

  it.each([
    [{ max_tokens_per_hour: 0 }, 'max_tokens_per_hour'],
    [{ max_tokens_per_hour: 1.5 }, 'max_tokens_per_hour'],
    [{ ip_allowlist: [] }, 'ip_allowlist'],
    [{ ip_allowlist: ['10.0.0.0/33'] }, 'ip_allowlist'],
    [{ ip_allowlist: '10.0.0.0/8' }, 'ip_allowlist'],
    [{ resources: ['https://unknown.keycap.test'] }, 'resources'],
    [{ resources: [REPORTS.resource, REPORTS.resource] }, 'resources'],
    [{ resources: REPORTS.resource }, 'resources'],
    [{ reuse_tokens: 'yes' }, 'reuse_tokens'],
    [{ reuse_tokens: true, token_format: 'jwt' }, 'reuse_tokens'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ jwks_uri: 'https://client.keycap.test/jwks.json' }, 'jwks'],
    [{ jwks: { keys: [] } }, 'jwks'],
    [{ jwks: [] }, 'jwks'],
    [{ token_generation: 2 }, 'token_generation'],
  ])('are refused: %j', async (settings, field) => {
    const made = call('POST', clients.path, { as: owner, body: { name: 'Sync', ...settings } });
    expect(await fieldsOf(made)).toEqual([400, [field]]);
    const changed = change(await clients.create(), settings);
    expect(await fieldsOf(changed)).toEqual([400, [field]]);
  });

  it('keep together when they change one by one', async () => {
    const jwt = await clients.create({ token_format: 'jwt' });
    expect(await fieldsOf(change(jwt, { reuse_tokens: true }))).toEqual([400, ['reuse_tokens']]);
    const reusing = await clients.create({ reuse_tokens: true });
    expect(await fieldsOf(change(reusing, { token_format: 'jwt' }))).toEqual([
      400,
      ['reuse_tokens'],
    ]);
    const { publicJwk } = await newSigningPair();
    const keys = { jwks: { keys: [publicJwk] } };
    expect(await fieldsOf(change(jwt, keys))).toEqual([400, ['jwks']]);
  });

  it('CA-18 make a client sign: its secrets end, and come back as new ones alone', async () => {
    const issued = await clients.create();
    const { publicJwk } = await newSigningPair();
    const signing = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } };
    expect((await change(issued, signing)).status).toBe(200);
    expect(await tokenStatus(issued)).toBe(401);
    expect(await clients.secretsOf(issued)).toEqual([]);
    const back = await ask<{ oauth_client: OAuthClientBody }>('PATCH', clients.pathOf(issued), {
      as: owner,
      body: { token_endpoint_auth_method: 'client_secret_basic' },
    });
    expect([back.oauth_client.jwks, await tokenStatus(issued)]).toEqual([null, 401]);
    const { body } = await clients.addSecret(issued);
    expect(await tokenStatus(body)).toBe(200);
  });

  /** Loosening is handing out: who holds less than the client may not do it (S31). */
  it('S31 are loosened by nobody who holds less, and tightened by anyone who may change it', async () => {
    const { publicJwk } = await newSigningPair();
    const settings = {
      scopes: ['read', 'audit:read'],
      ip_allowlist: ['10.0.0.0/8'],
      max_tokens_per_hour: 10,
      token_ttl_seconds: 600,
    };
    const issued = await clients.create(settings);
    const key = await organization.apiKey({ scopes: ['oauth_clients:write', 'read'] });
    const attempt = async (body: object): Promise<string> => {
      const { status, body: answer } = await change(issued, body, key.plaintext);
      return status === 200 ? '200' : `${String(status)} ${answer.code}`;
    };
    const loosened = [
      { ip_allowlist: null },
      { ip_allowlist: ['10.0.0.0/8', '192.0.2.0/24'] },
      { max_tokens_per_hour: 11 },
      { max_tokens_per_hour: null },
      { token_ttl_seconds: 601 },
      { resources: [REPORTS.resource] },
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } },
    ];
    for (const body of loosened) {
      expect([body, await attempt(body)]).toEqual([body, '403 scope_exceeds_creator']);
    }
    const tightened = [
      { ip_allowlist: ['10.1.0.0/16'] },
      { max_tokens_per_hour: 9 },
      { token_ttl_seconds: 599 },
      { scopes: ['audit:read'] },
      { name: 'Tight' },
    ];
    for (const body of tightened) expect([body, await attempt(body)]).toEqual([body, '200']);
  });

  it('S31 reach no further than a maker who is confined to addresses', async () => {
    const local = await ask<{ plaintext_api_key: string }>(
      'POST',
      `${organization.path}/api-keys`,
      {
        as: owner,
        body: { name: 'Local', scopes: ['*'], ip_allowlist: ['10.0.0.0/8'] },
        expect: 201,
      },
    );
    const as = local.plaintext_api_key;
    const made = await clients.create({ ip_allowlist: ['10.2.0.0/16'] }, as);
    expect(made.oauth_client.ip_allowlist).toEqual(['10.2.0.0/16']);
    const wider = call('PATCH', clients.pathOf(made), { as, body: { ip_allowlist: null } });
    expect(await refusalOf(wider)).toBe('403 scope_exceeds_creator');
    // What its token makes is confined as it is itself.
    const maker = await clients.create({ scopes: ['*'], ip_allowlist: ['10.0.0.0/8'] });
    const { body } = await tokenOf(maker);
    const next = await clients.create({}, body.access_token);
    expect(next.oauth_client.ip_allowlist).toEqual(['10.0.0.0/8']);
  });
});

it('S31 get no proofs without end from a key that ends', async () => {
  const made = await ask<{ plaintext_api_key: string }>('POST', `${organization.path}/api-keys`, {
    as: owner,
    body: {
      name: 'Ends',
      scopes: ['*'],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    },
    expect: 201,
  });
  const as = made.plaintext_api_key;
  const { publicJwk } = await newSigningPair();
  const signing = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } };
  const created = call('POST', clients.path, { as, body: { name: 'Signs', ...signing } });
  expect(await refusalOf(created)).toBe('403 scope_exceeds_creator');
  const issued = await clients.create();
  expect(await refusalOf(change(issued, signing, as))).toBe('403 scope_exceeds_creator');
  await change(issued, { is_active: false });
  expect(await refusalOf(change(issued, { is_active: true }, as))).toBe(
    '403 scope_exceeds_creator',
  );
  expect((await change(issued, { name: 'Renamed' }, as)).status).toBe(200);
});

describe('the addresses of a client', () => {
  it('are where it authenticates from, and where its tokens work', async () => {
    const issued = await clients.create({ ip_allowlist: ['10.77.0.0/16'] });
    const inside = '10.77.1.2';
    const { status, body } = await tokenOf(issued, undefined, inside);
    expect(status).toBe(200);
    const refused = await tokenOf(issued, undefined, '10.78.1.2');
    expect([errorOf(refused), refused.body.error_description]).toEqual([
      '401 invalid_client',
      'invalid credentials',
    ]);
    const use = async (from: string): Promise<number> =>
      (await call('GET', organization.path, { as: body.access_token, from })).status;
    expect([await use(inside), await use('10.78.1.2')]).toEqual([200, 401]);
  });
});

describe('max_tokens_per_hour', () => {
  const statusesOf = (answers: readonly TokenAnswer<unknown>[]): number[] =>
    answers.map(({ status }) => status).toSorted();

  it.each(['opaque', 'jwt'])('is never passed, however many ask at once: %s', (format) =>
    withinOne('hour', async () => {
      const issued = await clients.create({ max_tokens_per_hour: 5, token_format: format });
      const answers = await Promise.all(Array.from({ length: 20 }, () => tokenOf(issued)));
      expect(statusesOf(answers)).toEqual([...Array(5).fill(200), ...Array(15).fill(429)]);
      const refused = answers.find(({ status }) => status === 429)!;
      expect(refused.body).toEqual({
        error: 'temporarily_unavailable',
        error_description: 'the client has been issued as many tokens as it may be in an hour',
      });
      const wait = Number(refused.headers.get('retry-after'));
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(3600);
    }),
  );

  it('counts for the clock hour, for this client alone, and nothing that was refused', () =>
    withinOne('hour', async () => {
      const issued = await clients.create({ max_tokens_per_hour: 2 });
      const other = await clients.create({ max_tokens_per_hour: 2 });
      expect(errorOf(await tokenOf(issued, 'grant_type=client_credentials&scope=nonsense'))).toBe(
        '400 invalid_scope',
      );
      const answers = [await tokenOf(issued), await tokenOf(issued), await tokenOf(issued)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(await tokenStatus(other)).toBe(200);
      const shift = (hours: number): Promise<object[]> =>
        inDatabase('UPDATE oauth_token_quotas SET hour = hour + $2 WHERE client_id = $1', [
          issued.oauth_client.client_id,
          hours,
        ]);
      // To a node whose clock is slower it is the hour before: it counts in this one all the same.
      await shift(1);
      expect(await tokenStatus(issued)).toBe(429);
      await shift(-2);
      expect(await tokenStatus(issued)).toBe(200);
      await change(issued, { max_tokens_per_hour: 1 });
      expect(await tokenStatus(issued)).toBe(429);
      await change(issued, { max_tokens_per_hour: null });
      expect(await tokenStatus(issued)).toBe(200);
    }));
});

describe('reuse_tokens', () => {
  /** As if its tokens had been issued so many seconds earlier. */
  const age = ({ oauth_client }: IssuedSecret, seconds: number): Promise<object[]> =>
    inDatabase(
      `UPDATE access_tokens SET created_at = created_at - make_interval(secs => $2),
                                expires_at = expires_at - make_interval(secs => $2)
        WHERE client_id = $1`,
      [oauth_client.client_id, seconds],
    );

  it('CC-12 answers the same live token, one for all who ask at once', async () => {
    const issued = await clients.create({ reuse_tokens: true });
    const answers = await Promise.all(Array.from({ length: 12 }, () => tokenOf(issued)));
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
    const [{ body } = answers[0]!] = answers;
    expect((await call('GET', organization.path, { as: body.access_token })).status).toBe(200);
    const rows = await inDatabase<{ count: number }>(
      'SELECT count(*)::int AS count FROM access_tokens WHERE client_id = $1',
      [issued.oauth_client.client_id],
    );
    expect(rows[0]!.count).toBe(1);
    const { token_ttl_seconds } = issued.oauth_client;
    for (const { body: each } of answers) {
      expect(each.expires_in).toBeLessThanOrEqual(token_ttl_seconds);
      expect(each.expires_in).toBeGreaterThan(token_ttl_seconds - 600);
    }
  });

  it('CC-12 is off unless it is set', async () => {
    const issued = await clients.create();
    const [one, other] = [await tokenOf(issued), await tokenOf(issued)];
    expect(one.body.access_token).not.toBe(other.body.access_token);
  });

  it('gives another one for another scope or resource', async () => {
    const issued = await clients.create({
      scopes: ['*'],
      reuse_tokens: true,
      resources: [REPORTS.resource],
    });
    const forms = ['', '&scope=read', `&resource=${encodeURIComponent(REPORTS.resource)}`];
    const tokens = new Set<string>();
    for (const form of [...forms, ...forms]) {
      const { body } = await tokenOf(issued, `grant_type=client_credentials${form}`);
      tokens.add(body.access_token);
    }
    expect(tokens.size).toBe(3);
  });

  it('gives a new one once 80 % of its life are over, and the old one lives on', async () => {
    const issued = await clients.create({ reuse_tokens: true, token_ttl_seconds: 1000 });
    const first = (await tokenOf(issued)).body.access_token;
    await age(issued, 780);
    expect((await tokenOf(issued)).body.access_token).toBe(first);
    await age(issued, 20);
    const next = (await tokenOf(issued)).body.access_token;
    expect(next).not.toBe(first);
    expect((await tokenOf(issued)).body.access_token).toBe(next);
    expect((await call('GET', organization.path, { as: first })).status).toBe(200);
  });

  it('gives a new one once its client is given another lifetime', async () => {
    const issued = await clients.create({ reuse_tokens: true, token_ttl_seconds: 1000 });
    const first = (await tokenOf(issued)).body;
    await change(issued, { token_ttl_seconds: 500 });
    const next = (await tokenOf(issued)).body;
    expect(next.access_token).not.toBe(first.access_token);
    expect(next.expires_in).toBe(500);
  });

  it.each([
    ['it was revoked', 'UPDATE access_tokens SET revoked_at = now() WHERE client_id = $1'],
    [
      'all tokens of its client were',
      'UPDATE oauth_clients SET token_generation = token_generation + 1 WHERE client_id = $1',
    ],
    [
      'all tokens of its secret were',
      'UPDATE oauth_client_secrets SET token_generation = token_generation + 1 WHERE client_id = $1',
    ],
    [
      'its seed is another one',
      "UPDATE oauth_reusable_tokens SET seed = '\\x00' WHERE client_id = $1",
    ],
  ])('gives no dead one: %s', async (_, sql) => {
    const issued = await clients.create({ reuse_tokens: true });
    const first = (await tokenOf(issued)).body.access_token;
    await inDatabase(sql, [issued.oauth_client.client_id]);
    const { body } = await tokenOf(issued);
    expect(body.access_token).not.toBe(first);
    expect((await call('GET', organization.path, { as: body.access_token })).status).toBe(200);
    expect((await tokenOf(issued)).body.access_token).toBe(body.access_token);
  });

  it('CC-11 keeps nothing from which the token could be told', async () => {
    const issued = await clients.create({ reuse_tokens: true });
    const { body } = await tokenOf(issued);
    const rows = await inDatabase<{ row: string }>(
      `SELECT r::text || t::text AS row FROM oauth_reusable_tokens r
         JOIN access_tokens t USING (client_id) WHERE client_id = $1`,
      [issued.oauth_client.client_id],
    );
    expect(rows).toHaveLength(1);
    const hex = Buffer.from(body.access_token).toString('hex');
    expect([body.access_token, hex].filter((each) => rows[0]!.row.includes(each))).toEqual([]);
  });

  it('gives each secret a token of its own, which ends with that secret alone', async () => {
    const issued = await clients.create({ reuse_tokens: true });
    const { body: second } = await clients.addSecret(issued);
    const tokens = [await tokenOf(issued), await tokenOf(second)];
    const [one, other] = tokens.map(({ body }) => body.access_token);
    expect(one).not.toBe(other);
    expect((await tokenOf(issued)).body.access_token).toBe(one);
    const path = `${clients.pathOf(issued)}/secrets/${issued.secret.id}/revoke-tokens`;
    await ask('POST', path, { as: owner });
    const statuses = [one, other].map((as) => call('GET', organization.path, { as }));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 200]);
  });

  it('counts against the limit once', () =>
    withinOne('hour', async () => {
      const issued = await clients.create({ reuse_tokens: true, max_tokens_per_hour: 1 });
      const answers = await Promise.all(Array.from({ length: 10 }, () => tokenOf(issued)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const other = await tokenOf(issued, 'grant_type=client_credentials&scope=read');
      expect(other.status).toBe(429);
    }));
});

describe('the usage of a client', () => {
  it('is how many tokens it was issued, by day', async () => {
    const issued = await clients.create();
    await Promise.all(Array.from({ length: 7 }, () => tokenOf(issued)));
    await tokenOf(issued, 'grant_type=password');
    const path = `${clients.pathOf(issued)}/usage`;
    const usage = await until('the tokens are counted', async () => {
      const body = await ask<ClientUsageBody>('GET', `${path}?days=3`, { as: owner });
      return body.days.some(({ tokens_issued }) => tokens_issued >= 7) ? body : null;
    });
    const { days } = usage;
    expect(days).toHaveLength(3);
    expect(days.reduce((sum, { tokens_issued }) => sum + tokens_issued, 0)).toBe(7);
    expect(days.map(({ date }) => date)).toEqual(
      days
        .map(({ date }) => date)
        .toSorted()
        .reverse(),
    );
    const month = await ask<ClientUsageBody>('GET', path, { as: owner });
    expect(month.days).toHaveLength(30);
  });

  it('is counted although another client is gone meanwhile', async () => {
    const [gone, issued] = [await clients.create(), await clients.create()];
    await tokenOf(gone);
    await inDatabase('DELETE FROM oauth_clients WHERE client_id = $1', [
      gone.oauth_client.client_id,
    ]);
    await tokenOf(issued);
    const isCounted = await until('the token is counted', async () => {
      const path = `${clients.pathOf(issued)}/usage?days=2`;
      const { days } = await ask<ClientUsageBody>('GET', path, { as: owner });
      return days.some(({ tokens_issued }) => tokens_issued === 1);
    });
    expect(isCounted).toBe(true);
  });

  it('counts a token that is given again once', async () => {
    const issued = await clients.create({ reuse_tokens: true });
    for (let index = 0; index < 4; index++) await tokenOf(issued);
    const path = `${clients.pathOf(issued)}/usage?days=2`;
    const usage = await until('the token is counted', async () => {
      const body = await ask<ClientUsageBody>('GET', path, { as: owner });
      return body.days.some(({ tokens_issued }) => tokens_issued > 0) ? body : null;
    });
    expect(usage.days.reduce((sum, { tokens_issued }) => sum + tokens_issued, 0)).toBe(1);
  });

  it('is refused to others', async () => {
    const issued = await clients.create();
    const path = `${clients.pathOf(issued)}/usage`;
    const member = await organization.member('member');
    const stranger = await newOrganization();
    const get = (as: string, query = ''): Promise<string> =>
      refusalOf(call('GET', path + query, { as }));
    expect(await get(member.session)).toBe('403 insufficient_role');
    expect(await get(stranger.owner.session)).toBe('404 not_found');
    expect(await get(owner, '?days=0')).toBe('400 validation_error');
    expect(await get(owner, '?days=366')).toBe('400 validation_error');
    expect(await get(owner, '?day=1')).toBe('400 validation_error');
    const nobody = call('GET', `${clients.path}/${'x'.repeat(40)}/usage`, { as: owner });
    expect(await refusalOf(nobody)).toBe('404 not_found');
  });
});

describe('what a client is refused', () => {
  interface Refusals {
    readonly audit_events: readonly {
      readonly target_id: string;
      readonly actor_kind: string;
      readonly actor_id: string;
      readonly metadata: { readonly reason: string; readonly count: number };
    }[];
  }

  const refusalsOf = async ({ oauth_client }: IssuedSecret): Promise<Refusals['audit_events']> => {
    const path = `${organization.path}/audit-events?action=oauth_client.refused`;
    const { audit_events } = await ask<Refusals>('GET', path, { as: owner });
    return audit_events.filter(({ target_id }) => target_id === oauth_client.client_id);
  };

  it('is shown to its organization with the reason, once a minute and not once a request', async () => {
    const issued = await clients.create();
    const from = newAddress();
    for (let index = 0; index < 5; index++) {
      await tokenOf(issued, 'grant_type=client_credentials&scope=nonsense', from);
    }
    await change(issued, { is_active: false });
    for (let index = 0; index < 5; index++) await tokenOf(issued, undefined, from);
    const refusals = await until('both reasons are written', async () => {
      const found = await refusalsOf(issued);
      return found.length >= 2 ? found : null;
    });
    expect(refusals.map(({ metadata }) => metadata).toReversed()).toEqual([
      { reason: 'invalid_scope: beyond the client', count: 1 },
      { reason: 'the client is disabled', count: 1 },
    ]);
    for (const { actor_kind, actor_id } of refusals) {
      expect([actor_kind, actor_id]).toEqual(['oauth_client', issued.oauth_client.client_id]);
    }
  });
});

it('a change under way ends with the token that makes it', async () => {
  const maker = await clients.create({ scopes: ['*'] });
  const { body } = await tokenOf(maker);
  const as = body.access_token;
  const path = clients.pathOf(maker);
  const [changes, revoked] = await Promise.all([
    Promise.all(
      Array.from({ length: 20 }, () =>
        call<IssuedSecret>('POST', clients.path, { as, body: { name: 'Late' } }),
      ),
    ),
    call('POST', `${path}/revoke-tokens`, { as: owner }),
  ]);
  expect(revoked.status).toBe(200);
  expect(changes.every(({ status }) => status === 201 || status === 401)).toBe(true);
  const again = await call('POST', clients.path, { as, body: { name: 'Late' } });
  expect(again.status).toBe(401);
  // Nothing was made after the revocation was recorded.
  const events = await inDatabase<{ action: string }>(
    `SELECT action FROM audit_events
      WHERE organization_id = (SELECT organization_id FROM oauth_clients WHERE client_id = $1)
        AND (actor_id = $1 OR (target_id = $1 AND action = 'oauth_client.tokens_revoked'))
        AND action <> 'oauth_client.refused'
      ORDER BY created_at`,
    [maker.oauth_client.client_id],
  );
  expect(events.at(-1)!.action).toBe('oauth_client.tokens_revoked');
});
