import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { decodeId } from '../src/access/ids.js';
import {
  authorizationOf,
  clientOf,
  clientsOf,
  type Format,
  FORMATS,
  idOf,
  shortenTokensOf,
  tokenOf,
} from './support/token-clients.js';
import {
  ask,
  inDatabase,
  newOrganization,
  type TestKey,
  type TestOrganization,
} from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { INACTIVE, introspect, newSigningPair, revoke } from './support/oauth-endpoints.js';
import { BOTH_RESOURCES, FOR_REPORTS, HOST, REPORTS_SERVER } from './support/resource-servers.js';
import { testVariable } from './support/servers.js';
import { seen } from './support/token-endpoint.js';
import { until } from './support/until.js';

let organization: TestOrganization;
let clients: Record<Format, IssuedSecret>;
/** By a client with the scope `introspection`. */
let viewer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = await clientsOf(organization);
  viewer = authorizationOf(await clientOf(organization, 'opaque', { scopes: ['introspection'] }));
});

/** Each of these callers sees of each text what it sees of something that never was. */
async function expectNothing(
  callers: readonly string[],
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  for (const caller of callers) {
    const nothing = seen(await introspect(caller, 'nothing'));
    expect(nothing).toMatchObject({ status: 200, text: INACTIVE });
    for (const [name, text] of Object.entries(texts)) {
      expect([name, seen(await introspect(caller, text))]).toEqual([name, nothing]);
    }
  }
}

async function expectActive(caller: string, ...texts: readonly string[]): Promise<void> {
  const answers = await Promise.all(texts.map((text) => introspect(caller, text)));
  expect(answers.map(({ body }) => body.active)).toEqual(texts.map(() => true));
}

const changedAt = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);

describe('what was never issued', () => {
  const everyone = (): string[] => [viewer, HOST, authorizationOf(clients.jwt)];

  it('IN-05 S43 is one answer, byte for byte', async () => {
    const token = await tokenOf(clients.opaque);
    const key = await organization.apiKey();
    await expectNothing(everyone(), {
      'a token of this hour': token.slice(0, 4) + 'x'.repeat(43),
      'a token of the past': `0000${token.slice(4)}`,
      'a token of the far future': `zzzz${token.slice(4)}`,
      'a character less': token.slice(0, -1),
      'a character more': `${token}0`,
      'a character changed': changedAt(token, 20),
      'another hour': changedAt(token, 3),
      'another case': token.toUpperCase(),
      'a space before it': ` ${token}`,
      'a line break behind it': `${token}\n`,
      'its scheme with it': `Bearer ${token}`,
      garbage: 'x',
      'another alphabet': 'ключ 🔑'.repeat(5),
      'a percent sign': '%',
      SQL: "' OR 1=1 --",
      'a key with a character changed': changedAt(key.plaintext, 30),
      'a client id': idOf(clients.opaque),
      'a client secret': clients.opaque.client_secret,
      'a Basic credential': clients.opaque.basic_credential,
      'a session': organization.owner.session,
      'a resource server': testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
      'an operator': testVariable('KEYCAP_TEST_OPERATOR_TOKEN'),
      '8 KB of rubbish': 'x'.repeat(8 * 1024),
      '90 KB of rubbish': 'x'.repeat(90 * 1024),
      '8 KB of dots': '.'.repeat(8 * 1024),
    });
    await expectActive(viewer, token, key.plaintext);
  });

  it('IN-06 IN-05 S43 A82: a JWT that is not as it was signed', async () => {
    const token = await tokenOf(clients.jwt);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = decodeJwt(token);
    const { alg = '', kid = '', typ = '' } = decodeProtectedHeader(token);
    const encoded = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const saying = (more: object): string => encoded({ ...claims, ...more });
    const headed = (more: object): string => encoded({ alg, kid, typ, ...more });
    await expectNothing(everyone(), {
      'a byte of the payload changed': `${header}.${changedAt(payload, 40)}.${signature}`,
      'more scopes': `${header}.${saying({ scope: '*' })}.${signature}`,
      'a later end': `${header}.${saying({ exp: 4_102_444_800 })}.${signature}`,
      'a byte of the header changed': `${changedAt(header, 5)}.${payload}.${signature}`,
      'another type': `${headed({ typ: 'JWT' })}.${payload}.${signature}`,
      'a byte of the signature changed': `${header}.${payload}.${changedAt(signature, 40)}`,
      'half a signature': `${header}.${payload}.${signature.slice(0, 43)}`,
      'two signatures': `${header}.${payload}.${signature}${signature}`,
      'a letter for a signature': `${header}.${payload}.A`,
      'a signature of zeros': `${header}.${payload}.${'A'.repeat(86)}`,
      'no signature': `${header}.${payload}.`,
      'its parts turned round': `${payload}.${header}.${signature}`,
      'four parts': `${token}.${signature}`,
      'a space in it': `${header}. ${payload}.${signature}`,
      padding: `${token}==`,
      'no algorithm': new UnsecuredJWT({ ...claims }).encode(),
      'the algorithm none': `${headed({ alg: 'none' })}.${payload}.${signature}`,
      'another algorithm': `${headed({ alg: 'HS256' })}.${payload}.${signature}`,
      'no key id': `${headed({ kid: undefined })}.${payload}.${signature}`,
      'names that are no text': `${headed({ alg: 5, kid: [kid] })}.${payload}.${signature}`,
      'a critical extension': `${headed({ crit: ['b64'], b64: false })}.${payload}.${signature}`,
      'a header that is no JSON': `e30x.${payload}.${signature}`,
      'a header of another shape': `${encoded([])}.${payload}.${signature}`,
      'two dots': '..',
      'letters and dots': 'a.b.c',
    });
    await expectActive(viewer, token);
  });

  it('IN-06 IN-05 S43: a JWT that somebody else signed', async () => {
    const claims = decodeJwt(await tokenOf(clients.jwt));
    const { alg = '', kid, typ } = decodeProtectedHeader(await tokenOf(clients.jwt));
    const { privateKey, publicJwk } = await newSigningPair();
    const forged = (header: object, more: object = {}): Promise<string> =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg, typ: typ!, ...header })
        .sign(privateKey);
    await expectNothing(everyone(), {
      'by the name of our key': await forged({ kid }),
      'by a name like ours': await forged({ kid: 'x'.repeat(43) }),
      'by his own name': await forged({ kid: publicJwk.kid }),
      'by no name': await forged({}),
      'with his key in it': await forged({ kid, jwk: publicJwk }),
      'for his issuer': await forged({ kid: publicJwk.kid }, { iss: 'https://evil.test' }),
    });
  });

  it('A65 S43: what is stored of a token', async () => {
    const token = await tokenOf(clients.opaque);
    const [row] = await inDatabase<{ digest: Buffer }>(
      'SELECT digest FROM access_tokens WHERE client_id = $1',
      [idOf(clients.opaque)],
    );
    const { body } = await introspect(viewer, token);
    await expectNothing(everyone(), {
      'the digest in hexadecimal': row!.digest.toString('hex'),
      'the digest in base64url': row!.digest.toString('base64url'),
      'the id of a token': body.jti!,
      'the id of a JWT': decodeJwt(await tokenOf(clients.jwt)).jti!,
    });
  });
});

const disable = (its: TestOrganization, client: IssuedSecret): Promise<unknown> =>
  ask('PATCH', new ClientManagement(its).pathOf(client), {
    as: its.owner.session,
    body: { is_active: false },
  });

const remove = (its: TestOrganization, client: IssuedSecret): Promise<unknown> =>
  ask('DELETE', new ClientManagement(its).pathOf(client), { as: its.owner.session });

const suspend = ({ slug }: TestOrganization): Promise<unknown> =>
  inDatabase('UPDATE organizations SET suspended_at = now() WHERE slug = $1', [slug]);

const close = ({ slug }: TestOrganization): Promise<unknown> =>
  inDatabase('UPDATE organizations SET deleted_at = now() WHERE slug = $1', [slug]);

/** What `exp` says, in milliseconds; the client has no other token. */
async function endOf(client: IssuedSecret, token: string): Promise<number> {
  if (client.oauth_client.token_format === 'jwt') return decodeJwt(token).exp! * 1000;
  const [row] = await inDatabase<{ expires_at: Date }>(
    'SELECT expires_at FROM access_tokens WHERE client_id = $1',
    [idOf(client)],
  );
  return Math.floor(row!.expires_at.getTime() / 1000) * 1000;
}

describe.each(FORMATS)('a token that was good: %s', (format) => {
  it('IN-05 IN-06 S43 A74 and is revoked', async () => {
    const client = await clientOf(organization, format);
    const token = await tokenOf(client);
    await expectActive(viewer, token);
    await revoke(authorizationOf(client), token);
    await expectNothing([viewer, HOST, authorizationOf(client)], { token });
  });

  it('IN-05 IN-06 S43 A24 and has ended, in that second, without anybody to clean up', async () => {
    const client = await clientOf(organization, format);
    await shortenTokensOf(client, 2);
    const token = await tokenOf(client);
    const end = await endOf(client, token);
    await until('the end of a token', async () => {
      const isActive = (await introspect(viewer, token)).body.active;
      // Whoever is told so after its end is told wrong.
      return !isActive;
    });
    expect(Date.now()).toBeGreaterThanOrEqual(end);
    await expectNothing([viewer, HOST, authorizationOf(client)], { token });
  });

  it.each<[string, (its: TestOrganization, client: IssuedSecret) => Promise<unknown>]>([
    ['client is disabled', disable],
    ['client is deleted', remove],
    ['organization is suspended', suspend],
    ['organization is deleted', close],
  ])('IN-05 IN-06 S43 and whose %s', async (what, happen) => {
    const its = await newOrganization();
    const client = await clientOf(its, format, BOTH_RESOURCES);
    const [token, forReports] = [await tokenOf(client), await tokenOf(client, FOR_REPORTS)];
    const others = await tokenOf(await clientOf(its, format));
    await expectActive(HOST, token, forReports, others);
    await happen(its, client);
    await expectNothing([HOST, REPORTS_SERVER], { token, forReports });
    if (what.startsWith('client')) await expectActive(HOST, others);
    else await expectNothing([HOST], { others });
  });
});

describe('a key that was good', () => {
  const change =
    (assignment: string) =>
    (_: TestOrganization, key: TestKey): Promise<unknown> =>
      inDatabase(`UPDATE api_keys SET ${assignment} WHERE id = $1`, [decodeId('apiKey', key.id)]);
  const revokeKey = (its: TestOrganization, { id }: TestKey): Promise<unknown> =>
    ask('DELETE', `${its.path}/api-keys/${id}`, { as: its.owner.session });

  it.each<[string, (its: TestOrganization, key: TestKey) => Promise<unknown>]>([
    ['is disabled', change('disabled_at = now()')],
    ['is revoked (A74)', revokeKey],
    ['has expired', change('expires_at = now()')],
    // Nobody says at introspection where it is used from: that is what verification is for.
    ['is for some addresses alone', change(`ip_allowlist = '{0.0.0.0/0,::/0}'`)],
    ['is of a suspended organization', suspend],
    ['is of a deleted organization', close],
  ])('IN-05 IN-06 S43 and %s', async (_, happen) => {
    const its = await newOrganization();
    const key = await its.apiKey({ scopes: ['read'] });
    await expectActive(HOST, key.plaintext);
    await happen(its, key);
    await expectNothing([HOST, REPORTS_SERVER], { key: key.plaintext });
  });
});
