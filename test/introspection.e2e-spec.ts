import { decodeJwt } from 'jose';
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
  call,
  inDatabase,
  newOrganization,
  type TestKey,
  type TestOrganization,
} from './support/keycap.js';
import { decodeId } from '../src/access/ids.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { INACTIVE, introspect, REPORTS } from './support/oauth-endpoints.js';
import {
  BOTH_RESOURCES,
  FOR_FILES,
  FOR_REPORTS,
  HOST,
  REPORTS_SERVER,
} from './support/resource-servers.js';
import { testVariable } from './support/servers.js';
import { errorOf, requestToken, seen, type TokenRequest } from './support/token-endpoint.js';
import { until } from './support/until.js';

const ISSUER = testVariable('KEYCAP_TEST_URL');

let organization: TestOrganization;
let stranger: TestOrganization;
let clients: Record<Format, IssuedSecret>;
/** By a client with the scope `introspection`. */
let viewer: string;

beforeAll(async () => {
  [organization, stranger] = await Promise.all([newOrganization(), newOrganization()]);
  clients = await clientsOf(organization, BOTH_RESOURCES);
  viewer = authorizationOf(await clientOf(organization, 'opaque', { scopes: ['introspection'] }));
});

const newKey = (wanted: object = {}): Promise<TestKey> =>
  organization.apiKey({ scopes: ['read'], ...wanted });

describe('what is said of a good credential', () => {
  it.each(FORMATS)(
    'IN-08 IN-04 is what the standard names, its times in whole seconds: %s',
    async (format) => {
      const before = Math.floor(Date.now() / 1000);
      const token = await tokenOf(clients[format]);
      const after = Math.floor(Date.now() / 1000);
      const { status, headers, body } = await introspect(authorizationOf(clients[format]), token);
      const { iat = 0, jti = '' } = body;
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body).toEqual({
        active: true,
        scope: 'read write',
        client_id: idOf(clients[format]),
        token_type: 'Bearer',
        exp: iat + 36_000,
        iat,
        nbf: iat,
        sub: idOf(clients[format]),
        aud: ISSUER,
        iss: ISSUER,
        jti,
        keycap_kind: 'access_token',
        keycap_organization_id: organization.id,
        keycap_cache_seconds: 5,
      });
      expect([iat % 1, iat >= before && iat <= after]).toEqual([0, true]);
      expect(jti).toMatch(/^[\w-]{22,36}$/);
      expect(token).not.toContain(jti);
    },
  );

  it('IN-08 is what a JWT says of itself', async () => {
    const token = await tokenOf(clients.jwt, FOR_REPORTS);
    const { body } = await introspect(viewer, token);
    const { keycap_generation, keycap_secret_id, ...claims } = decodeJwt(token);
    expect([keycap_generation, keycap_secret_id]).toEqual([[1, 1, 1], clients.jwt.secret.id]);
    expect(body).toMatchObject(claims);
  });

  it.each(FORMATS)('IN-08 names the resource and the project: %s', async (format) => {
    const forReports = await introspect(viewer, await tokenOf(clients[format], FOR_REPORTS));
    expect(forReports.body).toMatchObject({ aud: REPORTS.resource, scope: REPORTS.scope });
    const project_id = await organization.project();
    const confined = await clientOf(organization, format, { project_id });
    const { body } = await introspect(viewer, await tokenOf(confined));
    expect(body).toMatchObject({ keycap_project_id: project_id, scope: 'projects:read' });
  });

  it('IN-08 is the same of an API key, as far as it has it', async () => {
    const project_id = await organization.project();
    const scopes = ['projects:read', 'jobs:read'];
    const expires_at = '2099-01-02T03:04:05Z';
    const key = await newKey({ project_id, scopes, expires_at });
    const { body } = await introspect(viewer, key.plaintext);
    const { iat = 0 } = body;
    expect(body).toEqual({
      active: true,
      scope: 'projects:read jobs:read',
      token_type: 'Bearer',
      exp: Date.parse(expires_at) / 1000,
      iat,
      nbf: iat,
      sub: key.id,
      aud: ISSUER,
      iss: ISSUER,
      jti: key.id,
      keycap_kind: 'api_key',
      keycap_organization_id: organization.id,
      keycap_project_id: project_id,
      keycap_cache_seconds: 5,
    });
    const forEver = await introspect(viewer, (await newKey()).plaintext);
    expect(Object.keys(forEver.body)).not.toContain('exp');
  });

  it('IN-10 is kept by no cache, whatever it says (S43, trap A2)', async () => {
    for (const text of [await tokenOf(clients.opaque), await tokenOf(clients.jwt), 'nothing']) {
      const { headers } = await introspect(viewer, text);
      expect([headers.get('cache-control'), headers.get('pragma')]).toEqual([
        'no-store',
        'no-cache',
      ]);
      for (const name of ['etag', 'set-cookie', 'x-powered-by', 'expires']) {
        expect([name, headers.get(name)]).toEqual([name, null]);
      }
    }
  });

  it.each(FORMATS)(
    'IN-10 may be kept by whoever asks, never beyond its end: %s',
    async (format) => {
      const brief = await clientOf(organization, format);
      await shortenTokensOf(brief, 4);
      const answersOfOne = async (): Promise<{ left: number; allowed: number }[]> => {
        const token = await tokenOf(brief);
        const answers: { left: number; allowed: number }[] = [];
        await until('the end of a token', async () => {
          const asked = Math.floor(Date.now() / 1000);
          const { text, body } = await introspect(viewer, token);
          if (text === INACTIVE) return true;
          answers.push({ left: body.exp! - asked, allowed: body.keycap_cache_seconds! });
          return false;
        });
        return answers;
      };
      // On a machine that is busy enough a token may have ended before it is asked about.
      const answers = await until('a token was asked about before its end', async () => {
        const ofOne = await answersOfOne();
        return ofOne.length > 0 && ofOne;
      });
      for (const { left, allowed } of answers) {
        expect([allowed >= 0, allowed <= left, allowed <= 4]).toEqual([true, true, true]);
      }
    },
  );
});

describe('who is told what', () => {
  const ALL = 'own, own jwt, reports, reports jwt, files, sibling, sibling jwt, key';
  const FOREIGN = 'foreign, foreign jwt, foreign reports, foreign key';

  it('S43 A21 A73 IN-05 IN-09 IN-12: each caller what is his, and of the rest nothing', async () => {
    const { opaque, jwt } = clients;
    const [sibling, itsSibling, foreigners] = await Promise.all([
      clientOf(organization, 'opaque'),
      clientOf(organization, 'jwt'),
      clientsOf(stranger, BOTH_RESOURCES),
    ]);
    const texts: Record<string, string> = {
      own: await tokenOf(opaque),
      'own jwt': await tokenOf(jwt),
      reports: await tokenOf(opaque, FOR_REPORTS),
      'reports jwt': await tokenOf(jwt, FOR_REPORTS),
      files: await tokenOf(opaque, FOR_FILES),
      sibling: await tokenOf(sibling),
      'sibling jwt': await tokenOf(itsSibling),
      key: (await newKey()).plaintext,
      foreign: await tokenOf(foreigners.opaque),
      'foreign jwt': await tokenOf(foreigners.jwt),
      'foreign reports': await tokenOf(foreigners.jwt, FOR_REPORTS),
      'foreign key': (await stranger.apiKey({ scopes: ['read'] })).plaintext,
    };
    const scopes = ['introspection'];
    const key = await newKey({ scopes });
    const [viewing, viewingByJwt] = await Promise.all(
      FORMATS.map(async (format) => tokenOf(await clientOf(organization, format, { scopes }))),
    );
    const callers: Record<string, TokenRequest> = {
      'a client': { authorization: authorizationOf(opaque) },
      'a client that gets JWTs': { authorization: authorizationOf(jwt) },
      'a client with introspection': { authorization: viewer },
      'a token with introspection': { authorization: `Bearer ${viewing!}` },
      'a JWT with introspection': { authorization: `Bearer ${viewingByJwt!}` },
      'a key with introspection': { authorization: `Bearer ${key.plaintext}` },
      'such a key in X-API-Key': { headers: { 'x-api-key': key.plaintext } },
      'the resource server of all': { authorization: HOST },
      'the resource server of one': { authorization: REPORTS_SERVER },
    };
    const told: Record<string, string> = {};
    for (const [caller, request] of Object.entries(callers)) {
      const nothing = seen(await introspect(request.authorization, 'nothing', request));
      const names: string[] = [];
      for (const [name, text] of Object.entries(texts)) {
        const answer = await introspect(request.authorization, text, request);
        if (answer.body.active) names.push(name);
        else expect([caller, name, seen(answer)]).toEqual([caller, name, nothing]);
      }
      told[caller] = names.join(', ');
    }
    expect(told).toEqual({
      'a client': 'own, reports, files',
      'a client that gets JWTs': 'own jwt, reports jwt',
      'a client with introspection': ALL,
      'a token with introspection': ALL,
      'a JWT with introspection': ALL,
      'a key with introspection': ALL,
      'such a key in X-API-Key': ALL,
      'the resource server of all': `${ALL}, ${FOREIGN}`,
      // A key is for no resource in particular.
      'the resource server of one': 'reports, reports jwt, key, foreign reports, foreign key',
    });
  });

  it.each(FORMATS)('IN-12 A75 is told each for himself, also all at once: %s', async (format) => {
    const token = await tokenOf(clients[format], FOR_REPORTS);
    const foreign = authorizationOf((await clientsOf(stranger, BOTH_RESOURCES))[format]);
    const own = authorizationOf(clients[format]);
    const sibling = authorizationOf(await clientOf(organization, format));
    const callers = [viewer, foreign, own, sibling, HOST, REPORTS_SERVER];
    const round = [...callers, ...callers.toReversed(), ...callers];
    const answers = await Promise.all(round.map((each) => introspect(each, token)));
    for (const [index, { text, body }] of answers.entries()) {
      const isTold = ![foreign, sibling].includes(round[index]!);
      expect([index, isTold ? body.aud : text]).toEqual([
        index,
        isTold ? REPORTS.resource : INACTIVE,
      ]);
    }
  });

  it.each(FORMATS)('S43 IN-02 a token asks about itself: %s', async (format) => {
    const token = await tokenOf(
      await clientOf(organization, format, { scopes: ['introspection'] }),
    );
    const { body } = await introspect(`Bearer ${token}`, token);
    expect([body.active, body.scope]).toEqual([true, 'introspection']);
    const without = await tokenOf(clients[format]);
    expect(errorOf(await introspect(`Bearer ${without}`, without))).toBe('403 insufficient_scope');
  });
});

describe('what a token may do by now', () => {
  it.each(FORMATS)('IN-12 IN-08 A22 follows the scopes of its client: %s', async (format) => {
    const client = await clientOf(organization, format, { scopes: ['read', 'write', 'jobs:read'] });
    const token = await tokenOf(client);
    const scopeWith = async (scopes: readonly string[]): Promise<string | undefined> => {
      const as = organization.owner.session;
      await ask('PATCH', new ClientManagement(organization).pathOf(client), {
        as,
        body: { scopes },
      });
      return (await introspect(viewer, token)).body.scope;
    };
    expect(await scopeWith(['organizations:read', 'members:read', 'jobs:read'])).toBe(
      'organizations:read members:read jobs:read',
    );
    expect(await scopeWith(['write'])).toBe('write');
    expect(await scopeWith(['members:write', 'api_keys:write'])).toBe('members:write');
    expect(await scopeWith(['audit:read'])).toBe('');
    // What it was not issued for it never gets.
    expect(await scopeWith(['*'])).toBe('read write jobs:read');
    expect(await scopeWith(['read', 'write', 'jobs:read', 'introspection'])).toBe(
      'read write jobs:read',
    );
  });

  it.each(FORMATS)('IN-12 is no more than its project allows: %s', async (format) => {
    const project_id = await organization.project();
    const scopes = ['projects:read', 'jobs:read'];
    const client = await clientOf(organization, format, { project_id, scopes });
    const token = await tokenOf(client);
    const widened = ['*', 'read', 'introspection', 'members:read', 'projects:read', 'jobs:read'];
    for (const table of ['oauth_clients', 'access_tokens']) {
      const sql = `UPDATE ${table} SET scopes = $2 WHERE client_id = $1`;
      await inDatabase(sql, [idOf(client), widened]);
    }
    const { body } = await introspect(viewer, token);
    const named = new Set(body.scope!.split(' '));
    for (const forbidden of ['*', 'read', 'introspection', 'members:read', 'organizations:write']) {
      expect([forbidden, named.has(forbidden)]).toEqual([forbidden, false]);
    }
    expect([named.has('projects:read'), named.has('jobs:read')]).toEqual([true, true]);
  });

  it('IN-12 is of a key what it holds, narrowed as well', async () => {
    const key = await newKey({ scopes: ['read', 'jobs:read'] });
    const scope = async (): Promise<string | undefined> =>
      (await introspect(viewer, key.plaintext)).body.scope;
    expect(await scope()).toBe('read jobs:read');
    await inDatabase(`UPDATE api_keys SET scopes = '{members:read}' WHERE id = $1`, [
      decodeId('apiKey', key.id),
    ]);
    expect(await scope()).toBe('members:read');
  });

  it.each(FORMATS)('A10 A75 is never what another token may do: %s', async (format) => {
    const client = await clientOf(organization, format);
    const reuses = await clientOf(organization, 'opaque', { reuse_tokens: true });
    for (const its of [client, reuses]) {
      const [reads, writes, both] = [
        await tokenOf(its, 'scope=read'),
        await tokenOf(its, 'scope=write'),
        await tokenOf(its),
      ];
      const may = async (as: string): Promise<string> => {
        const change = { as, body: { metadata: {} } };
        const read = await call('GET', organization.path, { as });
        const write = await call('PATCH', organization.path, change);
        return `${String(read.status)} ${String(write.status)}`;
      };
      const scope = async (token: string): Promise<string | undefined> =>
        (await introspect(viewer, token)).body.scope;
      for (let round = 0; round < 3; round++) {
        const asked = [reads, writes, both];
        expect(await Promise.all(asked.map(may))).toEqual(['200 403', '403 200', '200 200']);
        expect(await Promise.all(asked.map(scope))).toEqual(['read', 'write', 'read write']);
      }
    }
  });
});

describe('how it is asked', () => {
  const asked = (more: TokenRequest): ReturnType<typeof introspect> =>
    introspect(viewer, 'x', more);

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'IN-01 by POST, never by %s (trap A11)',
    async (method) => {
      const token = await tokenOf(clients.opaque);
      for (const path of ['/o/introspect/', '/o/introspect', '/o/introspect-batch/']) {
        const query = `${path}?token=${token}`;
        const { status, headers, text } = await asked({ method, path: query });
        expect([path, status, headers.get('allow')]).toEqual([path, 405, 'POST']);
        expect(text).not.toContain('active');
      }
    },
  );

  it('IN-01 at both slash forms', async () => {
    const token = await tokenOf(clients.opaque);
    const [one, other] = await Promise.all(
      ['/o/introspect/', '/o/introspect'].map((path) => introspect(viewer, token, { path })),
    );
    expect(one!.body.active).toBe(true);
    expect({ ...one!.body }).toEqual({ ...other!.body });
  });

  it.each([
    ['application/json', '{"token":"x"}'],
    ['application/json', '{broken'],
    ['text/plain', 'token=x'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="token"\r\n\r\nx\r\n--x--',
    ],
    ['application/x-www-form-urlencoded; charset=utf-16', 'token=x'],
    [null, 'token=x'],
  ])('IN-01 as a form alone, not as %s %s (traps A9, A10)', async (contentType, body) => {
    expect(errorOf(await asked({ contentType, body }))).toBe('400 invalid_request');
  });

  it.each([
    ['nothing', ''],
    ['an empty token', 'token='],
    ['a name alone', 'token'],
    ['another name', 'Token=x&tokens=x&token%20=x'],
    ['brackets', 'token[]=x&token[a]=y'],
    ['a token twice', 'token=x&token=y'],
    ['the same token twice', 'token=x&token=x'],
    ['a hint twice', 'token=x&token_type_hint=access_token&token_type_hint=access_token'],
    ['NUL', 'token=x%00'],
    ['NUL in a name', 'token=x&a%00=b'],
    ['half an escape', 'token=x%4'],
    ['bytes that are not UTF-8', 'token=%ff'],
  ])('IN-07 with a token, not with %s (trap A8)', async (_, body) => {
    expect(errorOf(await asked({ body }))).toBe('400 invalid_request');
  });

  it('IN-07 in the body, not in the query', async () => {
    const token = await tokenOf(clients.opaque);
    const path = `/o/introspect/?token=${token}`;
    const inQuery = await asked({ path, body: '' });
    expect([errorOf(inQuery), inQuery.text.includes(token)]).toEqual([
      '400 invalid_request',
      false,
    ]);
    expect((await asked({ path, body: 'token=x' })).text).toBe(INACTIVE);
  });

  it('IN-07 whatever the hint: it decides nothing', async () => {
    const key = await newKey();
    for (const text of [await tokenOf(clients.opaque), await tokenOf(clients.jwt), key.plaintext]) {
      for (const hint of [
        'access_token',
        'refresh_token',
        'api_key',
        'jwt',
        'Nonsense',
        '',
        '%22',
      ]) {
        const body = `token_type_hint=${hint}&token=${text}&colour=red`;
        expect([hint, (await asked({ body })).body.active]).toEqual([hint, true]);
        const rubbish = `token=rubbish&token_type_hint=${hint}`;
        expect((await asked({ body: rubbish })).text).toBe(INACTIVE);
      }
    }
  });

  it('IN-02 by somebody first: what is wrong with the rest is told afterwards', async () => {
    const bodies = ['', 'token=', 'tokens=x'];
    for (const body of bodies) {
      expect(errorOf(await requestToken({ path: '/o/introspect/', body }))).toBe(
        '401 invalid_client',
      );
    }
  });
});
