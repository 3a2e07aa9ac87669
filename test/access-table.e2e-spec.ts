import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { Public } from '../src/access/access.decorators.js';
import { AccessGuard } from '../src/access/access.guard.js';
import { AccessService } from '../src/access/access.service.js';
import type { AccessRule } from '../src/access/access-rule.js';
import { FailureThrottle } from '../src/access/throttling/failure-throttle.js';
import type { Role } from '../src/access/principal.js';
import { outranks } from '../src/access/principal.js';
import { RoleDirectory } from '../src/access/role-directory.js';
import { ScopeCatalogue } from '../src/access/scopes/scopes.js';
import { readConfig } from '../src/config.js';
import { createAdapter } from '../src/http/server/adapter.js';
import { ProblemFilter } from '../src/http/errors/problem.filter.js';
import type { Answer, ErrorBody, Method, TestOrganization } from './support/keycap.js';
import { ask, call, newOrganization } from './support/keycap.js';
import { applicationOfTest, declaredRoutes, servedRoutes } from './support/routes.js';
import { testVariable } from './support/servers.js';

/**
 * Every route, and who may call it. `user` is anyone signed in, whatever his organizations; the
 * roles are those in the organization of the path, `suspended` says that they may while it is;
 * `key_or_token` names the scope that an API key or access token needs, `client` the one that an
 * OAuth client needs that shows its own credentials.
 */
const TABLE = `
METHOD route                                                                            public user member admin owner suspended key_or_token        client        resource_server
GET    /.well-known/oauth-authorization-server                                          x      .    .      .     .     .         .                   .             .
GET    /.well-known/oauth-authorization-server/o                                        x      .    .      .     .     .         .                   .             .
GET    /.well-known/oauth-protected-resource                                            x      .    .      .     .     .         .                   .             .
GET    /api/v3/public/docs                                                              x      .    .      .     .     .         .                   .             .
GET    /api/v3/public/docs/:file                                                        x      .    .      .     .     .         .                   .             .
GET    /api/v3/public/organizations                                                     .      .    .      .     .     .         organizations:read  .             .
GET    /api/v3/public/organizations/:orgID                                              .      .    .      .     .     .         organizations:read  .             .
GET    /api/v3/public/organizations/:orgID/members                                      .      .    .      .     .     .         members:read        .             .
DELETE /api/v3/public/organizations/:orgID/members/:userID                              .      .    .      .     .     .         members:write       .             .
GET    /api/v3/public/organizations/:orgID/members/:userID                              .      .    .      .     .     .         members:read        .             .
PATCH  /api/v3/public/organizations/:orgID/members/:userID                              .      .    .      .     .     .         members:write       .             .
PUT    /api/v3/public/organizations/:orgID/members/:userID                              .      .    .      .     .     .         members:write       .             .
GET    /dashboard                                                                       x      .    .      .     .     .         .                   .             .
GET    /dashboard/*                                                                     x      .    .      .     .     .         .                   .             .
GET    /dashboard/assets/:file                                                          x      .    .      .     .     .         .                   .             .
GET    /docs                                                                            x      .    .      .     .     .         .                   .             .
GET    /docs/:file                                                                      x      .    .      .     .     .         .                   .             .
GET    /health/live                                                                     x      .    .      .     .     .         .                   .             .
GET    /health/ready                                                                    x      .    .      .     .     .         .                   .             .
GET    /o/.well-known/jwks.json                                                         x      .    .      .     .     .         .                   .             .
GET    /o/.well-known/oauth-authorization-server                                        x      .    .      .     .     .         .                   .             .
POST   /o/introspect                                                                    .      .    .      .     .     .         introspection       any           x
POST   /o/introspect-batch                                                              .      .    .      .     .     .         introspection       any           x
POST   /o/revoke_token                                                                  .      .    .      .     .     .         .                   any           .
POST   /o/token                                                                         .      .    .      .     .     .         .                   any           .
GET    /openapi.json                                                                    x      .    .      .     .     .         .                   .             .
POST   /v1/api-keys/report-leaked                                                       x      .    .      .     .     .         .                   .             .
POST   /v1/api-keys/verify                                                              .      .    .      .     .     .         introspection       introspection x
POST   /v1/api-keys/verify-batch                                                        .      .    .      .     .     .         introspection       introspection x
GET    /v1/cli/login/sessions                                                           .      x    .      .     .     .         .                   .             .
POST   /v1/cli/login/sessions                                                           x      .    .      .     .     .         .                   .             .
GET    /v1/cli/login/sessions/:loginID                                                  x      .    .      .     .     .         .                   .             .
POST   /v1/cli/login/sessions/:loginID/approve                                          .      x    .      .     .     .         .                   .             .
POST   /v1/cli/login/sessions/:loginID/deny                                             .      x    .      .     .     .         .                   .             .
GET    /v1/cli/login/sessions/:loginID/details                                          .      x    .      .     .     .         .                   .             .
POST   /v1/email-verifications/confirm                                                  x      .    .      .     .     .         .                   .             .
POST   /v1/invitations/accept                                                           x      x    .      .     .     .         .                   .             .
POST   /v1/invitations/decline                                                          x      .    .      .     .     .         .                   .             .
GET    /v1/invitations/lookup                                                           x      .    .      .     .     .         .                   .             .
POST   /v1/integrations/github/secret-scanning                                          x      .    .      .     .     .         .                   .             .
GET    /v1/key-format                                                                   x      .    .      .     .     .         .                   .             .
GET    /v1/me                                                                           .      x    .      .     .     .         any                 .             .
POST   /v1/oauth/token                                                                  .      .    .      .     .     .         .                   any           .
GET    /v1/organizations                                                                .      x    .      .     .     .         .                   .             .
POST   /v1/organizations                                                                .      x    .      .     .     .         .                   .             .
DELETE /v1/organizations/:orgID                                                         .      .    .      .     x     .         .                   .             .
GET    /v1/organizations/:orgID                                                         .      .    x      x     x     x         organizations:read  .             .
PATCH  /v1/organizations/:orgID                                                         .      .    .      x     x     .         organizations:write .             .
GET    /v1/organizations/:orgID/api-keys                                                .      .    x      x     x     .         api_keys:read       .             .
POST   /v1/organizations/:orgID/api-keys                                                .      .    .      x     x     .         api_keys:write      .             .
DELETE /v1/organizations/:orgID/api-keys/:keyID                                         .      .    x      x     x     .         any                 .             .
GET    /v1/organizations/:orgID/api-keys/:keyID                                         .      .    x      x     x     .         api_keys:read       .             .
PATCH  /v1/organizations/:orgID/api-keys/:keyID                                         .      .    .      x     x     .         api_keys:write      .             .
POST   /v1/organizations/:orgID/api-keys/:keyID/rotate                                  .      .    .      x     x     .         api_keys:write      .             .
GET    /v1/organizations/:orgID/api-keys/:keyID/usage                                   .      .    x      x     x     .         api_keys:read       .             .
POST   /v1/organizations/:orgID/api-keys/explain                                        .      .    .      x     x     .         .                   .             .
POST   /v1/organizations/:orgID/api-keys/import                                         .      .    .      x     x     .         .                   .             .
GET    /v1/organizations/:orgID/attention                                               .      .    .      x     x     .         audit:read          .             .
GET    /v1/organizations/:orgID/audit-events                                            .      .    .      x     x     .         audit:read          .             .
GET    /v1/organizations/:orgID/audit-events/verify                                     .      .    .      x     x     .         audit:read          .             .
GET    /v1/organizations/:orgID/invitations                                             .      .    .      x     x     .         invitations:read    .             .
POST   /v1/organizations/:orgID/invitations                                             .      .    .      x     x     .         invitations:write   .             .
DELETE /v1/organizations/:orgID/invitations/:invitationID                               .      .    .      x     x     .         invitations:write   .             .
POST   /v1/organizations/:orgID/invitations/:invitationID/resend                        .      .    .      x     x     .         invitations:write   .             .
POST   /v1/organizations/:orgID/invitations/batch                                       .      .    .      x     x     .         invitations:write   .             .
GET    /v1/organizations/:orgID/members                                                 .      .    x      x     x     .         members:read        .             .
DELETE /v1/organizations/:orgID/members/:ref                                            .      .    x      x     x     .         members:write       .             .
GET    /v1/organizations/:orgID/members/:ref                                            .      .    x      x     x     .         members:read        .             .
PATCH  /v1/organizations/:orgID/members/:ref                                            .      .    .      x     x     .         members:write       .             .
GET    /v1/organizations/:orgID/members/:ref/offboarding                                .      .    .      x     x     .         .                   .             .
GET    /v1/organizations/:orgID/oauth-clients                                           .      .    .      x     x     .         oauth_clients:read  .             .
POST   /v1/organizations/:orgID/oauth-clients                                           .      .    .      x     x     .         oauth_clients:write .             .
DELETE /v1/organizations/:orgID/oauth-clients/:clientID                                 .      .    .      x     x     .         oauth_clients:write .             .
GET    /v1/organizations/:orgID/oauth-clients/:clientID                                 .      .    .      x     x     .         oauth_clients:read  .             .
PATCH  /v1/organizations/:orgID/oauth-clients/:clientID                                 .      .    .      x     x     .         oauth_clients:write .             .
POST   /v1/organizations/:orgID/oauth-clients/:clientID/revoke-tokens                   .      .    .      x     x     .         oauth_clients:write .             .
POST   /v1/organizations/:orgID/oauth-clients/:clientID/rotate-secret                   .      .    .      x     x     .         oauth_clients:write .             .
GET    /v1/organizations/:orgID/oauth-clients/:clientID/secrets                         .      .    .      x     x     .         oauth_clients:read  .             .
POST   /v1/organizations/:orgID/oauth-clients/:clientID/secrets                         .      .    .      x     x     .         oauth_clients:write .             .
DELETE /v1/organizations/:orgID/oauth-clients/:clientID/secrets/:secretID               .      .    .      x     x     .         oauth_clients:write .             .
POST   /v1/organizations/:orgID/oauth-clients/:clientID/secrets/:secretID/revoke-tokens .      .    .      x     x     .         oauth_clients:write .             .
GET    /v1/organizations/:orgID/oauth-clients/:clientID/usage                           .      .    .      x     x     .         oauth_clients:read  .             .
POST   /v1/organizations/:orgID/oauth-clients/revoke-tokens                             .      .    .      x     x     .         oauth_clients:write .             .
GET    /v1/organizations/:orgID/usage                                                   .      .    .      x     x     .         audit:read          .             .
POST   /v1/organizations/:orgID/transfer-ownership                                      .      .    .      .     x     .         .                   .             .
POST   /v1/password-resets                                                              x      .    .      .     .     .         .                   .             .
POST   /v1/password-resets/confirm                                                      x      .    .      .     .     .         .                   .             .
GET    /v1/projects                                                                     .      x    .      .     .     .         projects:read       .             .
POST   /v1/projects                                                                     .      x    .      .     .     .         projects:write      .             .
DELETE /v1/projects/:projectID                                                          .      x    .      .     .     .         projects:write      .             .
GET    /v1/projects/:projectID                                                          .      x    .      .     .     .         projects:read       .             .
PATCH  /v1/projects/:projectID                                                          .      x    .      .     .     .         projects:write      .             .
GET    /v1/sessions                                                                     .      x    .      .     .     .         .                   .             .
POST   /v1/sessions                                                                     x      .    .      .     .     .         .                   .             .
DELETE /v1/sessions/:sessionID                                                          .      x    .      .     .     .         .                   .             .
DELETE /v1/sessions/current                                                             .      x    .      .     .     .         .                   .             .
POST   /v1/setup                                                                        x      .    .      .     .     .         .                   .             .
DELETE /v1/users/me                                                                     .      x    .      .     .     .         .                   .             .
GET    /v1/users/me                                                                     .      x    .      .     .     .         .                   .             .
PATCH  /v1/users/me                                                                     .      x    .      .     .     .         .                   .             .
POST   /v1/users/me/password                                                            .      x    .      .     .     .         .                   .             .
POST   /v1/users/me/verify-email                                                        .      x    .      .     .     .         .                   .             .
`;

interface Row {
  readonly method: Method;
  readonly path: string;
  readonly isPublic: boolean;
  readonly takesUsers: boolean;
  readonly roles: readonly string[];
  /** Of keys and tokens: a scope, `any`, or `.` where they are not taken. */
  readonly scope: string;
  /** Of clients, the same. */
  readonly clientScope: string;
  readonly takesResourceServers: boolean;
}

const LINES = TABLE.trim().split('\n').slice(1).map(withSingleSpaces);

const ROWS = LINES.map((line): Row => {
  const [method, path = '', open, user, member, admin, owner, , scope = '', client = '', server] =
    line.split(' ');
  const roles = { member, admin, owner };
  return {
    method: method as Method,
    path,
    isPublic: open === 'x',
    takesUsers: user === 'x',
    roles: Object.entries(roles).flatMap(([role, mark]) => (mark === 'x' ? [role] : [])),
    scope,
    clientScope: client,
    takesResourceServers: server === 'x',
  };
});

function withSingleSpaces(line: string): string {
  return line.replace(/ +/g, ' ').trim();
}

/** A line of the table for a rule, or for none. */
function lineOf(route: string, rule: AccessRule | undefined): string {
  if (!rule) return `${route} (no rule)`;
  const mark = (isTaken: boolean): string => (isTaken ? 'x' : '.');
  const takes = (role: Role): string => mark(rule.role !== undefined && outranks(role, rule.role));
  const marks = [
    mark(rule.public === true),
    mark(rule.user === true),
    takes('member'),
    takes('admin'),
    takes('owner'),
    mark(rule.whileSuspended === true),
    rule.scope ?? (rule.machine ? 'any' : '.'),
    rule.client === true ? 'any' : (rule.client ?? '.'),
    mark(rule.resourceServer === true),
  ];
  return [route, ...marks].join(' ');
}

/** By path, then by method. */
function sorted(lines: readonly string[]): string[] {
  const key = (line: string): string => line.replace(/^(\S+) (\S+)/, '$2 $1');
  return lines.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

describe('the access table', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await applicationOfTest();
  });
  afterAll(() => app.close());

  it('S27: says of every route who may call it', () => {
    const declared = declaredRoutes(app).map(({ route, rule }) => lineOf(route, rule));
    expect(sorted(declared)).toEqual(sorted(LINES));
  });

  it('has every route that the HTTP server answers', () => {
    const inTable = ROWS.map(({ method, path }) => `${method} ${path}`);
    expect(sorted(servedRoutes(app))).toEqual(sorted(inTable));
  });

  it('is what the API description says', async () => {
    const { paths } = await ask<Description>('GET', '/openapi.json');
    // test/operator-access.e2e-spec.ts has those of operators.
    const others = Object.entries(paths).filter(
      ([path]) => !/^\/(?:v1\/admin\/|metrics$)/.test(path),
    );
    const described = others.flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { security }]) => {
        const route = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`;
        return describedLine(route, security);
      }),
    );
    const pages = /^GET \/(?:dashboard|docs|api\/v3\/public\/docs|openapi\.json)/;
    const withoutPages = LINES.filter((line) => !pages.test(line));
    expect(sorted(described)).toEqual(sorted(withoutPages.map(withoutSuspended)));
  });
});

interface Description {
  readonly paths: Readonly<Record<string, Record<string, { security: Requirement[] }>>>;
}
type Requirement = Readonly<Record<string, readonly string[]>>;

/** What a description can't say: whether people may call it while the organization is suspended. */
function withoutSuspended(line: string): string {
  return line.split(' ').toSpliced(7, 1).join(' ');
}

function describedLine(route: string, security: readonly Requirement[]): string {
  const required = Object.assign({}, ...security) as Requirement;
  const names = (scheme: string): string => {
    const scopes = required[scheme];
    return scopes ? scopes.join(' ') || 'any' : '.';
  };
  const { session } = required;
  const role = session?.[0] as Role | undefined;
  const rule: AccessRule = {
    ...((security.length === 0 || security.some((one) => Object.keys(one).length === 0)) && {
      public: true,
    }),
    ...(session && (role ? { role } : { user: true })),
    ...(required.resource_server && { resourceServer: true }),
  };
  expect([names('access_token'), names('bearer')]).toEqual([names('api_key'), names('api_key')]);
  const parts = withoutSuspended(lineOf(route, rule)).split(' ');
  return parts.with(7, names('api_key')).with(8, names('client')).join(' ');
}

/** Someone who calls a route, and what he is to the organization in its path. */
interface Caller {
  readonly name: string;
  readonly as: string | undefined;
  /** What the table makes of him: in, or the status of the refusal. */
  expected(row: Row): 'in' | 401 | 403 | 404;
}

const isForClientsAlone = ({ clientScope, scope }: Row): boolean =>
  clientScope !== '.' && scope === '.';
const isInOrganization = ({ path }: Row): boolean => path.includes(':orgID');

async function callersOf(organization: TestOrganization): Promise<Caller[]> {
  const another = await newOrganization();
  const person = (role: string | null) => (row: Row) => {
    if (isForClientsAlone(row)) return 401;
    if (row.takesUsers) return 'in';
    if (isInOrganization(row) && role === null) return 404;
    return role !== null && row.roles.includes(role) ? 'in' : 403;
  };
  const machine =
    (holds: (scope: string) => boolean, isOwn = true) =>
    (row: Row) => {
      if (isForClientsAlone(row)) return 401;
      if (isInOrganization(row) && !isOwn) return 404;
      return row.scope !== '.' && (row.scope === 'any' || holds(row.scope)) ? 'in' : 403;
    };
  const basic = (holds: (scope: string) => boolean) => (row: Row) => {
    if (row.clientScope === '.') return 401;
    return row.clientScope === 'any' || holds(row.clientScope) ? 'in' : 403;
  };
  const any = (): boolean => true;
  const narrow = { scopes: ['projects:read', 'api_keys:write'] };
  const onlyThose = (scope: string): boolean => narrow.scopes.includes(scope);
  const wide = { scopes: ['*'] };
  const basicOf = async (wanted: { scopes: string[] }): Promise<string> =>
    `Basic ${(await organization.client(wanted)).basicCredential}`;
  const callers: Caller[] = [
    { name: 'nobody', as: undefined, expected: () => 401 },
    { name: 'a stranger', as: another.owner.session, expected: person(null) },
    {
      name: 'a member',
      as: (await organization.member('member')).session,
      expected: person('member'),
    },
    {
      name: 'an admin',
      as: (await organization.member('admin')).session,
      expected: person('admin'),
    },
    { name: 'an owner', as: organization.owner.session, expected: person('owner') },
    { name: 'a key', as: (await organization.apiKey(wide)).plaintext, expected: machine(any) },
    {
      name: 'a narrow key',
      as: (await organization.apiKey(narrow)).plaintext,
      expected: machine(onlyThose),
    },
    {
      name: "another's key",
      as: (await another.apiKey(wide)).plaintext,
      expected: machine(any, false),
    },
    { name: 'a token', as: await organization.token(['*']), expected: machine(any) },
    {
      name: 'a narrow token',
      as: await organization.token(narrow.scopes),
      expected: machine(onlyThose),
    },
    { name: 'a client', as: await basicOf(wide), expected: basic(any) },
    { name: 'a narrow client', as: await basicOf(narrow), expected: basic(onlyThose) },
    {
      name: 'a resource server',
      as: testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
      expected: (row) => {
        if (isForClientsAlone(row)) return 401;
        return row.takesResourceServers ? 'in' : 403;
      },
    },
  ];
  return callers;
}

/** What a path may hold beside its organization; nothing of these exists. */
const ABSENT: Readonly<Record<string, string>> = {
  clientID: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt',
  file: 'openapi.json',
  invitationID: 'inv_01kaw2hxk5f0c9xd2zp7r3m8qe',
  keyID: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe',
  loginID: 'dev_01kaw2hxk5f0c9xd2zp7r3m8qe',
  projectID: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
  ref: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
  secretID: 'sec_01kaw2hxk5f0c9xd2zp7r3m8qe',
  sessionID: 'ses_01kaw2hxk5f0c9xd2zp7r3m8qe',
  userID: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
};

/** An empty request: whoever is let in is told what is missing, or that nothing is there. */
function knock(
  { method, path }: Row,
  { id }: TestOrganization,
  { as }: Caller,
): Promise<Answer<ErrorBody>> {
  const address = path.replace(/:(\w+)/g, (_, name: string) =>
    name === 'orgID' ? id : ABSENT[name]!,
  );
  const isForm = /\/(?:token|revoke_token|introspect)$/.test(path);
  // Which need nothing more to end all callers or their tokens: a member that they do not know.
  const isFinal =
    path.endsWith('/oauth-clients/revoke-tokens') || `${method} ${path}` === 'DELETE /v1/users/me';
  const body = isFinal ? { colour: 'red' } : {};
  return call(method, address, {
    ...(as !== undefined && { as }),
    ...(isForm && { form: '' }),
    ...(!isForm && method !== 'GET' && { body }),
  });
}

const UNSEEN = 'organization not found';

function isIn({ status, body }: Answer<ErrorBody | undefined>): boolean {
  return status !== 401 && status !== 403 && body?.error !== UNSEEN;
}

it('is what happens to each kind of credential on each route', async () => {
  const organization = await newOrganization();
  const callers = await callersOf(organization);
  // Whoever has signed out is nobody from then on.
  const rows = ROWS.toSorted((one, other) => Number(isSignOut(one)) - Number(isSignOut(other)));
  const surprises = await Promise.all(
    callers.map(async (caller) => {
      const found: string[] = [];
      for (const row of rows) {
        const answer = await knock(row, organization, caller);
        const expected = isOpenTo(row, caller) ? 'in' : caller.expected(row);
        const isExpected = expected === 'in' ? isIn(answer) : answer.status === expected;
        const seen = `${caller.name}: ${row.method} ${row.path}: ${answer.status} ${answer.text.slice(0, 99)}`;
        if (!isExpected) found.push(`${seen} instead of ${expected}`);
      }
      return found;
    }),
  );
  expect(surprises.flat()).toEqual([]);
});

const isSignOut = ({ path }: Row): boolean => path === '/v1/sessions/current';

/** Where a session may be shown, whatever is shown counts; elsewhere nobody looks at it. */
const isOpenTo = ({ isPublic, takesUsers }: Row, { as }: Caller): boolean =>
  isPublic && (!takesUsers || as === undefined);

describe('a route without a rule', () => {
  @Controller('planted')
  class PlantedController {
    @Get('forgotten')
    forgotten(): object {
      return { secret: 'shown to everyone' };
    }

    @Get('declared')
    @Public()
    declared(): object {
      return { status: 'ok' };
    }
  }

  @Module({ controllers: [PlantedController] })
  class PlantedModule {}

  class Nobody extends RoleDirectory {
    override find(): Promise<null> {
      return Promise.resolve(null);
    }

    override settle(): Promise<null> {
      return Promise.resolve(null);
    }
  }

  it('answers 500 and says in the log alone what is missing', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const access = new AccessService(new Nobody(), new ScopeCatalogue([]));
    const config = readConfig({});
    const throttle = new FailureThrottle(config);
    const runtime = { publicUrl: 'http://127.0.0.1', config };
    const app = await NestFactory.create<NestFastifyApplication>(
      PlantedModule,
      createAdapter({ trustedProxies: [], publicUrl: 'http://127.0.0.1', corsOrigins: [], logger }),
      { logger: false, bodyParser: false },
    );
    app.useGlobalGuards(new AccessGuard([], access, throttle, runtime));
    app.useGlobalFilters(new ProblemFilter(logger, 'http://127.0.0.1'));
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      expect((await call('GET', '/planted/declared', { url })).status).toBe(200);
      const { status, body } = await call('GET', '/planted/forgotten', { url });
      expect({ status, body }).toEqual({
        status: 500,
        body: {
          error: 'internal error',
          code: 'internal_error',
          request_id: expect.any(String),
        },
      });
      expect(lines.join('')).toContain('no access rule is declared for GET forgotten');
    } finally {
      await app.close();
    }
  });
});
