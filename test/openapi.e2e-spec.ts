import { createConfig, lintFromString } from '@redocly/openapi-core';
import { signatureOf } from './support/github-alerts.js';
import { foreignKey } from './support/imports.js';
import type { Answer, Method, TestOrganization } from './support/keycap.js';
import { nextMail, tokenIn } from './support/mail.js';
import { call, newOrganization, newPerson, randomText } from './support/keycap.js';
import type { PlacedOperation } from './support/openapi.js';
import { Description } from './support/openapi.js';
import { startServer, testVariable } from './support/servers.js';

const WHOLE = '/openapi.json';
const KEYO = '/api/v3/public/docs/openapi.json';

let description: Description;

beforeAll(async () => {
  description = await Description.of();
});

describe.each([WHOLE, KEYO])('%s', (path) => {
  it('is valid OpenAPI 3.1, and its examples match their schemas', async () => {
    const { text } = await call('GET', path);
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // Keyo's paths end with a slash.
        'no-path-trailing-slash': 'off',
      },
    });
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ message, location: [at] }) => [message, at?.pointer])).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: testVariable('KEYCAP_TEST_URL') }],
    });
  });
});

it('describes to Keyo the token endpoint and the paths of its API, and nothing else', async () => {
  const { document } = await Description.of(KEYO);
  expect(Object.keys(document.paths).toSorted()).toEqual([
    '/api/v3/public/organizations/',
    '/api/v3/public/organizations/{orgID}/',
    '/api/v3/public/organizations/{orgID}/members/',
    '/api/v3/public/organizations/{orgID}/members/{userID}/',
    '/o/token/',
  ]);
  const { components, paths } = document;
  expect(Object.keys(components.schemas!)).not.toContain('ApiKeyBody');
  expect(paths['/o/token/']).toEqual(description.document.paths['/o/token/']);
});

/** Everything that is said of operations, one by one, and what is missing of it. */
function missingOf(operation: PlacedOperation): string[] {
  const { operationId, summary, tags, parameters, requestBody, responses, method, path } =
    operation;
  // What ends something, asks for a mail or brings something back says all that there is to say.
  const saysItAll =
    /^(?:revokeTokensOf|decline|deny|verifyMyEmail$|operator(?:Disable|Enable|End|Restore|Resume|Retry|Send))/.test(
      operationId,
    );
  const takesBody =
    operationId === 'deleteOrganization' ||
    (['post', 'put', 'patch'].includes(method) && !saysItAll);
  const success = Object.keys(responses).filter((status) => status.startsWith('2'));
  const named = parameters.map((each) => (each.$ref ? description.at(each.$ref) : each));
  const bare = Object.values(responses)
    .map((each) => (each.$ref ? description.at(each.$ref) : each))
    .filter((each) => !('description' in each) || each.description === '');
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const described = (named as Parameter[]).filter((each) => each.in === 'path');
  return [
    ...(summary === '' ? ['no summary'] : []),
    ...(tags.length === 1 ? [] : ['not one tag']),
    ...(success.length === 1 ? [] : ['not one success']),
    ...(bare.length === 0 ? [] : ['a response without description']),
    ...(takesBody === (requestBody !== undefined) ? [] : ['no body, or one too many']),
    ...inPath
      .filter((name) => !described.some((each) => each.name === name))
      .map((name) => `{${String(name)}} is not described`),
    ...described
      .filter((each) => !each.description || !each.example || !each.schema?.pattern)
      .map((each) => `{${each.name}} has no description, pattern or example`),
  ];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly example?: string;
  readonly schema?: { readonly pattern?: string };
}

it('says of every operation what it is, and what can go in and come out', () => {
  const missing = description.operations.map((one) => [one.operationId, missingOf(one)] as const);
  expect(missing.filter(([, complaints]) => complaints.length > 0)).toEqual([]);
});

it('closes every object of every answer, and every body under /v1', () => {
  const open = Object.entries(description.document.components.schemas!)
    .filter(([, schema]) => 'properties' in schema && !('additionalProperties' in schema))
    .map(([name]) => name);
  // Keyo's and OAuth's requests, in which unknown members are ignored.
  expect(open.toSorted()).toEqual([
    'BatchIntrospectionRequest',
    'KeyoMemberPatch',
    'KeyoMemberReplacement',
    'TokenForm',
    'TokenRequest',
  ]);
});

/** Something for every path parameter; nothing of it exists. */
function placed({ path }: PlacedOperation, organizationId: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'orgID') return organizationId;
    return (description.at(`#/components/parameters/${name}`) as Parameter).example!;
  });
}

const methodOf = ({ method }: PlacedOperation): Method => method.toUpperCase() as Method;

/** The documented error bodies of a status, without their request ids. */
function documentedErrors(operation: PlacedOperation, status: number): unknown[] {
  const { examples = {} } =
    description.response(operation, status).content?.['application/json'] ?? {};
  return Object.values(examples).map(({ value }) => withoutRequestId(value));
}

function withoutRequestId(body: unknown): unknown {
  const { request_id: _, ...rest } = body as { request_id?: string };
  return rest;
}

it('says which values there can be where they are few', () => {
  const valuesOf = (schema: string, member: string): unknown =>
    (
      description.at(`#/components/schemas/${schema}`) as {
        properties: Record<string, { enum?: unknown[] }>;
      }
    ).properties[member]!.enum;
  expect(valuesOf('InvitationResultBody', 'code')).toEqual([
    'validation_error',
    'cannot_grant_owner',
    'already_member',
    'already_invited',
    null,
  ]);
  expect(valuesOf('OffboardedCredentialBody', 'source')).toEqual([
    ...['dashboard', 'api', 'cli', 'agent', 'import'],
    null,
  ]);
});

it('says that an invitation is not sent again once it was accepted, revoked or declined', () => {
  const errors = documentedErrors(description.operation('resendInvitation'), 410);
  expect(errors.map((each) => (each as { code: string }).code).toSorted()).toEqual([
    'invitation_accepted',
    'invitation_revoked',
  ]);
});

/** One refusal that several operations share, and the request that provokes it. */
interface Provocation {
  readonly name: string;
  readonly status: number;
  concerns(operation: PlacedOperation): boolean;
  provoke(operation: PlacedOperation, organization: TestOrganization): Promise<Answer<unknown>>;
}

/** But for what is told of nothing without an operator's, at the port of the API (test/metrics). */
const needsCredential = ({ security, path }: PlacedOperation): boolean =>
  security.length > 0 &&
  security.every((one) => Object.keys(one).length > 0) &&
  path !== '/metrics';
const isJson = ({ requestBody }: PlacedOperation): boolean =>
  requestBody !== undefined && 'application/json' in requestBody.content;

const takesSession = ({ security }: PlacedOperation): boolean =>
  security.some((one) => 'session' in one);

const PROVOCATIONS: readonly Provocation[] = [
  {
    name: 'no credential',
    status: 401,
    concerns: needsCredential,
    provoke: (operation, { id }) =>
      call(methodOf(operation), placed(operation, id), isJson(operation) ? { body: {} } : {}),
  },
  {
    name: 'a bad credential',
    status: 401,
    concerns: needsCredential,
    provoke: (operation, { id }) =>
      call(methodOf(operation), placed(operation, id), {
        as: `kcs_${'a'.repeat(43)}`,
        ...(isJson(operation) && { body: {} }),
      }),
  },
  {
    name: 'two credentials',
    status: 400,
    concerns: needsCredential,
    provoke: (operation, { id }) =>
      call(methodOf(operation), placed(operation, id), {
        as: 'x',
        headers: { 'x-api-key': 'x' },
        ...(isJson(operation) && { body: {} }),
      }),
  },
  {
    name: 'an organization that is not seen',
    status: 404,
    concerns: (operation) => operation.path.includes('{orgID}') && takesSession(operation),
    provoke: async (operation, { id }) =>
      call(methodOf(operation), placed(operation, id), {
        as: (await newPerson()).session,
        ...(isJson(operation) && { body: {} }),
      }),
  },
  {
    name: 'malformed JSON',
    status: 400,
    concerns: isJson,
    provoke: (operation, { id, owner }) =>
      call(methodOf(operation), placed(operation, id), {
        as: owner.session,
        form: '{',
        headers: { 'content-type': 'application/json' },
      }),
  },
  {
    name: 'a body that is no JSON',
    status: 415,
    // At /o it is 400 (RFC 6749 §5.2).
    concerns: (operation) => isJson(operation) && !operation.path.startsWith('/o/'),
    provoke: (operation, { id, owner }) =>
      call(methodOf(operation), placed(operation, id), {
        as: owner.session,
        form: 'a=b',
        headers: { 'content-type': 'text/plain' },
      }),
  },
  {
    name: 'a body that is too large',
    status: 413,
    concerns: ({ requestBody }) => requestBody !== undefined,
    provoke: (operation, { id, owner }) => {
      // More than a route takes that takes hundreds of things at once.
      const huge = 'a'.repeat(1_100_000);
      return call(methodOf(operation), placed(operation, id), {
        as: owner.session,
        ...(isJson(operation) ? { body: { huge } } : { form: { huge } }),
      });
    },
  },
];

it.each(PROVOCATIONS)('answers $name as it is described', async (provocation) => {
  const organization = await newOrganization();
  const concerned = description.operations.filter((each) => provocation.concerns(each));
  expect(concerned.length).toBeGreaterThan(5);
  const surprises: unknown[] = [];
  for (const operation of concerned) {
    const { operationId } = operation;
    const answer = await provocation.provoke(operation, organization);
    if (answer.status !== provocation.status) surprises.push([operationId, answer.status]);
    surprises.push(...description.complaintsAbout(operationId, answer));
    const documented = documentedErrors(operation, answer.status);
    const body = withoutRequestId(answer.body);
    if (!documented.some((one) => JSON.stringify(one) === JSON.stringify(body))) {
      surprises.push([operationId, body, 'is none of', documented]);
    }
  }
  expect(surprises).toEqual([]);
});

describe('real answers', () => {
  /** Operations of which an answer was seen, and what was wrong with it. */
  const seen = new Set<string>();
  let surprises: string[];

  beforeEach(() => {
    surprises = [];
  });

  /** Calls an operation, with its success as the expected answer. */
  async function use<T>(
    id: string,
    parameters: Readonly<Record<string, string>>,
    options: Parameters<typeof call>[2] = {},
  ): Promise<T> {
    const operation = description.operation(id);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name]!);
    const query = parameters.query ?? '';
    const answer = await call<T>(methodOf(operation), path + query, options);
    seen.add(id);
    surprises.push(...description.complaintsAbout(id, answer));
    if (answer.status >= 300) surprises.push(`${id}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  it('of people, organizations, members, invitations and projects are as described', async () => {
    const organization = await newOrganization();
    const { owner, id: orgID } = organization;
    const as = owner.session;
    const member = await organization.member('member');
    const { email, password } = member;
    const signedIn = await use<{ session_token: string }>(
      'signIn',
      {},
      { body: { email, password } },
    );
    const { sessions } = await use<{ sessions: { id: string; is_current: boolean }[] }>(
      'listSessions',
      {},
      { as: signedIn.session_token },
    );
    const other = sessions.find(({ is_current }) => !is_current)!;
    await use('endSession', { sessionID: other.id }, { as: signedIn.session_token });
    await use('getMyUser', {}, { as });
    await use('changeMyUser', {}, { as, body: { name: 'Ada' } });
    await use('getMe', {}, { as });
    await use('getMe', { query: `?organization_id=${orgID}` }, { as });
    await use('listOrganizations', {}, { as });
    await use('createOrganization', {}, { as, body: { name: 'Acme', metadata: { a: [1] } } });
    await use('getOrganization', { orgID }, { as });
    await use('changeOrganization', { orgID }, { as, body: { name: 'Acme Ltd' } });
    await use('listMembers', { orgID }, { as });
    await use('getMember', { orgID, ref: member.id }, { as });
    await use('changeMember', { orgID, ref: member.id }, { as, body: { role: 'admin' } });
    await use('previewOffboarding', { orgID, ref: owner.id }, { as });
    await use('signOut', {}, { as: signedIn.session_token });
    await use('removeMember', { orgID, ref: member.id }, { as });
    await use('createProject', {}, { as, body: { organization_id: orgID, name: 'Production' } });
    const { projects } = await use<{ projects: { id: string }[] }>(
      'listProjects',
      { query: `?organization_id=${orgID}&q=prod` },
      { as },
    );
    const projectID = projects[0]!.id;
    await use('getProject', { projectID }, { as });
    await use('changeProject', { projectID }, { as, body: { name: 'Live' } });
    await use('deleteProject', { projectID }, { as });
    const heir = await organization.member('admin');
    await use('transferOwnership', { orgID }, { as, body: { user_id: heir.id } });
    await use('listAuditEvents', { orgID }, { as });
    await use('verifyAuditEvents', { orgID }, { as });
    await use('getOrganizationUsage', { orgID }, { as });
    await use('listAttention', { orgID }, { as });
    const { slug } = organization;
    await use('deleteOrganization', { orgID }, { as: heir.session, body: { confirm: slug } });
    await use('deleteMyUser', {}, { as: (await newPerson()).session });
    await use('getLiveness', {});
    await use('getReadiness', {});
    await use('getJwks', {});
    await use('getServerMetadata', {});
    await use('getServerMetadataAtWellKnownOauthAuthorizationServerO', {});
    await use('getServerMetadataAtOWellKnownOauthAuthorizationServer', {});
    await use('getResourceMetadata', {});
    expect(surprises).toEqual([]);
  });

  it('of invitations are as described', async () => {
    const { owner, id: orgID } = await newOrganization();
    const as = owner.session;
    const invite = (email: string): Promise<{ invitation: { id: string }; accept_url: string }> =>
      use('createInvitation', { orgID }, { as, body: { email, role: 'member' } });
    const first = await invite(`${randomText()}@keycap.test`);
    await use('listInvitations', { orgID, query: '?q=keycap.test' }, { as });
    await use('resendInvitation', { orgID, invitationID: first.invitation.id }, { as, body: {} });
    const email = `${randomText()}@keycap.test`;
    const rows = [
      { email, role: 'admin' },
      { email: 'nobody' },
      { email, role: 'member' },
      { email: owner.email, role: 'member' },
      { email: `${randomText()}@keycap.test`, role: 'owner' },
    ];
    const { results } = await use<{ results: { accept_url: string | null }[] }>(
      'createInvitations',
      { orgID },
      { as, body: { invitations: rows } },
    );
    const declined = results[0]!.accept_url!.split('#token=')[1]!;
    await use('declineInvitation', {}, { headers: { 'x-invitation-token': declined } });
    await use('revokeInvitation', { orgID, invitationID: first.invitation.id }, { as });
    const second = await invite(`${randomText()}@keycap.test`);
    const token = second.accept_url.split('#token=')[1]!;
    await use('lookUpInvitation', {}, { headers: { 'x-invitation-token': token } });
    const body = { token, name: 'Grace Hopper', password: 'a ship in port is safe' };
    await use('acceptInvitation', {}, { body });
    expect(surprises).toEqual([]);
  });

  it('of passwords and mailed links are as described', async () => {
    const { email, session: as, password } = await newPerson();
    await use('verifyMyEmail', {}, { as });
    await use('confirmEmail', {}, { body: { token: tokenIn(await nextMail(email)) } });
    const wanted = 'eleven quiet lamps above the harbour';
    const change = { current_password: password, new_password: wanted };
    await use('changeMyPassword', {}, { as, body: change });
    await use('requestPasswordReset', {}, { body: { email } });
    const token = tokenIn(await nextMail(email, { count: 2 }));
    await use('confirmPasswordReset', {}, { body: { token, password } });
    expect(surprises).toEqual([]);
  });

  it('of keys are as described', async () => {
    const { owner, id: orgID } = await newOrganization();
    const as = owner.session;
    const wanted = {
      name: 'CI',
      scopes: ['*'],
      device_name: 'laptop',
      expires_at: '2099-01-01T00:00:00Z',
      ip_allowlist: ['0.0.0.0/0'],
      rate_limit: { limit: 100, window_seconds: 60 },
      metadata: { team: 'data' },
    };
    const made = await use<{ api_key: { id: string }; plaintext_api_key: string }>(
      'createApiKey',
      { orgID },
      { as, body: wanted },
    );
    const keyID = made.api_key.id;
    const key = made.plaintext_api_key;
    await use('listApiKeys', { orgID }, { as: key });
    await use('getApiKey', { orgID, keyID }, { as });
    const server = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');
    await use('verifyApiKey', {}, { as: server, body: { api_key: key, ip: '192.0.2.1' } });
    await use('verifyApiKey', {}, { as: server, body: { api_key: 'no key' } });
    await use('getKeyFormat', {}, {});
    await use('reportLeakedKeys', {}, { body: { api_keys: ['no key'] } });
    const alerts = [{ token: 'no key', type: 'capy_api_key', url: 'https://example.com/.env' }];
    const signed = {
      'github-public-key-identifier': 'tests',
      'github-public-key-signature': signatureOf(JSON.stringify(alerts)),
    };
    await use('receiveGithubAlerts', {}, { body: alerts, headers: signed });
    await use('verifyApiKeys', {}, { as: server, body: { api_keys: [key, 'no key'] } });
    await use('explainApiKey', { orgID }, { as, body: { api_key: key } });
    await use('explainApiKey', { orgID }, { as, body: { api_key: 'no key' } });
    await use('getApiKeyUsage', { orgID, keyID }, { as });
    await use('getMe', {}, { as: key });
    const next = await use<{ api_key: { id: string } }>(
      'rotateApiKey',
      { orgID, keyID },
      { as, body: { overlap_seconds: 60 } },
    );
    const keys = [foreignKey().row, { name: 'nothing else' }];
    await use('importApiKeys', { orgID }, { as, body: { keys, dry_run: true } });
    await use('importApiKeys', { orgID }, { as, body: { keys } });
    const changed = { orgID, keyID: next.api_key.id };
    await use('changeApiKey', changed, { as, body: { name: 'Renamed', is_active: false } });
    await use('revokeApiKey', { orgID, keyID }, { as });
    expect(surprises).toEqual([]);
  });

  it('of device logins are as described', async () => {
    const { owner, id: orgID } = await newOrganization();
    const as = owner.session;
    const start = (): Promise<{ session_id: string; poll_token: string; user_code: string }> =>
      use('startDeviceLogin', {}, { body: { scopes: ['projects:read'], device_name: 'laptop' } });
    const [approved, denied] = [await start(), await start()];
    const loginID = approved.session_id;
    const headers = { 'x-keycap-poll-token': approved.poll_token };
    await use('pollDeviceLogin', { loginID }, { headers });
    await use('findDeviceLogin', { query: `?user_code=${approved.user_code}` }, { as });
    await use('approveDeviceLogin', { loginID }, { as, body: { organization_id: orgID } });
    await use('getDeviceLogin', { loginID }, { as });
    await use('pollDeviceLogin', { loginID }, { headers });
    await use('denyDeviceLogin', { loginID: denied.session_id }, { as });
    expect(surprises).toEqual([]);
  });

  it('of clients, tokens and Keyo are as described', async () => {
    const organization = await newOrganization();
    const { owner, id: orgID } = organization;
    const as = owner.session;
    const made = await use<{ oauth_client: { client_id: string }; basic_credential: string }>(
      'createOAuthClient',
      { orgID },
      { as, body: { name: 'Nightly sync' } },
    );
    const clientID = made.oauth_client.client_id;
    await use('listOAuthClients', { orgID, query: '?q=sync&is_active=true' }, { as });
    await use('getOAuthClient', { orgID, clientID }, { as });
    await use('changeOAuthClient', { orgID, clientID }, { as, body: { name: 'Sync' } });
    const { secret } = await use<{ secret: { id: string } }>(
      'addClientSecret',
      { orgID, clientID },
      { as, body: { label: 'next', expires_at: '2099-01-01T00:00:00Z' } },
    );
    await use('listClientSecrets', { orgID, clientID }, { as });
    await use('revokeClientSecret', { orgID, clientID, secretID: secret.id }, { as });
    const basic = `Basic ${made.basic_credential}`;
    const form = { grant_type: 'client_credentials' };
    const { access_token: token } = await use<{ access_token: string }>(
      'issueToken',
      {},
      { as: basic, form },
    );
    await use('issueTokenAtV1OauthToken', {}, { as: basic, form });
    await use('introspectToken', {}, { as: basic, form: { token } });
    await use('introspectToken', {}, { as: basic, form: { token: 'unknown' } });
    await use('introspectTokens', {}, { as: basic, body: { tokens: [token, 'unknown'] } });
    const usage = { orgID, clientID, query: '?days=2' };
    await use('getClientUsage', usage, { as });
    const userID = (await organization.member('member')).id;
    const body = { role: 'admin', status: 'active' };
    await use('keyoListOrganizations', {}, { as: token });
    await use('keyoGetOrganization', { orgID }, { as: token });
    await use('keyoListMembers', { orgID, query: '?limit=1' }, { as: token });
    await use('keyoGetMember', { orgID, userID }, { as: token });
    await use('keyoChangeMember', { orgID, userID }, { as: token, body: { status: 'paused' } });
    await use('keyoReplaceMember', { orgID, userID }, { as: token, body });
    await use('keyoRemoveMember', { orgID, userID }, { as: token });
    await use('revokeToken', {}, { as: basic, form: { token } });
    await use('revokeTokensOfSecret', { orgID, clientID, secretID: secret.id }, { as });
    await use('revokeTokensOfClient', { orgID, clientID }, { as });
    await use('revokeTokensOfOrganization', { orgID }, { as });
    await use('rotateClientSecret', { orgID, clientID }, { as, body: { overlap_seconds: 0 } });
    await use('deleteOAuthClient', { orgID, clientID }, { as });
    expect(surprises).toEqual([]);
  });

  it('leave no operation out', () => {
    const unseen = description.operations.filter(({ operationId }) => !seen.has(operationId));
    const names = unseen.map(({ operationId }) => operationId);
    // The shared server was set up before any test; test/operator-openapi.e2e-spec.ts has operators'.
    expect(names.filter((name) => !name.startsWith('operator'))).toEqual(['setUp']);
  });
});

it('answers a set-up, and that it is over, as described', async () => {
  const server = await startServer();
  try {
    const { url, setupToken } = server;
    const setUp = (): Promise<Answer<unknown>> =>
      call('POST', '/v1/setup', {
        url,
        headers: { 'x-setup-token': setupToken! },
        body: {
          email: 'ada@example.com',
          password: 'correct horse battery staple',
          organization_name: 'Acme',
        },
      });
    const answers = [await setUp(), await setUp()];
    expect(answers.map(({ status }) => status)).toEqual([201, 409]);
    expect(answers.flatMap((answer) => description.complaintsAbout('setUp', answer))).toEqual([]);
  } finally {
    await server.stop();
  }
});
