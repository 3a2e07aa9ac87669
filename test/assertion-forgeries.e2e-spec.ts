import {
  constants,
  createHmac,
  createPublicKey,
  type JsonWebKey,
  randomBytes,
  sign,
} from 'node:crypto';
import { exportPKCS8 } from 'jose';
import { ask, newOrganization, randomText, type TestOrganization } from './support/keycap.js';
import { newSigningPair, REPORTS } from './support/oauth-endpoints.js';
import { testVariable } from './support/servers.js';
import {
  ALL_ENDPOINTS,
  assertionOf,
  goodClaims,
  newSigningClient,
  outcomeOf,
  show,
  type SigningClient,
} from './support/signing-clients.js';
import { openSink, type Sink } from './support/sink.js';
import { requestToken, seen } from './support/token-endpoint.js';

/** Signs `header.claims` in some way. */
type Signer = (input: string) => Buffer;

const base64url = (part: string | object): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A compact JWS of any header and claims, as JSON text or as objects. */
function forged(header: string | object, claims: string | object, signer: Signer): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const unsigned: Signer = () => Buffer.alloc(0);
const random: Signer = () => randomBytes(64);
const hmac =
  (secret: string | Buffer, hash = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest();

describe('forged client assertions', () => {
  let organization: TestOrganization;
  /** Whom the forgers would like to be; its public key is known to them. */
  let victim: SigningClient;
  /** A client of the forgers' own, with good keys. */
  let forger: SigningClient;
  let rsaPem: string;
  let sink: Sink;
  let signedByForger: Signer;
  let stolen: string;
  let jwt: string;

  beforeAll(async () => {
    organization = await newOrganization();
    [victim, forger] = await Promise.all([
      newSigningClient(organization),
      newSigningClient(await newOrganization()),
    ]);
    rsaPem = await exportPKCS8((await newSigningPair('RS256')).privateKey);
    sink = await openSink((_request, response) => {
      response.end(JSON.stringify({ keys: [forger.pair.publicJwk] }));
    });
    const pem = await exportPKCS8(forger.pair.privateKey);
    signedByForger = (input) =>
      sign('sha256', Buffer.from(input), { key: pem, dsaEncoding: 'ieee-p1363' });
    stolen = await assertionOf(victim);
    expect(await outcomeOf(show(stolen))).toBe('200');
    jwt = await accessToken();
  });

  afterAll(() => sink.close());

  /** A JWT that Keycap itself has signed about the victim. */
  async function accessToken(): Promise<string> {
    await ask('PATCH', `${organization.path}/oauth-clients/${victim.id}`, {
      as: organization.owner.session,
      body: { token_format: 'jwt', resources: [REPORTS.resource] },
    });
    return (await show(await assertionOf(victim))).body.access_token;
  }

  const claims = (more: object = {}): object => ({ ...goodClaims(victim.id), ...more });
  const victimKid = (): { kid: string | undefined } => ({ kid: victim.pair.publicJwk.kid });
  const forgerKid = (): object => ({ kid: forger.pair.publicJwk.kid });
  const listed = (): object => ({ iss: [victim.id, forger.id], sub: [victim.id, forger.id] });
  const header = (more: object = {}): object => ({ alg: 'ES256', ...victimKid(), ...more });
  const byForger = (more: object = {}, about: string | object = claims()): string =>
    forged(header(more), about, signedByForger);

  /** What a confused verifier would take for the secret of an HMAC. */
  const asSecret = {
    jwk: () => JSON.stringify(victim.pair.publicJwk),
    pem: () => String(publicKeyOf(victim).export({ type: 'spki', format: 'pem' })),
    der: () => publicKeyOf(victim).export({ type: 'spki', format: 'der' }),
    x: () => Buffer.from(String(victim.pair.publicJwk.x), 'base64url'),
  };
  const publicKeyOf = ({ pair }: SigningClient): ReturnType<typeof createPublicKey> =>
    createPublicKey({ key: pair.publicJwk as JsonWebKey, format: 'jwk' });
  const byRsa =
    (padding: object = {}): Signer =>
    (input) =>
      sign('sha256', Buffer.from(input), { key: rsaPem, ...padding });
  const withHmac = (secret: string | Buffer, alg = 'HS256'): string =>
    forged(header({ alg }), claims(), hmac(secret, `sha${alg.slice(-3)}`));
  const parts = (): [string, string, string] => stolen.split('.') as [string, string, string];
  const signature = (bytes: Buffer | string): string => {
    const [head, payload] = parts();
    return `${head}.${payload}.${typeof bytes === 'string' ? bytes : bytes.toString('base64url')}`;
  };
  const stolenSignature = (): Buffer => Buffer.from(parts()[2], 'base64url');
  /** The JSON of an object with one member twice. */
  const twice = (name: string, first: unknown, members: object): string =>
    JSON.stringify(members).replace('{', `{${JSON.stringify(name)}:${JSON.stringify(first)},`);
  /** Two parts of the victim's assertion, and something else. */
  const mixed = (head: object, about: object): string =>
    `${base64url(head)}.${base64url(about)}.${parts()[2]}`;
  const flattened = (): string => {
    const [head, payload, signed] = parts();
    return JSON.stringify({ protected: head, payload, signature: signed });
  };
  const dir = (): string => base64url({ alg: 'dir', enc: 'A256GCM' });
  const at = (path: string): string => `http://127.0.0.1:${sink.port}/${path}`;

  const forgeries: readonly (readonly [string, () => string])[] = [
    ['no algorithm: none', () => forged(header({ alg: 'none' }), claims(), unsigned)],
    ['no algorithm: None', () => forged(header({ alg: 'None' }), claims(), unsigned)],
    ['no algorithm: NONE', () => forged(header({ alg: 'NONE' }), claims(), unsigned)],
    ['no algorithm: nOnE', () => forged(header({ alg: 'nOnE' }), claims(), unsigned)],
    ['no algorithm: empty', () => forged(header({ alg: '' }), claims(), unsigned)],
    ['no algorithm: null', () => forged(header({ alg: null }), claims(), unsigned)],
    ['no algorithm: left out', () => forged(victimKid(), claims(), unsigned)],
    ['none, with a signature', () => forged(header({ alg: 'none' }), claims(), signedByForger)],
    [
      'none as the first of two alg',
      () => forged(twice('alg', 'none', header()), claims(), unsigned),
    ],
    [
      'none as the second of two alg',
      () => forged(twice('alg', 'ES256', header({ alg: 'none' })), claims(), unsigned),
    ],
    ['alg as a list', () => byForger({ alg: ['ES256', 'none'] })],
    ['HS256 by the JWK', () => withHmac(asSecret.jwk())],
    ['HS256 by the PEM', () => withHmac(asSecret.pem())],
    ['HS256 by the PEM after a space', () => withHmac(` ${asSecret.pem()}`)],
    ['HS256 by the PEM after a line end', () => withHmac(`\n${asSecret.pem()}`)],
    ['HS256 by the PEM without its last line end', () => withHmac(asSecret.pem().trimEnd())],
    ['HS256 by the DER', () => withHmac(asSecret.der())],
    ['HS256 by the coordinate x', () => withHmac(asSecret.x())],
    ['HS256 by nothing', () => withHmac('')],
    ['HS256 by the client id', () => withHmac(victim.id)],
    ['HS384 by the PEM', () => withHmac(asSecret.pem(), 'HS384')],
    ['HS512 by the PEM', () => withHmac(asSecret.pem(), 'HS512')],
    ['hs256 in small letters', () => withHmac(asSecret.pem(), 'hs256')],
    ['HS256 after a space', () => withHmac(asSecret.pem(), ' HS256')],
    ["another's key under the victim's kid", () => byForger()],
    ["another's key without kid", () => byForger({ kid: undefined })],
    ["another's key under its own kid", () => byForger(forgerKid())],
    ["another's key in jwk", () => byForger({ jwk: forger.pair.publicJwk })],
    ["the victim's key in jwk", () => byForger({ jwk: victim.pair.publicJwk })],
    ["another's key behind jku", () => byForger({ jku: at('jwks.json') })],
    ["another's key behind x5u", () => byForger({ x5u: at('certificates') })],
    ["another's key in x5c", () => byForger({ x5c: [asSecret.der().toString('base64')] })],
    ['crit of what is unknown', () => byForger({ crit: ['x'], x: true })],
    ['crit of what is known', () => byForger({ crit: ['exp'], exp: 1 })],
    ['an unencoded payload', () => byForger({ crit: ['b64'], b64: false })],
    ['kid as a path', () => byForger({ kid: '../../../../dev/null' })],
    ['kid as SQL', () => byForger({ kid: "' OR '1'='1" })],
    ['kid as a command', () => byForger({ kid: '| touch forged' })],
    ['kid with NUL', () => byForger({ kid: `${String(victimKid().kid)}\0` })],
    ['kid as an object', () => byForger({ kid: { $ne: null } })],
    ['kid as a name that every object has', () => byForger({ kid: '__proto__' })],
    ['ES384 by a key of P-256', () => byForger({ alg: 'ES384' })],
    ['ES256K by a key of P-256', () => byForger({ alg: 'ES256K' })],
    ['EdDSA by a key of P-256', () => byForger({ alg: 'EdDSA' })],
    ['a signature of nothing', () => signature('')],
    ['a signature of zeros', () => signature(Buffer.alloc(64))],
    ['a signature at random', () => forged(header(), claims(), random)],
    ['a signature cut short', () => signature(stolenSignature().subarray(0, 63))],
    [
      'a signature that goes on',
      () => signature(Buffer.concat([stolenSignature(), Buffer.alloc(1)])),
    ],
    ['a signature in DER', () => signature(Buffer.from('3006020101020101', 'hex'))],
    ["a signature of the victim's, for other claims", () => mixed(header(), claims())],
    [
      "a signature of the victim's, for another header",
      () => `${base64url(header({ typ: 'JWT' }))}.${parts()[1]}.${parts()[2]}`,
    ],
    ["the victim's assertion, once more", () => stolen],
    ["the victim's assertion with padding", () => `${stolen}==`],
    ["the victim's assertion in JSON", () => flattened()],
    ["the victim's assertion within another", () => byForger({ cty: 'JWT' }, stolen)],
    ['sub of the victim, iss of the forger', () => byForger({}, claims({ iss: forger.id }))],
    ['sub twice, the victim last', () => byForger(forgerKid(), twice('sub', forger.id, claims()))],
    ['iss twice, the victim last', () => byForger(forgerKid(), twice('iss', forger.id, claims()))],
    ['iss and sub as lists of both', () => byForger(forgerKid(), claims(listed()))],
    ['two parts', () => parts().slice(0, 2).join('.')],
    ['four parts', () => `${stolen}.${parts()[2]}`],
    ['five parts, as if encrypted', () => `${dir()}.${base64url(claims())}.x.x.x`],
    ['RS256 by a key of the forger', () => forged(header({ alg: 'RS256' }), claims(), byRsa())],
    ['PS256 by a key of the forger', () => forged(header({ alg: 'PS256' }), claims(), byRsa(PSS))],
    ['an access token of Keycap', () => jwt],
    ['an ID token', () => byForger({ typ: 'JWT' }, claims({ nonce: 'x', azp: victim.id }))],
    ['a proof of possession', () => byForger({ typ: 'dpop+jwt', jwk: forger.pair.publicJwk })],
  ];

  it.each(forgeries)('S41, A82, PK-06: %s', async (_, forge) => {
    const nobody = await show('no.jwt.atall');
    for (const endpoint of ALL_ENDPOINTS) {
      const alone = await show(forge(), { endpoint });
      expect(seen(alone)).toEqual(seen(nobody));
      const named = await show(forge(), { endpoint, more: `&client_id=${victim.id}` });
      expect(seen(named)).toEqual(seen(nobody));
    }
    expect(nobody.status).toBe(401);
  });

  it('S41, A82 are sixty and more, reach nothing, and leave the victim its own (CA-15)', async () => {
    expect(forgeries.length).toBeGreaterThanOrEqual(60);
    expect(sink.connections()).toBe(0);
    expect(await outcomeOf(show(await assertionOf(victim)))).toBe('200');
  });

  it('S41 take no other client over, though the forger is a good one', async () => {
    const own = goodClaims(forger.id);
    const honest = [
      await assertionOf(forger),
      await assertionOf(forger, { claims: { client_id: victim.id, azp: victim.id } }),
      byForger(forgerKid(), twice('sub', victim.id, { ...own, jti: randomText() })),
      byForger(forgerKid(), twice('iss', victim.id, { ...own, jti: randomText() })),
    ];
    for (const each of honest) {
      const named = await show(each, { more: `&client_id=${victim.id}` });
      expect(named.status).toBe(401);
      const { status, body } = await show(each, { more: `&sub=${victim.id}&iss=${victim.id}` });
      expect(status).toBe(200);
      const known = await requestToken({
        path: '/o/introspect/',
        body: `token=${body.access_token}`,
        authorization: `Bearer ${testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN')}`,
      });
      expect(known.body).toMatchObject({ active: true, client_id: forger.id, sub: forger.id });
    }
  });
});
