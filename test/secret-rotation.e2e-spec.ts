import type { IssuedSecretBody } from '../src/oauth/clients/client-secrets.dto.js';
import {
  type Answer,
  ask,
  call,
  inDatabase,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import {
  ClientManagement,
  type IssuedSecret,
  refusalOf,
  tokenStatus,
} from './support/oauth-clients.js';
import { newSigningPair } from './support/oauth-endpoints.js';
import { requestToken } from './support/token-endpoint.js';

const HOUR_MS = 3_600_000;

describe('rotating the secrets of a client', () => {
  let organization: TestOrganization;
  let clients: ClientManagement;
  let owner: string;

  beforeAll(async () => {
    organization = await newOrganization();
    clients = new ClientManagement(organization);
    owner = organization.owner.session;
  });

  const rotate = (
    issued: IssuedSecretBody,
    body: object = {},
    as = owner,
  ): Promise<Answer<IssuedSecret>> =>
    call<IssuedSecret>('POST', `${clients.pathOf(issued)}/rotate-secret`, { as, body });

  /** In how many hours each secret ends, newest first; null for one that does not. */
  const hoursLeft = async (issued: IssuedSecretBody): Promise<(number | null)[]> =>
    (await clients.secretsOf(issued)).map(({ expires_at }) =>
      expires_at === null
        ? null
        : Math.round((Date.parse(expires_at) - Date.now()) / (HOUR_MS / 10)) / 10,
    );

  it('CA-19 answers as a new client, and all secrets work until the overlap is over', async () => {
    const issued = await clients.create();
    const answer = await rotate(issued);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { client_secret, basic_credential, secret, oauth_client } = answer.body;
    expect(oauth_client).toEqual(issued.oauth_client);
    expect(client_secret).toMatch(/^[A-Za-z0-9]{128}$/);
    expect(Buffer.from(basic_credential, 'base64').toString()).toBe(
      `${oauth_client.client_id}:${client_secret}`,
    );
    expect(secret).toMatchObject({ expires_at: null, last_used_at: null, safe_to_delete: false });
    expect(await hoursLeft(issued)).toEqual([null, 24]);
    expect([await tokenStatus(issued), await tokenStatus(answer.body)]).toEqual([200, 200]);
    await inDatabase('UPDATE oauth_client_secrets SET expires_at = now() WHERE hint = $1', [
      issued.secret.hint,
    ]);
    expect([await tokenStatus(issued), await tokenStatus(answer.body)]).toEqual([401, 200]);
  });

  it('ends the others at once without an overlap, and no token', async () => {
    const issued = await clients.create();
    const { body } = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
    const rotated = await rotate(issued, { overlap_seconds: 0 });
    expect([await tokenStatus(issued), await tokenStatus(rotated.body)]).toEqual([401, 200]);
    const used = await call('GET', organization.path, { as: body.access_token });
    expect(used.status).toBe(200);
  });

  it('gives no secret a longer life', async () => {
    const issued = await clients.create();
    const soon = new Date(Date.now() + HOUR_MS).toISOString();
    await clients.addSecret(issued, { expires_at: soon });
    await rotate(issued, { overlap_seconds: 7200 });
    expect(await hoursLeft(issued)).toEqual([null, 1, 2]);
    await rotate(issued, { overlap_seconds: 10 * 3600 });
    expect(await hoursLeft(issued)).toEqual([null, 10, 1, 2]);
  });

  it('leaves five live secrets at most, also when it is done many times at once', async () => {
    const issued = await clients.create();
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(issued)));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, 201, 201, 201, 409, 409, 409, 409]);
    expect(await refusalOf(rotate(issued))).toBe('409 secret_limit_reached');
    expect(await hoursLeft(issued)).toEqual([null, 24, 24, 24, 24]);
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    expect(await Promise.all([issued, ...made].map(tokenStatus))).toEqual(Array(5).fill(200));
    // Those end now, so there is room.
    expect((await rotate(issued, { overlap_seconds: 0 })).status).toBe(201);
  });

  it('under load gives not one 401', async () => {
    const issued = await clients.create();
    let current = issued;
    let isOver = false;
    const statuses: number[] = [];
    const fetchTokens = async (): Promise<void> => {
      while (!isOver) statuses.push(await tokenStatus(current));
    };
    const load = Promise.all([1, 2, 3, 4].map(fetchTokens));
    for (let round = 0; round < 5; round++) {
      const { body } = await rotate(issued, { overlap_seconds: 3600 });
      const before = statuses.length;
      // The old secret goes on for a while, then the new one takes over.
      while (statuses.length < before + 8) await tokenStatus(current);
      current = body;
      const old = await clients.secretsOf(issued);
      const oldest = old.at(-1)!;
      while (statuses.length < before + 16) await tokenStatus(current);
      await ask('DELETE', `${clients.pathOf(issued)}/secrets/${oldest.id}`, { as: owner });
    }
    isOver = true;
    await load;
    expect(statuses.length).toBeGreaterThan(80);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it.each([
    [{ overlap_seconds: -1 }, 'overlap_seconds'],
    [{ overlap_seconds: 2_592_001 }, 'overlap_seconds'],
    [{ overlap_seconds: 1.5 }, 'overlap_seconds'],
    [{ overlap_seconds: '60' }, 'overlap_seconds'],
    [{ label: 'new' }, 'label'],
  ])('refuses %j', async (body, field) => {
    const answer = await call('POST', `${clients.pathOf(await clients.create())}/rotate-secret`, {
      as: owner,
      body,
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    expect(Object.keys(answer.body.fields ?? {})).toEqual([field]);
  });

  it('takes who holds all that the client may do, the client itself among them', async () => {
    const issued = await clients.create({ scopes: ['oauth_clients:write', 'read'] });
    const narrow = await organization.apiKey({ scopes: ['oauth_clients:write'] });
    expect(await refusalOf(rotate(issued, {}, narrow.plaintext))).toBe('403 scope_exceeds_creator');
    const member = await organization.member('member');
    expect(await refusalOf(rotate(issued, {}, member.session))).toBe('403 insufficient_role');
    const stranger = await newOrganization();
    expect(await refusalOf(rotate(issued, {}, stranger.owner.session))).toBe('404 not_found');
    const { body } = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
    expect((await rotate(issued, {}, body.access_token)).status).toBe(201);
  });

  it('is nothing for a client that signs, nor is adding one', async () => {
    const { publicJwk } = await newSigningPair();
    const signing = await ask<IssuedSecretBody>('POST', clients.path, {
      as: owner,
      body: {
        name: 'Signs',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [publicJwk] },
      },
      expect: 201,
    });
    expect([signing.client_secret, signing.basic_credential, signing.secret]).toEqual([
      null,
      null,
      null,
    ]);
    expect(await refusalOf(rotate(signing))).toBe('409 client_has_no_secrets');
    const added = call('POST', `${clients.pathOf(signing)}/secrets`, { as: owner, body: {} });
    expect(await refusalOf(added)).toBe('409 client_has_no_secrets');
  });

  it('leaves a trace, and of no secret', async () => {
    const issued = await clients.create();
    const { body } = await rotate(issued, { overlap_seconds: 60 });
    const event = (await clients.eventsOf(issued)).at(-1)!;
    const [, old] = await clients.secretsOf(issued);
    expect([event.action, event.metadata]).toEqual([
      'oauth_client.rotated',
      {
        secret_id: body.secret.id,
        label: null,
        hint: body.secret.hint,
        expires_at: null,
        others_expire_at: old!.expires_at,
      },
    ]);
    expect(JSON.stringify(event)).not.toContain(body.client_secret);
  });
});
