import { encodeId, newId } from '../src/access/ids.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, refusalOf, tokenStatus } from './support/oauth-clients.js';
import { basic, requestToken } from './support/token-endpoint.js';
import { until } from './support/until.js';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const REVOKED = { revoked: true };
const PAST = '2001-02-03T04:05:06Z';
const FUTURE = '2101-02-03T04:05:06.000Z';

describe('secrets of a client', () => {
  let organization: TestOrganization;
  let clients: ClientManagement;
  let owner: string;

  beforeAll(async () => {
    organization = await newOrganization();
    clients = new ClientManagement(organization);
    owner = organization.owner.session;
  });

  it('CA-19 are up to five, and every one works', async () => {
    const issued = await clients.create();
    const more = await Promise.all(
      ['a', 'b', 'c', 'd'].map((label) => clients.addSecret(issued, { label })),
    );
    expect(more.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const all = [issued, ...more.map(({ body }) => body)];
    expect(new Set(all.map(({ client_secret }) => client_secret)).size).toBe(5);
    expect(await Promise.all(all.map(tokenStatus))).toEqual([200, 200, 200, 200, 200]);
    const sixth = clients.addSecret(issued);
    expect(await refusalOf(sixth)).toBe('409 secret_limit_reached');
    expect(await clients.secretsOf(issued)).toHaveLength(5);
  });

  it('are never six, however many are added at once', async () => {
    const issued = await clients.create();
    const ends = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? FUTURE : null));
    const answers = await Promise.all(
      ends.map((expires_at) => clients.addSecret(issued, { expires_at })),
    );
    const count = (wanted: number): number =>
      answers.filter(({ status }) => status === wanted).length;
    expect([count(201), count(409)]).toEqual([4, 8]);
    expect(await clients.secretsOf(issued)).toHaveLength(5);
  });

  it('are answered as with a new client', async () => {
    const issued = await clients.create();
    const { body } = await clients.addSecret(issued, { label: 'second', expires_at: FUTURE });
    expect(body).toEqual({
      oauth_client: issued.oauth_client,
      client_secret: expect.stringMatching(/^[A-Za-z0-9]{128}$/) as unknown,
      basic_credential: Buffer.from(
        `${issued.oauth_client.client_id}:${body.client_secret}`,
      ).toString('base64'),
      secret: {
        id: body.secret.id,
        label: 'second',
        hint: body.client_secret.slice(-4),
        created_at: expect.stringMatching(RFC_3339) as unknown,
        expires_at: FUTURE,
        last_used_at: null,
        last_used_ip: null,
        safe_to_delete: false,
      },
    });
    expect(await clients.secretsOf(issued)).toEqual([body.secret, issued.secret]);
  });

  it.each([
    [{ label: '' }, 'validation_error'],
    [{ label: 'x'.repeat(101) }, 'validation_error'],
    [{ expires_at: 'tomorrow' }, 'validation_error'],
    [{ expires_at: '2031-02-30T00:00:00Z' }, 'validation_error'],
    [{ expires_at: PAST }, 'expires_in_past'],
    [{ client_secret: 'mine' }, 'validation_error'],
  ])('are refused with %j', async (body, code) => {
    const answer = clients.addSecret(await clients.create(), body);
    expect(await refusalOf(answer)).toBe(`400 ${code}`);
  });

  it('CA-19 die one by one, at once, and the others live on', async () => {
    const issued = await clients.create();
    const { body: second } = await clients.addSecret(issued);
    const secretPath = `${clients.pathOf(issued)}/secrets/${issued.secret.id}`;
    expect(await ask('DELETE', secretPath, { as: owner })).toEqual(REVOKED);
    expect([await tokenStatus(issued), await tokenStatus(second)]).toEqual([401, 200]);
    expect(await clients.secretsOf(issued)).toEqual([second.secret]);
    const again = call('DELETE', secretPath, { as: owner });
    expect(await refusalOf(again)).toBe('404 not_found');
    const other = await clients.create();
    const elsewhere = `${clients.pathOf(other)}/secrets/${second.secret.id}`;
    expect(await refusalOf(call('DELETE', elsewhere, { as: owner }))).toBe('404 not_found');
    expect(await tokenStatus(second)).toBe(200);
  });

  it('CA-19 expire, and make room then', async () => {
    const issued = await clients.create();
    for (let index = 0; index < 4; index++) await clients.addSecret(issued);
    await inDatabase(
      `UPDATE oauth_client_secrets SET expires_at = now() WHERE client_id = $1 AND hint = $2`,
      [issued.oauth_client.client_id, issued.secret.hint],
    );
    expect(await tokenStatus(issued)).toBe(401);
    const listed = await clients.secretsOf(issued);
    expect(listed.at(-1)).toMatchObject({ id: issued.secret.id, safe_to_delete: true });
    expect((await clients.addSecret(issued)).status).toBe(201);
  });

  it('are added only by who holds all that the client may do', async () => {
    const issued = await clients.create({ scopes: ['read', 'audit:read'] });
    const key = await organization.apiKey({ scopes: ['oauth_clients:write', 'read'] });
    const attempt = clients.addSecret(issued, {}, key.plaintext);
    expect(await refusalOf(attempt)).toBe('403 scope_exceeds_creator');
  });

  it('can be replaced by the client itself', async () => {
    const issued = await clients.create({ scopes: ['oauth_clients:write'] });
    const token = await requestToken({ authorization: `Basic ${issued.basic_credential}` });
    const as = token.body.access_token;
    const { body: second } = await clients.addSecret(issued, {}, as);
    expect(await tokenStatus(second)).toBe(200);
    const old = `${clients.pathOf(issued)}/secrets/${issued.secret.id}`;
    expect(await ask('DELETE', old, { as })).toEqual(REVOKED);
  });

  it('show their last use, and whether another has taken over', async () => {
    const issued = await clients.create();
    const { body: second } = await clients.addSecret(issued);
    const from = '10.9.8.7';
    const { client_id } = issued.oauth_client;
    await requestToken({
      authorization: basic(client_id, issued.client_secret),
      from: '10.1.1.1',
    });
    await requestToken({ authorization: basic(client_id, second.client_secret), from });
    await until('the last use is written', async () => {
      const secrets = await clients.secretsOf(issued);
      return secrets.every(({ last_used_at }) => last_used_at !== null);
    });
    const [newer, older] = await clients.secretsOf(issued);
    expect(newer).toMatchObject({
      id: second.secret.id,
      last_used_ip: from,
      safe_to_delete: false,
    });
    expect(older).toMatchObject({ last_used_ip: '10.1.1.1', safe_to_delete: true });
    const { oauth_client } = await clients.get(issued);
    expect(oauth_client.last_used_at).toBe(newer!.last_used_at);
  });

  it('are named by ids of their kind', async () => {
    const issued = await clients.create();
    const id = encodeId('apiKey', newId());
    const answer = call('DELETE', `${clients.pathOf(issued)}/secrets/${id}`, { as: owner });
    expect(await refusalOf(answer)).toBe('404 not_found');
  });
});
