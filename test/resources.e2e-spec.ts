import { decodeJwt } from 'jose';
import type { IntrospectionBody } from '../src/oauth/introspection.dto.js';
import { readConfig } from '../src/config.js';
import { bearerChallenge } from './support/challenges.js';
import { askForToken, forResource, tokenOf } from './support/issued-tokens.js';
import { call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement, type IssuedSecret } from './support/oauth-clients.js';
import { FILES, INACTIVE, introspect, REPORTS } from './support/oauth-endpoints.js';
import { MAIN, runProgram, testVariable } from './support/servers.js';
import { errorOf } from './support/token-endpoint.js';

const OF_REPORTS = forResource(REPORTS.resource);
const OF_FILES = forResource(FILES.resource);
/** A scope of the deployment that means something at REPORTS as well. */
const SHARED_SCOPE = 'jobs:read';
const OWN_SCOPES = ['reports:read', 'files:read', 'files:write'];

let organization: TestOrganization;
let clients: ClientManagement;
let issuer: string;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
  issuer = testVariable('KEYCAP_TEST_URL');
});

/** What the resource server that sees all tokens is told of one. */
async function factsOf(token: string): Promise<IntrospectionBody> {
  const viewer = `Bearer ${testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN')}`;
  return (await introspect(viewer, token)).body;
}

/** What the server of REPORTS, which sees nothing else, is told. */
async function seenByReports(token: string): Promise<string> {
  const viewer = `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`;
  return (await introspect(viewer, token)).text;
}

describe.each(['opaque', 'jwt'])('a resource, for %s tokens', (token_format) => {
  let client: IssuedSecret;

  const create = (wanted: object): Promise<IssuedSecret> =>
    clients.create({ token_format, resources: [REPORTS.resource, FILES.resource], ...wanted });

  /** Audience and scope of a token that is asked for so; both as a JWT itself says them, too. */
  async function audienceAndScope(its: IssuedSecret, parameters = ''): Promise<string> {
    const token = await tokenOf(its, parameters);
    const { aud, scope } = await factsOf(token);
    if (token_format === 'jwt') expect(decodeJwt(token)).toMatchObject({ aud, scope });
    return `${String(aud)} ${String(scope)}`;
  }

  beforeAll(async () => {
    client = await create({ scopes: [SHARED_SCOPE, 'read', ...OWN_SCOPES] });
  });

  it('AU-04 is the audience of the token, which has by default the scopes of both', async () => {
    expect(await audienceAndScope(client, OF_REPORTS)).toBe(
      `${REPORTS.resource} ${SHARED_SCOPE} ${REPORTS.scope}`,
    );
    expect(await audienceAndScope(client, OF_FILES)).toBe(`${FILES.resource} ${FILES.scope}`);
  });

  it('AU-04 gets exactly the scopes that are asked for (BCP-01)', async () => {
    const asked = `${OF_REPORTS}&scope=reports:read`;
    expect(await audienceAndScope(client, asked)).toBe(`${REPORTS.resource} reports:read`);
    const shared = `${OF_REPORTS}&scope=${SHARED_SCOPE}`;
    expect(await audienceAndScope(client, shared)).toBe(`${REPORTS.resource} ${SHARED_SCOPE}`);
  });

  it('AU-05 is by default the issuer, and so it is when that one is named', async () => {
    const expected = `${issuer} ${SHARED_SCOPE} read`;
    for (const parameters of ['', 'resource=', 'resource', forResource(issuer)]) {
      expect([parameters, await audienceAndScope(client, parameters)]).toEqual([
        parameters,
        expected,
      ]);
    }
    // The same address, as URLs without a path are often written (RFC 3986 §6.2.3).
    expect(await audienceAndScope(client, forResource(`${issuer}/`))).toBe(expected);
  });

  it.each([
    ['scopes of a resource without it', 'scope=reports:read'],
    ['scopes of two resources without either', 'scope=reports:read%20files:read'],
    ['scopes of two resources at one', `scope=reports:read%20files:read&${OF_REPORTS}`],
    ['scopes of another resource', `scope=files:read&${OF_REPORTS}`],
    ['a scope of Keycap at a resource', `scope=read&${OF_REPORTS}`],
    ['a part of it', `scope=members:read&${OF_REPORTS}`],
    ['one that fits and one that does not', `scope=reports:read%20read&${OF_REPORTS}`],
    ['scopes of a resource at the issuer, named', 'scope=reports:read&ISSUER'],
  ])(
    'AU-05 AU-08 refuses %s, since it is not clear what the token would be for',
    async (_, asked) => {
      const parameters = asked.replace('ISSUER', forResource(issuer));
      expect(errorOf(await askForToken(client, parameters))).toBe('400 invalid_scope');
    },
  );

  it.each([
    ['a relative one', 'reports'],
    ['a path', '/o/token'],
    ['without a scheme', '//reports.keycap.test'],
    ['a scheme alone', 'https:'],
    ['with a fragment', `${REPORTS.resource}#a`],
    ['with an empty fragment', `${REPORTS.resource}#`],
    ['the issuer with a fragment', 'ISSUER#a'],
    ['javascript:', 'javascript:alert(1)'],
    ['data:', 'data:text/plain,a'],
    ['a space', ' '],
    ['a space after it', `${REPORTS.resource} `],
    ['a line end after it', `${REPORTS.resource}\n`],
    ['several in one', `${REPORTS.resource} ${FILES.resource}`],
    ['a list', `["${REPORTS.resource}"]`],
    ['what reaches prototypes', '__proto__'],
    ['100 kB less a little', `${REPORTS.resource}/${'a'.repeat(90_000)}`],
  ])('AU-01 A44 is invalid_target where it is no absolute URI: %s', async (_, text) => {
    const parameters = forResource(text.replace('ISSUER', issuer));
    expect(errorOf(await askForToken(client, parameters))).toBe('400 invalid_target');
  });

  it.each([
    ['nobody registered it', 'https://unknown.keycap.test'],
    ['it has a slash more', `${REPORTS.resource}/`],
    ['it has a slash less', FILES.resource.slice(0, -3)],
    ['it has a path more', `${FILES.resource}/x`],
    ['it has a query', `${REPORTS.resource}?a=1`],
    ['it has a port', `${REPORTS.resource}:443`],
    ['it is written in other case', REPORTS.resource.toUpperCase()],
    ['it has another scheme', REPORTS.resource.replace('https', 'http')],
    ['it has somebody at it', REPORTS.resource.replace('https://', 'https://a@')],
    ['it is an endpoint of the issuer', 'ISSUER/o/token/'],
    ['it is the issuer with two slashes', 'ISSUER//'],
  ])('AU-02 is invalid_target where %s', async (_, resource) => {
    const parameters = forResource(resource.replace('ISSUER', issuer));
    const answer = await askForToken(client, parameters);
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        error: 'invalid_target',
        error_description:
          'the requested resource is unknown, malformed, or none that the client may ask for',
      },
    ]);
  });

  it("AU-02 is invalid_target, without a difference, where it is none of the client's", async () => {
    const scopes = ['read', ...OWN_SCOPES];
    const without = await create({ scopes, resources: [] });
    const withOne = await create({ scopes, resources: [FILES.resource] });
    const unknown = await askForToken(without, forResource('https://unknown.keycap.test'));
    for (const its of [without, withOne]) {
      const { status, text } = await askForToken(its, OF_REPORTS);
      expect([status, text]).toEqual([unknown.status, unknown.text]);
    }
    expect(await audienceAndScope(without)).toBe(`${issuer} read`);
    expect(await audienceAndScope(withOne, OF_FILES)).toBe(`${FILES.resource} ${FILES.scope}`);
  });

  it('AU-03 is one: several are invalid_target, the same one twice is one', async () => {
    const several = [
      `${OF_REPORTS}&${OF_FILES}`,
      `${OF_FILES}&scope=files:read&${OF_REPORTS}`,
      `${OF_REPORTS}&${forResource(issuer)}`,
      `${OF_REPORTS}&${forResource('https://unknown.keycap.test')}`,
      `${forResource(issuer)}&${forResource(`${issuer}/`)}`,
    ];
    for (const parameters of several) {
      const answer = await askForToken(client, parameters);
      expect([parameters, errorOf(answer)]).toEqual([parameters, '400 invalid_target']);
    }
    for (const parameters of [`${OF_FILES}&${OF_FILES}`, `resource=&${OF_FILES}`]) {
      expect(await audienceAndScope(client, parameters)).toBe(`${FILES.resource} ${FILES.scope}`);
    }
  });

  it('AU-08 BR-11 opens that one alone: neither another resource nor Keycap', async () => {
    const [reports, files, own] = await Promise.all([
      tokenOf(client, OF_REPORTS),
      tokenOf(client, OF_FILES),
      tokenOf(client),
    ]);
    expect(JSON.parse(await seenByReports(reports))).toMatchObject({ aud: REPORTS.resource });
    expect(await Promise.all([files, own].map(seenByReports))).toEqual([INACTIVE, INACTIVE]);

    const paths = ['/v1/me', organization.path, '/api/v3/public/organizations/'];
    for (const path of paths) {
      const headers = await Promise.all(
        [reports, files, own].map(async (as) => {
          const answer = await call('GET', path, { as });
          return [answer.status, answer.headers.get('www-authenticate')];
        }),
      );
      const refused = [401, bearerChallenge(true)];
      expect([path, ...headers]).toEqual([path, refused, refused, [200, null]]);
    }
  });

  it('BR-11 lets nobody ask about tokens by a token for elsewhere', async () => {
    const scopes = ['introspection', 'reports:read'];
    const its = await create({ scopes });
    const [own, foreign] = await Promise.all([tokenOf(its), tokenOf(its, OF_REPORTS)]);
    expect((await introspect(`Bearer ${own}`, foreign)).body.active).toBe(true);
    const refused = await introspect(`Bearer ${foreign}`, own);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      bearerChallenge(true),
    ]);
    const verification = await call('POST', '/v1/api-keys/verify', {
      as: foreign,
      body: { api_key: 'x' },
    });
    expect(verification.status).toBe(401);
  });

  it('A22 BCP-01 gives a client no scope of it that was never configured for the client', async () => {
    const its = await create({ scopes: ['read', 'files:read'] });
    expect(await audienceAndScope(its, OF_FILES)).toBe(`${FILES.resource} files:read`);
    for (const parameters of [
      OF_REPORTS,
      `${OF_REPORTS}&scope=reports:read`,
      `${OF_REPORTS}&scope=${SHARED_SCOPE}`,
      `${OF_FILES}&scope=files:write`,
      `${OF_FILES}&scope=files:read%20files:write`,
      `${OF_FILES}&scope=*`,
    ]) {
      const answer = await askForToken(its, parameters);
      expect([parameters, errorOf(answer)]).toEqual([parameters, '400 invalid_scope']);
    }
  });

  it('gives the client that may do everything all that there is, by name', async () => {
    const all = await create({ scopes: ['*'] });
    expect(await audienceAndScope(all)).toBe(`${issuer} *`);
    expect(await audienceAndScope(all, OF_REPORTS)).toBe(
      `${REPORTS.resource} ${SHARED_SCOPE} ${REPORTS.scope}`,
    );
    const star = await askForToken(all, `${OF_REPORTS}&scope=*`);
    expect(errorOf(star)).toBe('400 invalid_scope');
  });

  it('serves the clients of a project, and says which', async () => {
    const project_id = await organization.project();
    const its = await create({ project_id, scopes: ['projects:read', 'reports:read'] });
    const token = await tokenOf(its, OF_REPORTS);
    expect(await factsOf(token)).toMatchObject({
      aud: REPORTS.resource,
      scope: 'reports:read',
      keycap_project_id: project_id,
    });
    expect(await audienceAndScope(its)).toBe(`${issuer} projects:read`);
  });

  it('S39 is lost to a client, with the tokens for it, once the client may not have it any more', async () => {
    const its = await create({ scopes: ['read', 'reports:read', 'files:read'] });
    const path = clients.pathOf(its);
    const as = organization.owner.session;
    const [reports, files, own] = await Promise.all([
      tokenOf(its, OF_REPORTS),
      tokenOf(its, OF_FILES),
      tokenOf(its),
    ]);

    const narrowed = { scopes: ['read', 'jobs:read', 'files:read'] };
    expect((await call('PATCH', path, { as, body: narrowed })).status).toBe(200);
    expect(await factsOf(reports)).toMatchObject({ aud: REPORTS.resource, scope: '' });

    const without = { resources: [REPORTS.resource] };
    expect((await call('PATCH', path, { as, body: without })).status).toBe(200);
    expect(errorOf(await askForToken(its, OF_FILES))).toBe('400 invalid_target');
    expect(await factsOf(files)).toEqual({ active: false });
    expect([(await factsOf(reports)).active, (await factsOf(own)).active]).toEqual([true, true]);
  });
});

describe('the resources of a client', () => {
  it.each([
    ['nobody registered', ['https://unknown.keycap.test']],
    ['javascript:', ['javascript:alert(1)']],
    ['with a slash more', [`${REPORTS.resource}/`]],
    ['the issuer', ['ISSUER']],
    ['one twice', [REPORTS.resource, REPORTS.resource]],
    ['one that is no text', [1]],
    ['no list', REPORTS.resource],
  ])('A44 are refused where one is none: %s', async (_, resources) => {
    const named = JSON.parse(JSON.stringify(resources).replace('ISSUER', issuer)) as unknown;
    const answer = await call('POST', clients.path, {
      as: organization.owner.session,
      body: { name: 'Test', resources: named },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    expect(Object.keys(answer.body.fields ?? {})).toEqual(['resources']);
  });
});

describe('KEYCAP_RESOURCES', () => {
  const RESOURCE = 'https://api.example.com';
  const entry = (more: object = {}): string =>
    JSON.stringify([{ resource: RESOURCE, scopes: ['orders:read'], ...more }]);

  const WRONG = [
    ['no JSON', '[{', '(: it is no JSON)'],
    ['no list', '{}', ''],
    ['an address alone', `["${RESOURCE}"]`, '(0: '],
    ['a relative address', entry({ resource: '/api' }), '(0.resource: must be an absolute URI'],
    ['no scheme', entry({ resource: 'api.example.com' }), '(0.resource: must be an absolute'],
    ['a fragment', entry({ resource: `${RESOURCE}#a` }), '(0.resource: must be an absolute URI'],
    ['a blank', entry({ resource: `${RESOURCE}/a b` }), '(0.resource: must be an absolute URI'],
    ['an empty text', entry({ resource: '' }), '(0.resource: must be an absolute URI'],
    ['a long one', entry({ resource: `${RESOURCE}/${'a'.repeat(500)}` }), '(0.resource: Too big'],
    ['no scope', entry({ scopes: [] }), '(0.scopes: Too small'],
    ['no scopes', `[{"resource":"${RESOURCE}"}]`, '(0.scopes: Invalid input'],
    ["a scope of Keycap's", entry({ scopes: ['members:read'] }), '(0.scopes.0: must be none of'],
    ['all scopes', entry({ scopes: ['*'] }), '(0.scopes.0: must be a scope such as jobs:read'],
    ['a scope with a blank', entry({ scopes: ['a b'] }), '(0.scopes.0: must be a scope such as'],
    ['a member too many', entry({ audience: 'x' }), '(0: Unrecognized key'],
    [
      'one twice',
      `[${entry().slice(1, -1)},${entry({ scopes: ['a:b'] }).slice(1, -1)}]`,
      '(: two entries have the same resource)',
    ],
  ] as const;

  it.each(WRONG)('stops the start where it has %s', (_, text, detail) => {
    const read = (): unknown => readConfig({ KEYCAP_RESOURCES: text });
    expect(read).toThrow(/^KEYCAP_RESOURCES is ".+" but must be a JSON list of [^\n]+\.$/);
    expect(read).toThrow(detail);
  });

  it('stops it with one sentence and nothing else', async () => {
    const env = { PORT: '0', KEYCAP_RESOURCES: entry({ resource: `${RESOURCE}#a` }) };
    const { ended, errors } = runProgram(process.execPath, [MAIN], env);
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/^KEYCAP_RESOURCES is .+ without a fragment\)\.\n$/);
  });

  it('takes whatever absolute URI the host calls its API by', () => {
    const resources = [RESOURCE, `${RESOURCE}/v1?tenant=1`, 'urn:example:api', 'api://orders'];
    const text = JSON.stringify(resources.map((resource) => ({ resource, scopes: ['a:b'] })));
    const { protectedResources } = readConfig({ KEYCAP_RESOURCES: text });
    expect(protectedResources.map(({ resource }) => resource)).toEqual(resources);
  });
});
