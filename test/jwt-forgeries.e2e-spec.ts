import 'reflect-metadata';
import { generateKeyPairSync, sign as signBy } from 'node:crypto';
import { CompactEncrypt, type CryptoKey, generateKeyPair, importJWK } from 'jose';
import { bearerChallenge } from './support/challenges.js';
import { byCurve, bySecret, Forger, jws, part, type Sign } from './support/forged-jwts.js';
import { tokenOf } from './support/issued-tokens.js';
import { type KeyUser, keyUserOf } from './support/key-user.js';
import { ask, call, newOrganization, randomText, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  INACTIVE,
  introspect,
  newSigningPair,
  type SigningPair,
} from './support/oauth-endpoints.js';
import { startServer, testVariable } from './support/servers.js';
import { errorOf, requestToken } from './support/token-endpoint.js';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const byRsa: Sign = (input) => signBy('sha256', Buffer.from(input), RSA.privateKey);
const nobody: Sign = () => new Uint8Array();

let organization: TestOrganization;
let clients: ClientManagement;
let client: IssuedSecret;
let keyUser: KeyUser;
let forger: Forger;
/** The kid of a key that is published beside the one in use. */
let otherKid: string;
/** An attacker's own pair. */
let foreign: SigningPair;
let byForeign: Sign;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  client = await clients.create({ token_format: 'jwt' });
  keyUser = await keyUserOf();
  const { kid, privateKey } = await keyUser.keys.current();
  const { keys } = await keyUser.keys.publicJwks();
  const publicJwk = keys.find((key) => key.kid === kid)!;
  forger = new Forger({ token: await tokenOf(client), publicJwk, ours: byCurve(privateKey) });
  ({ kid: otherKid } = await keyUser.rotation.rotate());
  foreign = await newSigningPair();
  byForeign = byCurve(foreign.privateKey);
});

afterAll(async () => {
  await keyUser.rotation.retire(otherKid);
  await keyUser.close();
});

/** What the server makes of a text as a bearer token, and of the question whether it is good. */
async function answersTo(token: string): Promise<object> {
  const viewer = `Bearer ${testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN')}`;
  const [api, keyo, introspection, asOwner] = await Promise.all([
    call('GET', organization.path, { as: token }),
    call<object>('GET', '/api/v3/public/organizations/', { as: token }),
    introspect(viewer, token),
    introspect(`Basic ${client.basic_credential}`, token),
  ]);
  return {
    api: [api.status, api.headers.get('www-authenticate'), api.body.code],
    keyo: [keyo.status, keyo.headers.get('www-authenticate'), keyo.body],
    introspection: [introspection.status, introspection.text],
    asOwner: [asOwner.status, asOwner.text],
  };
}

/** A refusal that says nothing of its reason. */
const refused = (): object => ({
  api: [401, bearerChallenge(true), 'unauthorized'],
  keyo: [401, bearerChallenge(true), { detail: 'Invalid token.' }],
  introspection: [200, INACTIVE],
  asOwner: [200, INACTIVE],
});

type Forgery = readonly [how: string, forge: () => string | Promise<string>];

const UNSIGNED: readonly Forgery[] = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg): Forgery[] => [
    [`alg "${alg}", no signature`, () => forger.withHeader({ alg }, nobody)],
    [`alg "${alg}", the signature kept`, () => kept(forger.withHeader({ alg }, nobody))],
  ]),
  ['no alg', () => forger.withHeader({ alg: undefined }, nobody)],
  ['alg null', () => forger.withHeader({ alg: null })],
  ['a list as alg', () => forger.withHeader({ alg: ['ES256'] })],
  ['an object as alg', () => forger.withHeader({ alg: { toString: 'ES256' } })],
  ['a number as alg', () => forger.withHeader({ alg: 256 })],
  ['no signature', () => forger.replacing(2, '')],
  ['no signature and no dot', () => forger.parts.slice(0, 2).join('.')],
  ['a signature of zeros', () => forger.replacing(2, part(new Uint8Array(64)))],
  ['half a signature', () => forger.replacing(2, forger.parts[2].slice(0, 43))],
  ['a signature with its halves exchanged', () => forger.replacing(2, exchanged(forger.parts[2]))],
  ['a signature with a byte changed', () => forger.replacing(2, bent(forger.parts[2]))],
  ['a signature with bytes more', () => `${forger.material.token}AAAA`],
  ['a signature in DER', async () => forger.replacing(2, part(await signedInDer()))],
  ["another token's signature", async () => forger.replacing(2, (await another())[2])],
  ["another token's claims", async () => forger.replacing(1, (await another())[1])],
  ['more scopes', () => forger.replacing(1, part({ ...forger.claims, scope: '*' }))],
  ['a later end', () => forger.replacing(1, part({ ...forger.claims, exp: inSeconds(86_000) }))],
  ['another client', () => forger.replacing(1, part({ ...forger.claims, client_id: 'x' }))],
  ['the same claims in other words', () => forger.replacing(1, part(spaced(forger.claims)))],
  ['the same header in other words', () => forger.replacing(0, part(spaced(forger.header)))],
  ['a signature of another key with our kid', () => forger.withHeader({}, byForeign)],
];

/** A symmetric algorithm with what everybody knows for a secret (CVE-2015-9235 and its heirs). */
const PUBLIC_SECRETS: readonly (readonly [string, () => string | Uint8Array])[] = [
  ['PEM', () => forger.pem],
  ['PEM without its last line end', () => forger.pem.trimEnd()],
  ['PEM after a line end', () => `\n${forger.pem}`],
  ['PEM after a blank', () => ` ${forger.pem}`],
  ['PEM with line ends of Windows', () => forger.pem.replaceAll('\n', '\r\n')],
  ['PEM without its lines', () => forger.pem.replace(/-----.*-----|\n/g, '')],
  ['DER', () => forger.der],
  ['point', () => forger.der.slice(-65)],
  ['coordinates', () => forger.der.slice(-64)],
  ['JWK', () => JSON.stringify(forger.material.publicJwk)],
  ['key set', () => JSON.stringify({ keys: [forger.material.publicJwk] })],
  ['x coordinate', () => forger.material.publicJwk.x!],
  ['kid', () => forger.material.publicJwk.kid],
];

const OTHER_ALGORITHMS: readonly Forgery[] = [
  ...PUBLIC_SECRETS.map(([what, secret]): Forgery => [
    `HS256 with the public key's ${what}`,
    () => forger.withHeader({ alg: 'HS256' }, bySecret(secret())),
  ]),
  ['HS256 with no secret', () => forger.withHeader({ alg: 'HS256' }, bySecret(''))],
  ['HS384 by PEM', () => forger.withHeader({ alg: 'HS384' }, bySecret(forger.pem, 384))],
  ['HS512 by PEM', () => forger.withHeader({ alg: 'HS512' }, bySecret(forger.pem, 512))],
  ['ES256 said, HS256 by PEM done', () => forger.withHeader({}, bySecret(forger.pem))],
  ['RS256 by another key', () => forger.withHeader({ alg: 'RS256' }, byRsa)],
  ['ES256 said, RS256 done', () => forger.withHeader({}, byRsa)],
  ['PS256 by another key', () => forger.withHeader({ alg: 'PS256' }, byRsa)],
  ['EdDSA by another key', () => forger.withHeader({ alg: 'EdDSA' }, byEdwards)],
  ['ES384 by another key', async () => forger.withHeader({ alg: 'ES384' }, await byP384())],
  ...['RS256', 'ES384', 'ES256K', 'EdDSA', 'es256', 'ES256 ', 'ECDH-ES'].map((alg): Forgery => [
    `${alg} said, ES256 by our key done`,
    () => forger.withHeader({ alg }),
  ]),
];

const KEY_IDS: readonly (readonly [string, () => unknown])[] = [
  ['none', () => undefined],
  ['empty', () => ''],
  ['null', () => null],
  ['a number', () => 0],
  ['an empty list', () => []],
  ['a list of the right one', () => [forger.header.kid]],
  ['an object', () => ({ $ne: '' })],
  ['a path', () => '../../../../../../dev/null'],
  ['a path to nothing', () => '/dev/null'],
  ['SQL', () => "' OR '1'='1"],
  ['more SQL', () => "x' UNION SELECT sealed_private_key FROM oauth_signing_keys --"],
  ['an address', () => 'https://evil.example/key.json'],
  ['a command', () => '|touch /tmp/x'],
  ['what reaches prototypes', () => '__proto__'],
  ['a control character', () => `${String(forger.header.kid)}\0`],
  ['a blank after the right one', () => `${String(forger.header.kid)} `],
  ['half a surrogate', () => '\ud800'],
  ['a long text', () => 'A'.repeat(2000)],
  ['of a key that there never was', () => 'A'.repeat(43)],
  ['of another key of ours', () => otherKid],
];

const HEADERS: readonly (readonly [string, () => Record<string, unknown>])[] = [
  ['jwk', () => ({ jwk: foreign.publicJwk })],
  ['our jwk', () => ({ jwk: forger.material.publicJwk })],
  ['jku', () => ({ jku: 'https://evil.example/jwks.json' })],
  ['our jku', () => ({ jku: `${testVariable('KEYCAP_TEST_URL')}/o/.well-known/jwks.json` })],
  ['x5u', () => ({ x5u: 'https://evil.example/cert.pem' })],
  ['x5c', () => ({ x5c: [Buffer.from(forger.der).toString('base64')] })],
  ['x5t', () => ({ x5t: 'AAAA' })],
  ['x5t#S256', () => ({ 'x5t#S256': 'AAAA' })],
  ['crit of a name that nobody knows', () => ({ crit: ['x'], x: true })],
  ['crit of a claim', () => ({ crit: ['exp'], exp: inSeconds(60) })],
  ['an empty crit', () => ({ crit: [] })],
  ['crit and b64', () => ({ crit: ['b64'], b64: true })],
  ['b64 alone', () => ({ b64: true })],
  ['b64 false', () => ({ crit: ['b64'], b64: false })],
  ['zip', () => ({ zip: 'DEF' })],
  ['cty', () => ({ cty: 'JWT' })],
  ['enc', () => ({ enc: 'A256GCM' })],
  ['nonce', () => ({ nonce: 'x' })],
  ['exp', () => ({ exp: inSeconds(60) })],
];

/** A key or an extension in the header, with the signature that it is to excuse and with ours. */
const EXTENDED: readonly Forgery[] = HEADERS.flatMap(([what, members]): Forgery[] => [
  [`${what}, signed by another key`, () => forger.withHeader(members(), byForeign)],
  [`${what}, signed by our key`, () => forger.withHeader(members())],
]);

const OTHER_KINDS: readonly Forgery[] = [
  ['no typ', () => forger.withHeader({ typ: undefined })],
  ...[
    null,
    '',
    'JWT',
    'jwt',
    'application/at+jwt',
    'AT+JWT',
    'at+jwt ',
    'at+jwt;a=b',
    'client-authentication+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'token-introspection+jwt',
    ['at+jwt'],
  ].map((typ): Forgery => [`typ ${JSON.stringify(typ)}`, () => forger.withHeader({ typ })]),
  ['an id token', () => jws({ ...forger.header, typ: 'JWT' }, idToken(), forger.material.ours)],
  ['an id token as at+jwt', () => jws(forger.header, idToken(), forger.material.ours)],
  ["a client's assertion", () => clientAssertion(client.oauth_client.client_id, foreign)],
  [
    "a client's assertion as at+jwt",
    () => clientAssertion(client.oauth_client.client_id, foreign, { header: { typ: 'at+jwt' } }),
  ],
  ['a JWE for our key', encrypted],
];

/** Both are read by somebody: the first here, the last there (RFC 7515 §4, RFC 7519 §4). */
const TWICE: readonly Forgery[] = [
  ['alg none, then ES256', () => forger.withTexts(doubled(forger.header, 'alg', 'none'), null)],
  ['alg twice', () => forger.withTexts(doubled(forger.header, 'alg', 'ES256'), null)],
  ['two kids', () => forger.withTexts(doubled(forger.header, 'kid', otherKid), null)],
  ['two types', () => forger.withTexts(doubled(forger.header, 'typ', 'JWT'), null)],
  ['two clients', () => forger.withTexts(null, doubled(forger.claims, 'client_id', 'x'))],
  ['two subjects', () => forger.withTexts(null, doubled(forger.claims, 'sub', 'x'))],
  ['two ends', () => forger.withTexts(null, doubled(forger.claims, 'exp', inSeconds(-60)))],
  ['two issuers', () => forger.withTexts(null, doubled(forger.claims, 'iss', 'https://x.test'))],
  ['two audiences', () => forger.withTexts(null, doubled(forger.claims, 'aud', 'https://x.test'))],
  ['two scopes', () => forger.withTexts(null, doubled(forger.claims, 'scope', '*'))],
];

const CLAIMS: readonly (readonly [string, () => Record<string, unknown>])[] = [
  ['expired a second ago', () => ({ exp: inSeconds(-1) })],
  ['expired yesterday', () => ({ exp: inSeconds(-86_400) })],
  ['that never expires', () => ({ exp: undefined })],
  ['exp null', () => ({ exp: null })],
  ['exp in text', () => ({ exp: String(inSeconds(60)) })],
  ['exp in a list', () => ({ exp: [inSeconds(60)] })],
  ['exp true', () => ({ exp: true })],
  ['exp before the epoch', () => ({ exp: -1 })],
  ['exp in ten years', () => ({ exp: inSeconds(315_360_000) })],
  ['exp beyond all dates', () => ({ exp: 1e300 })],
  ['iat in text', () => ({ iat: String(inSeconds(0)) })],
  ['iat left out', () => ({ iat: undefined })],
  ['of another issuer', () => ({ iss: 'https://issuer.example' })],
  ['of our issuer with a slash', () => ({ iss: `${String(forger.claims.iss)}/` })],
  ['of nobody', () => ({ iss: undefined })],
  ['of a list of issuers', () => ({ iss: [forger.claims.iss] })],
  ['for nobody', () => ({ aud: undefined })],
  ['for null', () => ({ aud: null })],
  ['for a list', () => ({ aud: [forger.claims.aud] })],
  ['for us and others', () => ({ aud: [forger.claims.aud, 'https://x.test'] })],
  ['for the issuer with a slash', () => ({ aud: `${String(forger.claims.aud)}/` })],
  ['of no client', () => ({ client_id: undefined })],
  ['of a client that is not there', () => ({ client_id: 'A'.repeat(40), sub: 'A'.repeat(40) })],
  ['of a list of clients', () => ({ client_id: [forger.claims.client_id] })],
  ['of a client with NUL', () => ({ client_id: `${String(forger.claims.client_id)}\0` })],
  ['about somebody else', () => ({ sub: organization.owner.id })],
  ['about nobody', () => ({ sub: undefined })],
  ['without an id', () => ({ jti: undefined })],
  ['with a number as id', () => ({ jti: 1 })],
  ['without a scope', () => ({ scope: undefined })],
  ['with a list of scopes', () => ({ scope: ['read', 'write'] })],
  ['without generations', () => ({ keycap_generation: undefined })],
  ['with null for generations', () => ({ keycap_generation: null })],
  ['with one generation', () => ({ keycap_generation: [1] })],
  ['with generations in text', () => ({ keycap_generation: ['1', '1', '1'] })],
  ['of an earlier generation', () => ({ keycap_generation: [0, 0, 0] })],
  ['of a later generation', () => ({ keycap_generation: [9, 9, 9] })],
  ['of no secret', () => ({ keycap_secret_id: undefined })],
  ['of a secret that is none', () => ({ keycap_secret_id: 'x' })],
  ['of a secret that is a list', () => ({ keycap_secret_id: [forger.claims.keycap_secret_id] })],
];

const PAYLOADS: readonly (readonly [string, string | Uint8Array])[] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '1'],
  ['a text', '"x"'],
  ['an empty object', '{}'],
  ['no JSON', 'x'],
  ['half of it', '{"iss":'],
  ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ['deep lists', '['.repeat(1000)],
];

const SPELLINGS: readonly Forgery[] = [
  ['= after the signature', () => `${forger.material.token}=`],
  ['== after the signature', () => `${forger.material.token}==`],
  ['= after the header', () => forger.replacing(0, `${forger.parts[0]}=`)],
  ['unused bits in the signature', () => forger.replacing(2, withUnusedBits(forger.parts[2]))],
  ['a blank in the signature', () => forger.replacing(2, split(forger.parts[2], ' '))],
  ['a tab in the claims', () => forger.replacing(1, split(forger.parts[1], '\t'))],
  ['a blank before a dot', () => forger.replacing(1, `${forger.parts[1]} `)],
  ['a + in the signature', () => forger.replacing(2, split(forger.parts[2], '+'))],
  ['a dot after it', () => `${forger.material.token}.`],
  ['a dot before it', () => `.${forger.material.token}`],
  ['four parts', () => `${forger.material.token}.${forger.parts[2]}`],
  ['the header twice', () => `${forger.parts[0]}.${forger.material.token}`],
  ['five parts of it', () => [...forger.parts, ...forger.parts].slice(0, 5).join('.')],
  ['nothing but dots', () => '..'],
  ['an empty header', () => forger.replacing(0, '')],
  ['an empty payload', () => forger.replacing(1, '')],
  ['Bearer before it', () => `Bearer ${forger.material.token}`],
  ['a comma and it again', () => `${forger.material.token}, ${forger.material.token}`],
  ['quotes around it', () => `"${forger.material.token}"`],
];

const TABLE: readonly Forgery[] = [
  ...UNSIGNED,
  ...OTHER_ALGORITHMS,
  ...KEY_IDS.map(([what, kid]): Forgery => [
    `kid: ${what}`,
    () => forger.withHeader({ kid: kid() }),
  ]),
  ...EXTENDED,
  ...OTHER_KINDS,
  ...TWICE,
  ...CLAIMS.map(([what, claims]): Forgery => [what, () => forger.withClaims(claims())]),
  ...PAYLOADS.map(([what, payload]): Forgery => [
    `claims that are ${what}`,
    () => forger.withTexts(null, payload),
  ]),
  ...SPELLINGS,
];

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** With the signature of the good token. */
async function kept(token: Promise<string>): Promise<string> {
  return (await token) + forger.parts[2];
}

const bytesOf = (signature: string): Buffer => Buffer.from(signature, 'base64url');

function exchanged(signature: string): string {
  const bytes = bytesOf(signature);
  return part(Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]));
}

function bent(signature: string): string {
  const bytes = bytesOf(signature);
  bytes[10]! ^= 1;
  return part(bytes);
}

/** 64 bytes are 85 characters and a third; the last character has four bits to spare. */
function withUnusedBits(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(signature.at(-1)!);
  return signature.slice(0, -1) + alphabet.charAt(last + 1);
}

function split(text: string, separator: string): string {
  return `${text.slice(0, 20)}${separator}${text.slice(20)}`;
}

const spaced = (members: object): string => JSON.stringify(members, null, 1);

/** JSON that has a member twice, the true one last. */
function doubled(members: Readonly<Record<string, unknown>>, name: string, first: unknown): string {
  return `{${JSON.stringify(name)}:${JSON.stringify(first)},${JSON.stringify(members).slice(1)}`;
}

function idToken(): object {
  const { iss, sub, client_id: aud, iat, exp } = forger.claims;
  return { iss, sub, aud, iat, exp, nonce: 'x', email: organization.owner.email };
}

async function another(): Promise<Forger['parts']> {
  return new Forger({ ...forger.material, token: await tokenOf(client) }).parts;
}

async function byEdwards(input: string): Promise<Uint8Array> {
  const { privateKey } = (await generateKeyPair('Ed25519')) as { privateKey: CryptoKey };
  return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, Buffer.from(input)));
}

async function byP384(): Promise<Sign> {
  return byCurve((await newSigningPair('ES384')).privateKey, 'SHA-384');
}

/** The good signature as OpenSSL writes it. */
async function signedInDer(): Promise<Uint8Array> {
  const [header, payload] = forger.parts;
  const bytes = Buffer.from(await forger.material.ours(`${header}.${payload}`));
  const numbers = [bytes.subarray(0, 32), bytes.subarray(32)].map((number) =>
    Buffer.concat([Buffer.of(2, 33, 0), number]),
  );
  return Buffer.concat([Buffer.of(0x30, 70), ...numbers]);
}

/** What nobody asked for: encrypted to the key that signs. */
async function encrypted(): Promise<string> {
  const { kty, crv, x, y, kid } = forger.material.publicJwk;
  const key = await importJWK({ kty, crv, x, y }, 'ECDH-ES');
  return new CompactEncrypt(Buffer.from(JSON.stringify(forger.claims)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid, typ: 'at+jwt' })
    .encrypt(key);
}

const forgeAll = (): Promise<string[]> =>
  Promise.all(TABLE.map(async ([, forge]) => Promise.resolve(forge())));

describe('S41: a JWT that is not as we have signed it', () => {
  it('is told from one that is, which our key signs here as well', async () => {
    const remade = await forger.withClaims({ jti: randomText() });
    for (const token of [forger.material.token, remade]) {
      expect(await answersTo(token)).toMatchObject({ api: [200, null, undefined] });
      const { body } = await introspect(`Basic ${client.basic_credential}`, token);
      expect(body.active).toBe(true);
    }
  });

  it('is shown in more than 150 ways, none of them twice', async () => {
    const forged = await forgeAll();
    expect(new Set(forged).size).toBe(TABLE.length);
    expect(TABLE.length).toBeGreaterThan(150);
    expect(forged).not.toContain(forger.material.token);
  });

  it.each(TABLE)('A82 A85 is no token: %s', async (_, forge) => {
    expect(await answersTo(await forge())).toEqual(refused());
  });

  it('is inactive beside good ones, which stay good', async () => {
    const as = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');
    const forged = await forgeAll();
    const good = await tokenOf(client);
    while (forged.length > 0) {
      const tokens = [good, ...forged.splice(0, 98), good];
      const { results } = await ask<{ results: { active: boolean }[] }>(
        'POST',
        '/o/introspect-batch/',
        { as, body: { tokens } },
      );
      expect(results.map(({ active }) => active)).toEqual(tokens.map((each) => each === good));
    }
  });

  it('A82 is inactive with anything around it that no header can carry', async () => {
    const { token } = forger.material;
    const around = [` ${token}`, `${token} `, `${token}\n`, `\r\n${token}`, `\ufeff${token}`];
    const viewer = `Basic ${client.basic_credential}`;
    for (const text of [...around, `${token}\u200b`, JSON.stringify({ token })]) {
      const { status, text: answer } = await introspect(viewer, text);
      expect([text, status, answer]).toEqual([text, 200, INACTIVE]);
    }
  });
});

describe('A85: kinds of JWTs', () => {
  it('an access token is no assertion, whoever has registered our public key', async () => {
    const { alg, kid, kty, crv, x, y } = forger.material.publicJwk;
    const jwks = { keys: [{ kty, crv, x, y, alg, kid, use: 'sig' }] };
    const token_endpoint_auth_method = 'private_key_jwt';
    const thief = await clients.create({ token_endpoint_auth_method, jwks, token_format: 'jwt' });
    const thiefId = thief.oauth_client.client_id;
    const assertions = [
      forger.material.token,
      await forger.withHeader({ typ: 'client-authentication+jwt' }),
      await forger.withClaims({ sub: thiefId, client_id: thiefId }),
      await forger.withClaims({ iss: thiefId, sub: thiefId, client_id: thiefId }),
    ];
    for (const assertion of assertions) {
      const answer = await requestToken({ body: assertionForm(assertion) });
      expect(errorOf(answer)).toBe('401 invalid_client');
    }
  });

  it('a token of another issuer on the same keys is none here, nor ours there', async () => {
    const other = await startServer({
      database: testVariable('KEYCAP_TEST_DATABASE_URL'),
      env: { KEYCAP_PUBLIC_URL: 'https://auth.example.com' },
    });
    try {
      const { access_token: theirs } = await ask<{ access_token: string }>('POST', '/o/token/', {
        url: other.url,
        as: `Basic ${client.basic_credential}`,
        form: { grant_type: 'client_credentials' },
      });
      const statusThere = async (as: string): Promise<number> =>
        (await call('GET', organization.path, { as, url: other.url })).status;
      expect(await statusThere(theirs)).toBe(200);
      expect(await answersTo(theirs)).toEqual(refused());
      expect(await statusThere(forger.material.token)).toBe(401);
    } finally {
      await other.stop();
    }
  });
});
