import { areGood } from './support/good-tokens.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret, refusalOf } from './support/oauth-clients.js';
import { assertionForm, clientAssertion, newSigningPair } from './support/oauth-endpoints.js';
import { requestToken } from './support/token-endpoint.js';
import { until } from './support/until.js';
import { clientOf, type Format, FORMATS, idOf, tokenOf } from './support/token-clients.js';

const LEVELS = ['organization', 'client', 'secret'] as const;
type Level = (typeof LEVELS)[number];

const ORDERS: readonly (readonly Level[])[] = [
  ['organization', 'client', 'secret'],
  ['organization', 'secret', 'client'],
  ['client', 'organization', 'secret'],
  ['client', 'secret', 'organization'],
  ['secret', 'organization', 'client'],
  ['secret', 'client', 'organization'],
];

/** Not concerned by anything, so it is the same for all scenes. */
let bystander: TestOrganization;

beforeAll(async () => {
  bystander = await newOrganization();
});

/** An organization with two clients, and a client of another one that is not concerned. */
interface Scene {
  readonly organization: TestOrganization;
  readonly management: ClientManagement;
  readonly client: IssuedSecret;
  readonly sibling: IssuedSecret;
  readonly stranger: IssuedSecret;
}

async function sceneOf(format: Format): Promise<Scene> {
  const organization = await newOrganization();
  const [client, sibling, stranger] = await Promise.all([
    clientOf(organization, format),
    clientOf(organization, format),
    clientOf(bystander, format),
  ]);
  const management = new ClientManagement(organization);
  return { organization, management, client, sibling, stranger };
}

/** Where all tokens of the organization, the client or its first secret are ended. */
function pathOf(
  level: Level,
  { management, client }: Pick<Scene, 'management' | 'client'>,
): string {
  const of = {
    organization: management.path,
    client: management.pathOf(client),
    secret: `${management.pathOf(client)}/secrets/${client.secret.id}`,
  };
  return `${of[level]}/revoke-tokens`;
}

/** Ends them, as the owner. */
async function end(
  level: Level,
  scene: Pick<Scene, 'management' | 'client' | 'organization'>,
): Promise<void> {
  const as = scene.organization.owner.session;
  const { status, text } = await call('POST', pathOf(level, scene), { as });
  expect([level, status, text]).toEqual([level, 200, '{"revoked":true}']);
}

const tokensOf = (client: IssuedSecret, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => tokenOf(client)));

describe.each(FORMATS)('ending many tokens at once: %s', (format) => {
  it('RV-12 of a client: its own, and nobody else loses any', async () => {
    const scene = await sceneOf(format);
    const { client, sibling, stranger } = scene;
    const ended = await tokensOf(client, 3);
    const others = [await tokenOf(sibling), await tokenOf(stranger)];
    expect(await areGood([...ended, ...others])).toEqual([true, true, true, true, true]);
    await end('client', scene);
    expect(await areGood([...ended, ...others])).toEqual([false, false, false, true, true]);
    expect(await areGood(await tokensOf(client, 2))).toEqual([true, true]);
  });

  it('RV-12 of an organization: those of all its clients, and of no other organization', async () => {
    const scene = await sceneOf(format);
    const { client, sibling, stranger, organization } = scene;
    const inOtherFormat = await clientOf(organization, format === 'jwt' ? 'opaque' : 'jwt');
    const project_id = await organization.project();
    const confined = await clientOf(organization, format, { project_id });
    const all = [client, sibling, inOtherFormat, confined];
    const ended = await Promise.all(all.map((each) => tokenOf(each)));
    const foreign = await tokenOf(stranger);
    await end('organization', scene);
    expect(await areGood([...ended, foreign])).toEqual([false, false, false, false, true]);
    const next = await Promise.all(all.map((each) => tokenOf(each)));
    expect(await areGood(next)).toEqual([true, true, true, true]);
  });

  it('RV-12 of a secret: those that it has got, and not those of the others', async () => {
    const scene = await sceneOf(format);
    const { client, sibling, management } = scene;
    const { body: second } = await management.addSecret(client);
    const ended = await tokensOf(client, 2);
    const others = [await tokenOf(second), await tokenOf(sibling)];
    await end('secret', scene);
    expect(await areGood([...ended, ...others])).toEqual([false, false, true, true]);
    // The secret itself goes on.
    expect(await areGood([await tokenOf(client), await tokenOf(second)])).toEqual([true, true]);
  });

  it('RV-12 of a secret that was revoked before: until then its tokens live on', async () => {
    const scene = await sceneOf(format);
    const { client, management, organization } = scene;
    const { body: second } = await management.addSecret(client);
    const [ended, other] = [await tokenOf(client), await tokenOf(second)];
    const as = organization.owner.session;
    await ask('DELETE', `${management.pathOf(client)}/secrets/${client.secret.id}`, { as });
    expect(await areGood([ended, other])).toEqual([true, true]);
    await end('secret', scene);
    expect(await areGood([ended, other])).toEqual([false, true]);
  });

  it.each(ORDERS)('A11 RV-12 S44 in any order: %s, %s, %s', async (...order) => {
    const scene = await sceneOf(format);
    const issued: string[] = [];
    for (const level of order) {
      issued.push(await tokenOf(scene.client));
      await end(level, scene);
    }
    issued.push(await tokenOf(scene.client));
    expect(await areGood(issued)).toEqual([false, false, false, true]);
    for (const level of order) await end(level, scene);
    expect(await areGood([...issued, await tokenOf(scene.client)])).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('RV-12 S44 all at once: none is lost, and what comes afterwards is good', async () => {
    const scene = await sceneOf(format);
    const issued = await tokensOf(scene.client, 3);
    const before = await generationsOf(scene);
    const levels = Array.from({ length: 10 }, () => LEVELS).flat();
    await Promise.all(levels.map((level) => end(level, scene)));
    expect(await areGood(issued)).toEqual([false, false, false]);
    expect(await areGood([await tokenOf(scene.client)])).toEqual([true]);
    const after = await generationsOf(scene);
    for (const level of LEVELS) expect([level, after[level] - before[level]]).toEqual([level, 10]);
  });

  it.each(LEVELS)('RV-12 of the %s, while tokens are issued', async (level) => {
    const scene = await sceneOf(format);
    const before = await tokensOf(scene.client, 5);
    const [during] = await Promise.all([tokensOf(scene.client, 20), end(level, scene)]);
    const after = await tokensOf(scene.client, 5);
    expect(new Set(await areGood(before))).toEqual(new Set([false]));
    expect(new Set(await areGood(after))).toEqual(new Set([true]));
    // Either way for these, and the same way from now on.
    const once = await areGood(during);
    expect(await areGood(during)).toEqual(once);
  });

  let used: Promise<Record<Level, Scene>> | undefined;

  it.each(LEVELS)(
    'RV-12 of the %s changes one row, however many tokens there are',
    async (level) => {
      used ??= usedScenesOf(format);
      const { [level]: scene } = await used;
      await multiply(scene.client, 3000);
      const tokens = await tokenRowsOf(scene.client);
      expect(tokens).toHaveLength(format === 'jwt' ? 0 : 3001);
      const before = await rowsAboveTokensOf(scene);
      await end(level, scene);
      expect(await tokenRowsOf(scene.client)).toEqual(tokens);
      const after = await rowsAboveTokensOf(scene);
      const changed = after.filter(({ xmin }, index) => xmin !== before[index]?.xmin);
      expect(changed.map(({ level: of }) => of)).toEqual([level]);
    },
  );
});

/** A scene for each level, whose client has got a token; its use is written, and no write is due. */
async function usedScenesOf(format: Format): Promise<Record<Level, Scene>> {
  const used = async (): Promise<Scene> => {
    const scene = await sceneOf(format);
    const since = new Date();
    await tokenOf(scene.client);
    await until('the last use is written', () => wasUsedSince(scene.client, since));
    return scene;
  };
  // At once: uses are written every few seconds.
  const [organization, client, secret] = await Promise.all([used(), used(), used()]);
  return { organization, client, secret };
}

/** How often all tokens of each were ended, and one. */
async function generationsOf({ client, organization }: Scene): Promise<Record<Level, number>> {
  const [row] = await inDatabase<Record<Level, number>>(
    `SELECT o.token_generation AS organization, c.token_generation AS client,
            s.token_generation AS secret
       FROM organizations o JOIN oauth_clients c ON c.organization_id = o.id
       JOIN oauth_client_secrets s USING (client_id)
      WHERE o.slug = $1 AND client_id = $2`,
    [organization.slug, idOf(client)],
  );
  return row!;
}

/** Whether a use of it since then is written, which changes its rows as well. */
async function wasUsedSince(client: IssuedSecret, since: Date): Promise<boolean> {
  const rows = await inDatabase(
    `SELECT FROM oauth_client_secrets JOIN oauth_clients USING (client_id)
      WHERE client_id = $1 AND oauth_clients.last_used_at >= $2`,
    [idOf(client), since],
  );
  return rows.length > 0;
}

/** Gives the client as many more tokens as its stored one is multiplied by; a JWT is not stored. */
async function multiply(client: IssuedSecret, by: number): Promise<void> {
  await inDatabase(
    `INSERT INTO access_tokens
     SELECT t.period, sha256((t.client_id || n)::bytea), t.client_id, t.secret_id, t.scopes,
            t.audience, t.organization_generation, t.client_generation, t.secret_generation,
            t.created_at, t.expires_at, t.revoked_at
       FROM access_tokens t, generate_series(1, $2) n WHERE t.client_id = $1`,
    [idOf(client), by],
  );
}

/** Each of the client's tokens, with the transaction that wrote it last. */
const tokenRowsOf = (client: IssuedSecret): Promise<object[]> =>
  inDatabase('SELECT xmin, digest FROM access_tokens WHERE client_id = $1 ORDER BY digest', [
    idOf(client),
  ]);

/** The rows of the organization, its clients and their secrets, in a fixed order. */
const rowsAboveTokensOf = ({ organization }: Scene): Promise<{ level: Level; xmin: string }[]> =>
  inDatabase(
    `WITH o AS (SELECT id FROM organizations WHERE slug = $1)
     SELECT level, xmin FROM (
       SELECT 'organization' AS level, slug AS name, xmin FROM organizations WHERE slug = $1
       UNION ALL
       SELECT 'client', client_id, xmin FROM oauth_clients
        WHERE organization_id = (SELECT id FROM o)
       UNION ALL
       SELECT 'secret', s.id::text, s.xmin FROM oauth_client_secrets s
         JOIN oauth_clients USING (client_id) WHERE organization_id = (SELECT id FROM o)
     ) AS rows ORDER BY level, name`,
    [organization.slug],
  );

describe('ending the tokens of clients that are otherwise', () => {
  it('RV-12 that sign and have no secret', async () => {
    const organization = await newOrganization();
    const pair = await newSigningPair();
    const management = new ClientManagement(organization);
    const client = await management.create({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [pair.publicJwk] },
    });
    const issue = async (): Promise<string> => {
      const assertion = await clientAssertion(idOf(client), pair);
      return (await requestToken({ body: assertionForm(assertion) })).body.access_token;
    };
    const as = organization.owner.session;
    for (const path of [management.pathOf(client), management.path]) {
      const token = await issue();
      await ask('POST', `${path}/revoke-tokens`, { as });
      expect([path, await areGood([token, await issue()])]).toEqual([path, [false, true]]);
    }
  });

  it.each(LEVELS)('RV-12 that get the same token again: by the %s', async (level) => {
    const organization = await newOrganization();
    const client = await clientOf(organization, 'opaque', { reuse_tokens: true });
    const token = await tokenOf(client);
    await end(level, { organization, client, management: new ClientManagement(organization) });
    const next = await tokenOf(client);
    expect(next).not.toBe(token);
    expect(await areGood([token, next])).toEqual([false, true]);
    expect(await tokenOf(client)).toBe(next);
  });
});

describe('who may end many tokens', () => {
  let scene: Scene;
  let token: string;

  beforeAll(async () => {
    scene = await sceneOf('opaque');
    token = await tokenOf(scene.client);
  });
  afterEach(async () => {
    expect(await areGood([token])).toEqual([true]);
  });

  it.each(LEVELS)('RV-12 nobody who could not change the client: of the %s', async (level) => {
    const { organization, client } = scene;
    const path = pathOf(level, scene);
    const [member, foreigner] = [await organization.member('member'), await newOrganization()];
    const reader = await organization.apiKey({ scopes: ['oauth_clients:read', 'read', 'write'] });
    const project_id = await organization.project();
    const confined = await organization.apiKey({ project_id, scopes: ['projects:read'] });
    const foreignKey = await foreigner.apiKey();
    const callers: Record<string, string | undefined> = {
      nobody: undefined,
      'a member': member.session,
      'a key that may read': reader.plaintext,
      'a key of a project': confined.plaintext,
      'the token itself': token,
      'the client by its secret': `Basic ${client.basic_credential}`,
      'the owner of another organization': foreigner.owner.session,
      'a key of another organization': foreignKey.plaintext,
    };
    const refusals: Record<string, string> = {};
    for (const [name, as] of Object.entries(callers)) {
      refusals[name] = await refusalOf(call('POST', path, { as }));
    }
    expect(refusals).toEqual({
      nobody: '401 unauthorized',
      'a member': '403 insufficient_role',
      'a key that may read': '403 insufficient_scope',
      'a key of a project': '403 insufficient_scope',
      'the token itself': '403 insufficient_scope',
      'the client by its secret': '401 unauthorized',
      'the owner of another organization': '404 not_found',
      'a key of another organization': '404 not_found',
    });
  });

  it('RV-12 and nothing that is not there', async () => {
    const { organization, management, client, sibling, stranger } = scene;
    const as = organization.owner.session;
    const own = management.pathOf(client);
    const secretOf = ({ secret }: IssuedSecret): string => secret.id;
    const paths = [
      `${management.path}/${'x'.repeat(40)}`,
      `${management.path}/nothing`,
      `${management.path}/${idOf(stranger)}`,
      `${own}/secrets/nothing`,
      `${own}/secrets/sec_00000000000000000000000000`,
      `${own}/secrets/${secretOf(sibling)}`,
      `${own}/secrets/${secretOf(stranger)}`,
      `${management.path}/${idOf(stranger)}/secrets/${secretOf(stranger)}`,
      `${management.path}/${idOf(stranger)}/secrets/${secretOf(client)}`,
    ];
    const others = [await tokenOf(sibling), await tokenOf(stranger)];
    for (const path of paths) {
      const refused = await refusalOf(call('POST', `${path}/revoke-tokens`, { as }));
      expect([path, refused]).toEqual([path, '404 not_found']);
    }
    expect(await areGood(others)).toEqual([true, true]);
  });
});

it('RV-12 is recorded, by whom and of what', async () => {
  const scene = await sceneOf('jwt');
  const { organization, client, management } = scene;
  for (const level of LEVELS) await end(level, scene);
  const path = `${organization.path}/audit-events?action=oauth_client.tokens_revoked`;
  const { audit_events } = await ask<{ audit_events: object[] }>('GET', path, {
    as: organization.owner.session,
  });
  const by = {
    action: 'oauth_client.tokens_revoked',
    actor_kind: 'user',
    actor_id: organization.owner.id,
    organization_id: organization.id,
    project_id: null,
  };
  const target_id = idOf(client);
  expect(audit_events.toReversed()).toMatchObject([
    { ...by, target_id: organization.id, metadata: { of: 'organization' } },
    { ...by, target_id, metadata: { of: 'client' } },
    { ...by, target_id, metadata: { of: 'secret', secret_id: client.secret.id } },
  ]);
  expect(await management.eventsOf(client)).toHaveLength(3);
});

it.each(FORMATS)('RV-12 ends the token that does it: %s', async (format) => {
  const scene = await sceneOf(format);
  const { organization } = scene;
  const scopes = ['oauth_clients:write'];
  const worker = await clientOf(organization, format, { scopes });
  for (const level of LEVELS) {
    const as = await tokenOf(worker);
    const itsOwn = pathOf(level, { ...scene, client: worker });
    expect((await call('POST', itsOwn, { as })).status).toBe(200);
    expect([level, await areGood([as])]).toEqual([level, [false]]);
    expect((await call('POST', itsOwn, { as })).status).toBe(401);
  }
});
