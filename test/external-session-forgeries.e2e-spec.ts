import { createHmac } from 'node:crypto';
import {
  CompactSign,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
} from 'jose';
import { call, inDatabase } from './support/keycap.js';
import { startServer, type TestServer } from './support/servers.js';
import {
  type IssuerKey,
  newIssuerKey,
  seconds,
  signed,
  TestIssuer,
} from './support/session-issuer.js';

const APP = 'https://app.example.com';
let issuer: TestIssuer;
let clerk: TestIssuer;
let server: TestServer;
let weak: IssuerKey;
let encrypting: IssuerKey;
let other: IssuerKey;

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

beforeAll(async () => {
  [issuer, clerk] = await Promise.all([TestIssuer.open(), TestIssuer.open()]);
  [weak, encrypting, other] = await Promise.all([
    newWeakKey(),
    newIssuerKey('ES256', { use: 'enc' }),
    newIssuerKey(),
  ]);
  issuer.keys.push(weak.publicJwk, encrypting.publicJwk);
  const both = { audience: ['app'], authorized_parties: [APP] };
  const issuers = [issuer.entry(both), clerk.entry({ audience: [], authorized_parties: [APP] })];
  server = await startServer({ env: { KEYCAP_SESSION_ISSUERS: JSON.stringify(issuers) } });
});

afterAll(async () => {
  await server.stop();
  await Promise.all([issuer.close(), clerk.close()]);
});

/** RSA of 1,024 bits, which no library signs with by itself. */
async function newWeakKey(): Promise<IssuerKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const pair = await crypto.subtle.generateKey(
    { ...algorithm, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  );
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'weak', alg: 'RS256', use: 'sig' };
  return { alg: 'RS256', kid: 'weak', privateKey: pair.privateKey, publicJwk };
}

async function signedWeakly(): Promise<string> {
  const text = `${encoded({ alg: 'RS256', kid: weak.kid })}.${encoded(issuer.claims())}`;
  const signature = await crypto.subtle.sign(
    'RSASSA-PKCS1-v1_5',
    weak.privateKey,
    Buffer.from(text),
  );
  return `${text}.${Buffer.from(signature).toString('base64url')}`;
}

/** What anyone can sign who has the public key. */
async function signedWithPublicKey(alg: 'HS256' | 'RS256'): Promise<string> {
  const publicKey = (await importJWK(issuer.rsa.publicJwk, 'RS256')) as CryptoKey;
  const text = `${encoded({ alg, kid: issuer.rsa.kid })}.${encoded(issuer.claims())}`;
  const mac = createHmac('sha256', await exportSPKI(publicKey))
    .update(text)
    .digest('base64url');
  return `${text}.${mac}`;
}

/** A good token with one part of it changed after it was signed. */
async function tampered(change: (claims: Record<string, unknown>) => object): Promise<string> {
  const claims = issuer.claims();
  const [head, , signature] = (await signed(JSON.stringify(claims), {}, issuer.key)).split('.');
  return `${head}.${encoded(change(claims))}.${signature}`;
}

const withHeader = (header: object) => () => issuer.token({}, header);
const withClaims = (claims: object) => () => issuer.token(claims);
const withPayload = (payload: (claims: Record<string, unknown>) => string) => () =>
  signed(payload(issuer.claims()), {}, issuer.key);

const FORGERIES: Record<string, () => Promise<string> | string> = {
  'alg none without a signature': () => `${encoded({ alg: 'none' })}.${encoded(issuer.claims())}.`,
  'alg none with a signature': () => `${encoded({ alg: 'none' })}.${encoded(issuer.claims())}.AAAA`,
  'alg None': () => `${encoded({ alg: 'None' })}.${encoded(issuer.claims())}.AAAA`,
  'HS256 with the public key': () => signedWithPublicKey('HS256'),
  'the same called RS256': () => signedWithPublicKey('RS256'),
  'no alg': () => `${encoded({ kid: issuer.key.kid })}.${encoded(issuer.claims())}.AAAA`,
  'ES256 said of a token that is signed by RSA': async () => {
    const [, payload, signature] = (await issuer.token({}, {}, issuer.rsa)).split('.');
    return `${encoded({ alg: 'ES256', kid: issuer.rsa.kid })}.${payload}.${signature}`;
  },
  'RS256 with the kid of an EC key': () => issuer.token({}, { kid: issuer.key.kid }, issuer.rsa),
  RS384: async () => {
    const { privateKey } = await generateKeyPair('RS384');
    return new CompactSign(Buffer.from(JSON.stringify(issuer.claims())))
      .setProtectedHeader({ alg: 'RS384', kid: issuer.rsa.kid })
      .sign(privateKey);
  },
  PS256: async () => {
    const { privateKey } = await generateKeyPair('PS256');
    return new CompactSign(Buffer.from(JSON.stringify(issuer.claims())))
      .setProtectedHeader({ alg: 'PS256', kid: issuer.rsa.kid })
      .sign(privateKey);
  },
  'the key of nobody, under a known kid': () => issuer.token({}, { kid: issuer.key.kid }, other),
  'the key of nobody, under its own kid': () => issuer.token({}, {}, other),
  'the key of another issuer': () => issuer.token({}, {}, clerk.key),
  "another issuer's kid": () => issuer.token({}, { kid: clerk.key.kid }),
  'a key for encryption': () => issuer.token({}, {}, encrypting),
  'a key of 1,024 bits': signedWeakly,
  'a kid that is a path': withHeader({ kid: '../../../../dev/null' }),
  'a kid that is SQL': withHeader({ kid: "' OR 1=1 --" }),
  'a kid that is a number': withHeader({ kid: 7 as unknown as string }),
  'a key that it brings along': async () =>
    issuer.token({}, { jwk: other.publicJwk, kid: other.kid }, other),
  jku: withHeader({ jku: 'http://127.0.0.1:1/jwks.json' }),
  x5u: withHeader({ x5u: 'http://127.0.0.1:1/cert' }),
  x5c: withHeader({ x5c: ['MIIB'] }),
  'crit of nothing known': async () =>
    `${encoded({ alg: 'ES256', kid: issuer.key.kid, crit: ['x'], x: 1 })}.${(await issuer.token()).split('.').slice(1).join('.')}`,
  'an unencoded payload': async () =>
    `${encoded({ alg: 'ES256', kid: issuer.key.kid, b64: false })}.${(await issuer.token()).split('.').slice(1).join('.')}`,
  'alg twice in the header': async () => {
    const [, payload, signature] = (await issuer.token()).split('.');
    return `${encoded(`{"alg":"none","alg":"ES256","kid":"${issuer.key.kid}"}`)}.${payload}.${signature}`;
  },
  'the type of an access token': withHeader({ typ: 'at+jwt' }),
  'the type of a logout token': withHeader({ typ: 'logout+jwt' }),
  'the type of a client assertion': withHeader({ typ: 'client-authentication+jwt' }),
  'a type that is no text': withHeader({ typ: 7 as unknown as string }),
  'another issuer': withClaims({ iss: 'https://idp.example' }),
  'a slash after the issuer': () => issuer.token({ iss: `${issuer.url}/` }),
  'the issuer in capitals': () => issuer.token({ iss: issuer.url.toUpperCase() }),
  'two issuers': () => issuer.token({ iss: [issuer.url] }),
  'the issuer of another key': () => issuer.token({ iss: clerk.url, azp: APP }),
  'no issuer': withClaims({ iss: undefined }),
  'another audience': withClaims({ aud: 'other' }),
  'audiences of others': withClaims({ aud: ['x', 'y'] }),
  'an audience that is no text': withClaims({ aud: ['app', 7] }),
  'an audience that begins alike': withClaims({ aud: 'app.evil' }),
  'neither audience nor authorized party': withClaims({ aud: undefined }),
  'no audience, and the authorized party of another app': withClaims({
    aud: undefined,
    azp: 'https://evil.example',
  }),
  'a good audience, and the authorized party of another app': withClaims({
    azp: 'https://evil.example',
  }),
  'a good authorized party, and another audience': withClaims({ azp: APP, aud: 'other' }),
  'an authorized party in a list': withClaims({ aud: undefined, azp: [APP] }),
  'Clerk: no authorized party': () => clerk.token({ aud: undefined }),
  'Clerk: the authorized party of another app': () =>
    clerk.token({ aud: 'app', azp: 'https://evil.example' }),
  'a time that is over': () => issuer.token({ exp: seconds() - 10 }),
  'no expiry': withClaims({ exp: undefined }),
  'an expiry that is text': () => issuer.token({ exp: String(seconds() + 60) }),
  'an endless expiry': withPayload((claims) =>
    JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e999'),
  ),
  'a time that has not come': () => issuer.token({ nbf: seconds() + 60 }),
  'a nbf that is text': withClaims({ nbf: 'now' }),
  'being issued in the future': () =>
    issuer.token({ iat: seconds() + 3600, exp: seconds() + 7200 }),
  'no iat': withClaims({ iat: undefined }),
  'no subject': withClaims({ sub: undefined }),
  'an empty subject': withClaims({ sub: '' }),
  'a subject of 256 characters': withClaims({ sub: 'x'.repeat(256) }),
  'a subject with NUL': withClaims({ sub: 'user\u0000' }),
  'a subject with a line end': withClaims({ sub: 'user\nadmin' }),
  'a subject that is a number': withClaims({ sub: 7 }),
  'a subject with half a character': withPayload((claims) =>
    JSON.stringify({ ...claims, sub: 'S' }).replace('"S"', '"\\ud800"'),
  ),
  'the subject twice': withPayload((claims) =>
    JSON.stringify(claims).replace('{', '{"sub":"victim",'),
  ),
  'the issuer twice': withPayload((claims) =>
    JSON.stringify(claims).replace('{', '{"iss":"https://idp.example",'),
  ),
  'a claim twice, once in disguise': withPayload((claims) =>
    JSON.stringify(claims).replace('{', '{"\\u0073ub":"victim",'),
  ),
  'a member twice within a claim': withPayload((claims) =>
    JSON.stringify(claims).replace('{', '{"o":{"id":"a","id":"b"},'),
  ),
  'a list for a payload': withPayload((claims) => JSON.stringify([claims])),
  'a payload that is no JSON': withPayload((claims) => `${JSON.stringify(claims)}}`),
  'a subject put in later': () => tampered((claims) => ({ ...claims, sub: 'victim' })),
  'an expiry put in later': () => tampered((claims) => ({ ...claims, exp: seconds() + 9999 })),
  'no signature': async () => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.`,
  'two parts': async () => (await issuer.token()).split('.').slice(0, 2).join('.'),
  'four parts': async () => `${await issuer.token()}.AAAA`,
  'half a signature': async () => (await issuer.token()).slice(0, -43),
  'a signature of zeros': async () =>
    `${(await issuer.token()).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
  'characters of base64 that are none of base64url': async () => `${await issuer.token()}=`,
  'an encrypted token': () => `${encoded({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
};

const read = async (token: string, path = '/v1/users/me') =>
  call('GET', path, { url: server.url, as: token });

it('takes good tokens, so that what follows is refused for what is wrong with it', async () => {
  const good = [
    await issuer.token(),
    await issuer.token({ azp: APP }),
    await issuer.token({ aud: undefined, azp: APP }),
    await issuer.token({ aud: ['x', 'app'] }),
    await issuer.token({}, { typ: undefined }),
    await issuer.token({}, { typ: 'application/JWT', cat: 'cl_1' }),
    await issuer.token({}, { kid: undefined }),
    await issuer.token({ nbf: seconds() + 3, iat: seconds() + 3 }),
    await clerk.token({ aud: undefined, azp: APP }, { cat: 'cl_B7d4PD111AAA' }, clerk.rsa),
    await clerk.token({ aud: 'whatever', azp: APP }),
  ];
  const statuses = await Promise.all(good.map(async (token) => (await read(token)).status));
  expect(statuses).toEqual(good.map(() => 200));
});

it.each(Object.entries(FORGERIES))('S41: refuses %s', async (_, forge) => {
  const token = await forge();
  const count = 'SELECT count(*)::int AS users FROM users';
  const [before] = await inDatabase<{ users: number }>(count, [], server.databaseUrl);
  for (const path of ['/v1/users/me', '/v1/organizations']) {
    const { status, body } = await read(token, path);
    expect([status, body.code]).toEqual([401, 'unauthorized']);
  }
  const [after] = await inDatabase<{ users: number }>(count, [], server.databaseUrl);
  expect(after).toEqual(before);
});
