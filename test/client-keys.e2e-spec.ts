import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { exportJWK, type JWK } from 'jose';
import type { OAuthClientBody } from '../src/oauth/clients/oauth-clients.dto.js';
import {
  type Answer,
  ask,
  call,
  type ErrorBody,
  inDatabase,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import {
  assertionForm,
  clientAssertion,
  newSigningPair,
  type SigningPair,
} from './support/oauth-endpoints.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import {
  assertionOf,
  newSigningClient,
  outcomeOf,
  show,
  type SigningClient,
} from './support/signing-clients.js';
import { openSink, type Sink } from './support/sink.js';
import { seen } from './support/token-endpoint.js';

const INVALID_CLIENT = '401 invalid_client';
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const SIGNS = { token_endpoint_auth_method: 'private_key_jwt' };
const NEEDS_ONE = 'private_key_jwt needs jwks or jwks_uri, and not both of them';
const FOR_SIGNERS = 'jwks and jwks_uri are for private_key_jwt alone';
const NO_SET =
  'jwks must be a set of 1 to 20 public keys with different kids: EC on a NIST curve, Ed25519, or RSA of 2048 bits and more';
const ADDRESS = 'https://client.example.com/jwks.json';

const keysOf = (
  type: string,
  options: object,
): { publicJwk: JsonWebKey; privateJwk: JsonWebKey } => {
  const pair = generateKeyPairSync(type as 'ec', options as { namedCurve: string });
  return {
    publicJwk: pair.publicKey.export({ format: 'jwk' }),
    privateJwk: pair.privateKey.export({ format: 'jwk' }),
  };
};
const P256 = keysOf('ec', { namedCurve: 'P-256' });
const RSA = keysOf('rsa', { modulusLength: 2048 });
const JWKS = { keys: [P256.publicJwk] };
const numbered = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ ...P256.publicJwk, kid: String(index) }));

describe('the keys of clients', () => {
  let organization: TestOrganization;
  let path: string;
  let as: string;

  beforeAll(async () => {
    organization = await newOrganization();
    path = `${organization.path}/oauth-clients`;
    as = organization.owner.session;
  });

  const register = (more: object): Promise<Answer<ErrorBody>> =>
    call('POST', path, { as, body: { name: 'Signing', ...more } });
  const change = (id: string, body: object): Promise<Answer<ErrorBody>> =>
    call('PATCH', `${path}/${id}`, { as, body });
  /** The fields that are wrong, with what is wrong about them, or the status where none is. */
  const complaintsOf = async (answer: Promise<Answer<ErrorBody>>): Promise<unknown> => {
    const { status, body } = await answer;
    return status === 400 && body.code === 'validation_error' ? body.fields : status;
  };

  describe('that are registered', () => {
    it('PK-10 are answered as they came, in place of a secret (CA-21)', async () => {
      const { publicJwk } = await newSigningPair();
      const jwks = { keys: [{ ...publicJwk, use: 'sig', alg: 'ES256' }] };
      const { status, body } = await call<{ oauth_client: OAuthClientBody }>('POST', path, {
        as,
        body: { name: 'Signing', ...SIGNS, jwks },
      });
      const { client_id } = body.oauth_client;
      expect(status).toBe(201);
      expect(body).toEqual({
        oauth_client: {
          client_id,
          organization_id: organization.id,
          project_id: null,
          name: 'Signing',
          scopes: ['read', 'write'],
          token_format: 'opaque',
          token_ttl_seconds: 36000,
          token_endpoint_auth_method: 'private_key_jwt',
          is_active: true,
          created_at: expect.stringMatching(RFC_3339),
          created_by_user_id: organization.owner.id,
          last_used_at: null,
          jwks,
          jwks_uri: null,
          ip_allowlist: null,
          resources: [],
          max_tokens_per_hour: null,
          reuse_tokens: false,
        },
        client_secret: null,
        basic_credential: null,
        secret: null,
      });
      const again = await ask<object>('GET', `${path}/${client_id}`, { as });
      expect(again).toEqual({ oauth_client: body.oauth_client });
      const secrets = await ask<object>('GET', `${path}/${client_id}/secrets`, { as });
      expect(secrets).toEqual({ client_secrets: [], next_cursor: null });
    });

    it.each<[string, object]>([
      ['P-256', JWKS],
      ['P-384', { keys: [keysOf('ec', { namedCurve: 'P-384' }).publicJwk] }],
      ['P-521', { keys: [keysOf('ec', { namedCurve: 'P-521' }).publicJwk] }],
      ['Ed25519', { keys: [keysOf('ed25519', {}).publicJwk] }],
      ['RSA of 2,048 bits', { keys: [RSA.publicJwk] }],
      ['twenty', { keys: numbered(20) }],
    ])('PK-10 may be %s', async (_, jwks) => {
      expect((await register({ ...SIGNS, jwks })).status).toBe(201);
    });

    it.each<[string, unknown]>([
      ['a private key', { keys: [P256.privateJwk] }],
      ['a private key of RSA', { keys: [RSA.privateJwk] }],
      ['a private key among public ones', { keys: [RSA.publicJwk, P256.privateJwk] }],
      ['a symmetric key', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
      ['RSA of 1,024 bits', { keys: [keysOf('rsa', { modulusLength: 1024 }).publicJwk] }],
      ['RSA with the exponent 1', { keys: [{ ...RSA.publicJwk, e: 'AQ' }] }],
      ['secp256k1', { keys: [keysOf('ec', { namedCurve: 'secp256k1' }).publicJwk] }],
      ['Ed448', { keys: [keysOf('ed448', {}).publicJwk] }],
      ['X25519', { keys: [keysOf('x25519', {}).publicJwk] }],
      ['a point that is on no curve', { keys: [{ ...P256.publicJwk, x: P256.publicJwk.y }] }],
      ['twenty-one', { keys: numbered(21) }],
      ['none', { keys: [] }],
      ['two of one kid', { keys: [...numbered(1), ...numbered(1)] }],
      ['more than 16 KB', { keys: [{ ...P256.publicJwk, note: 'x'.repeat(17_000) }] }],
      ['full of large numbers', { keys: [P256.publicJwk], notes: Array<number>(900).fill(1e300) }],
      ['a key outside of a set', P256.publicJwk],
      ['a list', [P256.publicJwk]],
      ['text', JSON.stringify(JWKS)],
      ['a number', 7],
      ['true', true],
    ])('PK-10 may not be %s', async (_, jwks) => {
      expect(await complaintsOf(register({ ...SIGNS, jwks }))).toEqual({ jwks: [NO_SET] });
      const { id } = await newSigningClient(organization);
      expect(await complaintsOf(change(id, { jwks }))).toEqual({ jwks: [NO_SET] });
    });

    it.each(['__proto__', 'constructor'])('may not reach a prototype by %s', async (name) => {
      const { status, text } = await call('POST', path, {
        as,
        headers: { 'content-type': 'application/json' },
        body: { name: 'x', ...SIGNS, jwks: { keys: [JSON.parse(`{"${name}":{"kty":"EC"}}`)] } },
      });
      expect([status, text]).toEqual([400, expect.stringContaining('"malformed_json"')]);
    });

    it('PK-10 are either a set or an address, and a signing client has one of them', async () => {
      const both = { jwks: JWKS, jwks_uri: ADDRESS };
      expect(await complaintsOf(register({ ...SIGNS, ...both }))).toEqual({ jwks: [NEEDS_ONE] });
      expect(await complaintsOf(register(SIGNS))).toEqual({ jwks: [NEEDS_ONE] });
      expect(await complaintsOf(register({ ...SIGNS, jwks: null, jwks_uri: null }))).toEqual({
        jwks: [NEEDS_ONE],
      });
      expect(await complaintsOf(register({ ...SIGNS, jwks_uri: ADDRESS }))).toBe(201);

      const { id } = await newSigningClient(organization);
      expect(await complaintsOf(change(id, { jwks_uri: ADDRESS }))).toEqual({ jwks: [NEEDS_ONE] });
      expect(await complaintsOf(change(id, { jwks: null }))).toEqual({ jwks: [NEEDS_ONE] });
      const moved = await ask<object>('PATCH', `${path}/${id}`, {
        as,
        body: { jwks: null, jwks_uri: ADDRESS },
      });
      expect(moved).toMatchObject({ oauth_client: { jwks: null, jwks_uri: ADDRESS } });
      expect(await complaintsOf(change(id, { jwks: JWKS }))).toEqual({ jwks: [NEEDS_ONE] });
    });

    it.each(['client_secret_basic', 'client_secret_post', undefined])(
      'PK-10 are of no use with a secret: %s',
      async (method) => {
        const secret = { token_endpoint_auth_method: method };
        for (const keys of [{ jwks: JWKS }, { jwks_uri: ADDRESS }]) {
          expect(await complaintsOf(register({ ...secret, ...keys }))).toEqual({
            jwks: [FOR_SIGNERS],
          });
          const { id } = await organization.client();
          expect(await complaintsOf(change(id, keys))).toEqual({ jwks: [FOR_SIGNERS] });
        }
      },
    );

    it.each<[unknown, RegExp]>([
      ['jwks.json', /is no http or https URL/],
      ['', /is no http or https URL/],
      ['ftp://client.example.com/jwks', /is no http or https URL/],
      ['javascript:alert(1)', /is no http or https URL/],
      ['data:application/json,{}', /is no http or https URL/],
      ['https://client.example.com/jwks json', /is no http or https URL/],
      ['https:\\\\client.example.com', /is no http or https URL/],
      ['https://user:password@client.example.com/jwks', /has a user or password/],
      ['https://@client.example.com/jwks', /has a user or password/],
      ['http://client.example.com/jwks', /is not https/],
      ['http://192.0.2.1/jwks', /is not https/],
      ['https://client.example.com:22/jwks', /has a port other than 443 and 8443/],
      ['https://10.0.0.1/jwks', /has an address that is not public/],
      ['https://169.254.169.254/latest/meta-data', /has an address that is not public/],
      ['https://[::ffff:169.254.169.254]/', /has an address that is not public/],
      ['https://intranet/jwks', /has a host name that is not public/],
      [`https://client.example.com/${'x'.repeat(500)}`, /shorter than or equal to 500/],
      [7, /must be a string/],
      [[ADDRESS], /must be a string/],
      [{ href: ADDRESS }, /must be a string/],
    ])('S61, PK-10 may not be published at %j', async (jwks_uri, complaint) => {
      const expected = { jwks_uri: expect.arrayContaining([expect.stringMatching(complaint)]) };
      expect(await complaintsOf(register({ ...SIGNS, jwks_uri }))).toEqual(expected);
      const { id } = await newSigningClient(organization);
      expect(await complaintsOf(change(id, { jwks: null, jwks_uri }))).toEqual(expected);
    });
  });

  describe('that are published', () => {
    let sink: Sink;
    let pair: SigningPair;
    /** Its private key. */
    let own: JWK;
    let client: SigningClient;

    const json =
      (body: unknown): RequestListener =>
      (_request, response) =>
        response.end(JSON.stringify(body));
    /** A client whose keys are at an address that answers like this. */
    const publishing = async (answer: RequestListener): Promise<void> => {
      sink = await openSink(answer);
      client = await newSigningClient(organization, pair, { jwks_uri: addressAt(sink) });
    };
    const addressAt = ({ port }: Sink): string => `http://127.0.0.1:${port}/jwks.json?of=client`;
    const outcomes = async (
      count: number,
      header: (index: number) => object = () => ({}),
    ): Promise<Set<string>> => {
      const attempts = Array.from({ length: count }, async (_, index) =>
        outcomeOf(show(await assertionOf(client, { header: header(index) as never }))),
      );
      return new Set(await Promise.all(attempts));
    };

    beforeAll(async () => {
      pair = await newSigningPair();
      own = { ...(await exportJWK(pair.privateKey)), kid: pair.publicJwk.kid };
    });

    afterEach(() => sink.close());

    it('PK-06 are fetched once for many requests, with nothing but the question', async () => {
      await publishing(json({ keys: [pair.publicJwk] }));
      expect(sink.connections()).toBe(0);
      expect(await outcomes(30)).toEqual(new Set(['200']));
      expect(await outcomes(1, () => ({ kid: undefined }))).toEqual(new Set(['200']));
      expect(sink.requests.map(({ method, url }) => [method, url])).toEqual([
        ['GET', '/jwks.json?of=client'],
      ]);
      expect(sink.requests[0]?.headers).toEqual({
        host: `127.0.0.1:${sink.port}`,
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'Keycap',
        connection: 'close',
      });
    });

    it('PK-06 are fetched no second time for kids that somebody invents', async () => {
      await publishing(json({ keys: [pair.publicJwk] }));
      expect(await outcomes(40, (index) => ({ kid: `invented ${index}` }))).toEqual(
        new Set([INVALID_CLIENT]),
      );
      expect(await outcomes(5)).toEqual(new Set(['200']));
      expect(sink.connections()).toBe(1);
    });

    it('PK-06 are not fetched for what is refused by its header', async () => {
      await publishing(json({ keys: [pair.publicJwk] }));
      const hopeless = [{ typ: 'at+jwt' }, { jku: addressAt(sink) }, { kid: 7 }, { jwk: {} }];
      for (const header of hopeless) {
        expect(await outcomes(1, () => header)).toEqual(new Set([INVALID_CLIENT]));
      }
      expect(sink.connections()).toBe(0);
    });

    it('PK-06 move with the address that is registered, at once', async () => {
      await publishing(json({ keys: [pair.publicJwk] }));
      expect(await outcomes(2)).toEqual(new Set(['200']));
      const next = await newSigningPair();
      const nextSink = await openSink(json({ keys: [next.publicJwk] }));
      try {
        await ask('PATCH', `${path}/${client.id}`, { as, body: { jwks_uri: addressAt(nextSink) } });
        expect(await outcomes(2)).toEqual(new Set([INVALID_CLIENT]));
        client = { ...client, pair: next };
        expect(await outcomes(2)).toEqual(new Set(['200']));
        expect([sink.connections(), nextSink.connections()]).toEqual([1, 1]);
      } finally {
        await nextSink.close();
      }
    });

    it('PK-06 count as a set that is registered: two without kid, and limits', async () => {
      const other = await newSigningPair();
      await publishing(
        json({
          keys: [
            { ...pair.publicJwk, kid: undefined },
            { ...other.publicJwk, kid: undefined, use: 'enc' },
          ],
        }),
      );
      const without = (): object => ({ kid: undefined });
      expect(await outcomes(3, without)).toEqual(new Set(['200']));
      client = { ...client, pair: other };
      expect(await outcomes(3, without)).toEqual(new Set([INVALID_CLIENT]));
    });

    const good = (): object => ({ keys: [pair.publicJwk] });
    const withStatus =
      (status: number, headers: Record<string, string> = {}): RequestListener =>
      (_request, response) =>
        response.writeHead(status, headers).end(JSON.stringify(good()));
    const withText =
      (text: string): RequestListener =>
      (_request, response) =>
        response.end(text);

    it.each<[string, RequestListener]>([
      ['404', withStatus(404)],
      ['500', withStatus(500)],
      ['201', withStatus(201)],
      ['204', withStatus(204)],
      ['a redirect', withStatus(302, { location: '/elsewhere' })],
      ['a permanent redirect', withStatus(308, { location: '/elsewhere' })],
      [
        'a redirect to the metadata of a cloud',
        withStatus(307, { location: 'http://169.254.169.254/' }),
      ],
      ['an encoding', withStatus(200, { 'content-encoding': 'gzip' })],
      ['1 MB', withText(JSON.stringify({ keys: [], note: 'x'.repeat(1 << 20) }))],
      [
        '64 KB and a little',
        (request, response) => json({ ...good(), note: 'x'.repeat(1 << 16) })(request, response),
      ],
      [
        '17 KB',
        (request, response) => json({ ...good(), note: 'x'.repeat(17_000) })(request, response),
      ],
      ['nothing', withText('')],
      ['HTML', withText('<!doctype html><title>Keys</title>')],
      ['half of it', (_request, response) => response.end(JSON.stringify(good()).slice(0, -5))],
      ['text', withText('"keys"')],
      ['null', withText('null')],
      ['a list', (request, response) => json([pair.publicJwk])(request, response)],
      ['a key without set', (request, response) => json(pair.publicJwk)(request, response)],
      ['no keys', json({ keys: [] })],
      ['a private key', (request, response) => json({ keys: [own] })(request, response)],
      [
        'a private key among good ones',
        (request, response) => json({ keys: [pair.publicJwk, P256.privateJwk] })(request, response),
      ],
      [
        'a symmetric key among good ones',
        (request, response) =>
          json({ keys: [pair.publicJwk, { kty: 'oct', k: 'c2VjcmV0' }] })(request, response),
      ],
      [
        'twenty-one keys',
        (request, response) => json({ keys: [pair.publicJwk, ...numbered(20)] })(request, response),
      ],
      [
        'two of one kid',
        (request, response) =>
          json({ keys: [pair.publicJwk, { ...P256.publicJwk, kid: pair.publicJwk.kid }] })(
            request,
            response,
          ),
      ],
      ['what reaches a prototype', withText('{"keys":[],"__proto__":{"keys":[]}}')],
      [
        'JSON that is nested 10,000 deep',
        withText(`{"keys":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
      ],
      ["another's key", json({ keys: [P256.publicJwk] })],
      ['a reset', (request) => void request.socket.resetAndDestroy()],
      ['an end', (request) => void request.socket.end()],
      [
        'an end in the midst',
        (request, response) => {
          response.writeHead(200, { 'content-length': '1000' }).write('{"keys":');
          response.flushHeaders();
          request.socket.end();
        },
      ],
      ['no answer', () => undefined],
      ['an answer without end', (_request, response) => void response.write('{"keys":[')],
    ])('S61, PK-06 are had from no address that answers with %s', async (_, answer) => {
      await publishing(answer);
      const refused = seen(await show(await assertionOf({ ...client, id: 'x'.repeat(40) })));
      const answers = await Promise.all(
        Array.from({ length: 5 }, async () => show(await assertionOf(client))),
      );
      expect(answers.map(seen)).toEqual(Array<object>(5).fill(refused));
      expect(await outcomes(5)).toEqual(new Set([INVALID_CLIENT]));
      expect(sink.connections()).toBe(1);
    });

    it('S61, PK-06 are had from no address that nobody listens at', async () => {
      await publishing(json({}));
      await sink.close();
      expect(await outcomes(5)).toEqual(new Set([INVALID_CLIENT]));
    });
  });

  describe('of a deployment that is on the Internet', () => {
    const PUBLIC_URL = 'https://keycap.example.com';
    let own: OwnServer;
    let sink: Sink;

    beforeAll(async () => {
      own = await startOwnServer({ env: { KEYCAP_PUBLIC_URL: PUBLIC_URL } });
      sink = await openSink((_request, response) => response.end(JSON.stringify(JWKS)));
    });

    afterAll(async () => {
      await Promise.all([own.server.stop(), sink.close()]);
    });

    const registering = (more: object): Promise<Answer<ErrorBody>> =>
      own.call('POST', `${own.path}/oauth-clients`, {
        body: { name: 'Signing', ...SIGNS, ...more },
      });
    const hostile = (): string[] => [
      `http://127.0.0.1:${sink.port}/jwks.json`,
      `http://localhost:${sink.port}/jwks.json`,
      `https://127.0.0.1:${sink.port}/jwks.json`,
      'https://127.0.0.1/',
      'https://127.1/',
      'https://0x7f.1/',
      'https://0177.0.0.1/',
      'https://2130706433/',
      'https://0/',
      'https://0.0.0.0/',
      'https://[::1]/',
      'https://[::]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[64:ff9b::7f00:1]/',
      'https://[fe80::1]/',
      'https://[fd00::1]/',
      'https://localhost/',
      'https://LOCALHOST/',
      'https://localhost./',
      'https://keys.localhost/',
      'https://10.0.0.1/',
      'https://172.16.0.1/',
      'https://192.168.0.1/',
      'https://100.64.0.1/',
      'https://169.254.169.254/latest/meta-data',
      'https://metadata.google.internal/',
      'https://kubernetes/',
      'https://keycap.local/',
      'https://client.example.com:8080/',
      `https://client.example.com@127.0.0.1:${sink.port}/`,
      `https://127.0.0.1:${sink.port}#.example.com/`,
      'http://client.example.com/jwks.json',
    ];

    it('S61, PK-10 may not be published at what only this machine can reach', async () => {
      for (const jwks_uri of hostile()) {
        const complaints = await complaintsOf(registering({ jwks_uri }));
        expect([jwks_uri, complaints]).toEqual([jwks_uri, { jwks_uri: [expect.any(String)] }]);
        // Nothing of it is said again.
        expect(JSON.stringify(complaints)).not.toContain(new URL(jwks_uri).host);
      }
      expect(await complaintsOf(registering({ jwks_uri: ADDRESS }))).toBe(201);
      expect(await complaintsOf(registering({ jwks_uri: `${ADDRESS}?v=1` }))).toBe(201);
      expect(sink.connections()).toBe(0);
    });

    it('S61 are not fetched from there either, however the address came to be known', async () => {
      const pair = await newSigningPair();
      const { body } = await own.call<{ oauth_client: OAuthClientBody }>(
        'POST',
        `${own.path}/oauth-clients`,
        { body: { name: 'Signing', ...SIGNS, jwks: { keys: [pair.publicJwk] } } },
      );
      const { client_id } = body.oauth_client;
      const attempt = async (): Promise<number> => {
        const claims = { aud: PUBLIC_URL };
        const form = assertionForm(await clientAssertion(client_id, pair, { claims }));
        return (await call('POST', '/o/token/', { url: own.url, form })).status;
      };
      expect(await attempt()).toBe(200);
      for (const uri of hostile()) {
        await inDatabase(
          'UPDATE oauth_clients SET jwks = NULL, jwks_uri = $2 WHERE client_id = $1',
          [client_id, uri],
          own.server.databaseUrl,
        );
        expect([uri, await attempt()]).toEqual([uri, 401]);
      }
      expect(sink.connections()).toBe(0);
    });
  });
});
