import { randomBase62 } from '../../src/access/secrets/secret.js';
import { foreignKey } from '../support/imports.js';
import { randomText } from '../support/keycap.js';
import type { Row } from './row.js';
import { PASSWORD } from './tenant.js';

/**
 * Every operation of the API description, and how the isolation matrix fills it. To add one:
 *
 * 1. Name it by its `operationId`. `path`, `query` and `body` list every name that the description
 *    has, with the kind of thing that the value names (`objects.ts`), or null where it names
 *    nothing of a tenant. A name that ends an id and is null would be a hole: look twice.
 * 2. Give a good query (`asking`) and body (`sending`) where it needs them.
 * 3. Does success use something up? `fresh` makes it anew for each request. Would success take the
 *    tenant apart (its deletion, all of its tokens, an account)? `own: 'spoiled'`.
 * 4. Run `npm test -- test/isolation` and read what surprises it: a status that a rule of the
 *    service decides goes to `own` or `elsewhere`, by the name of who asks.
 *
 * A new kind of thing needs a line in `objects.ts` and one in `tenant.ts`.
 */
export const OPERATIONS: Readonly<Record<string, Row>> = {
  // Public.
  getJwks: {},
  getKeyFormat: {},
  reportLeakedKeys: {
    body: { api_keys: null, source_url: null },
    sending: () => ({ api_keys: ['no key of anyone'] }),
  },
  // Signed by GitHub, which nobody here is.
  receiveGithubAlerts: { body: {}, own: 400 },
  getLiveness: {},
  getReadiness: {},
  getResourceMetadata: {},
  getServerMetadata: {},
  getServerMetadataAtOWellKnownOauthAuthorizationServer: {},
  getServerMetadataAtWellKnownOauthAuthorizationServerO: {},
  setUp: {
    body: { email: null, password: null, name: null, organization_name: null },
    sending: () => ({ email: 'a@keycap.test', password: PASSWORD, organization_name: 'Late' }),
    own: 409,
  },

  // People.
  signIn: {
    body: { email: null, password: null },
    sending: (_, { member }) => ({ email: member.email, password: PASSWORD }),
  },
  changeMyPassword: {
    body: { current_password: null, new_password: null },
    sending: () => ({ current_password: 'not the one of today', new_password: PASSWORD }),
    own: 403,
  },
  requestPasswordReset: {
    body: { email: null },
    sending: () => ({ email: `${randomText()}@keycap.test` }),
  },
  confirmPasswordReset: {
    body: { token: null, password: null },
    sending: () => ({ token: randomBase62(43), password: PASSWORD }),
    own: 410,
  },
  verifyMyEmail: {},
  confirmEmail: {
    body: { token: null },
    sending: () => ({ token: randomBase62(43) }),
    own: 410,
  },
  listSessions: { query: { limit: null, cursor: null } },
  signOut: {
    freshCredential: (make, { person }) => make.signIn(person!.email),
  },
  endSession: {
    path: { sessionID: 'session' },
    fresh: async (make, { person }) => ({
      session: await make.sessionId(await make.signIn(person!.email)),
    }),
  },
  getMyUser: {},
  deleteMyUser: { own: 'spoiled' },
  changeMyUser: { body: { name: null }, sending: () => ({ name: `Person ${randomText()}` }) },
  getMe: { query: { organization_id: 'organization' } },

  // Organizations.
  listOrganizations: { query: { limit: null, cursor: null } },
  createOrganization: {
    body: { name: null, slug: null, metadata: null },
    sending: () => ({ name: `New ${randomText()}` }),
  },
  getOrganization: { path: { orgID: 'organization' } },
  changeOrganization: {
    path: { orgID: 'organization' },
    body: { name: null, slug: null, metadata: null, policy: null },
    sending: () => ({ name: `Renamed ${randomText()}` }),
  },

  deleteOrganization: {
    path: { orgID: 'organization' },
    query: { confirm: null },
    body: { confirm: null },
    own: 'spoiled',
  },
  // Success would make an admin of the owner.
  transferOwnership: {
    path: { orgID: 'organization' },
    body: { user_id: 'user' },
    sending: ({ user }) => ({ user_id: user }),
    own: 'spoiled',
  },

  // Members.
  listMembers: {
    path: { orgID: 'organization' },
    query: { role: null, status: null, q: null, limit: null, cursor: null },
  },
  getMember: { path: { orgID: 'organization', ref: ['user', 'membership'] } },
  previewOffboarding: { path: { orgID: 'organization', ref: ['user', 'membership'] } },
  changeMember: {
    path: { orgID: 'organization', ref: ['user', 'membership'] },
    body: { role: null, status: null },
    sending: () => ({ role: 'member' }),
  },
  removeMember: {
    path: { orgID: 'organization', ref: ['user', 'membership'] },
    fresh: async (make) => ({ user: await make.silentMember() }),
    own: { 'a member': 403 },
  },

  // Device login. Until it is answered, it belongs to nobody: whoever knows the id sees it.
  startDeviceLogin: {
    body: { name: null, device_name: null, scopes: null, expires_at: null, source: null },
    sending: () => ({ device_name: 'laptop' }),
  },
  pollDeviceLogin: {
    path: { loginID: 'deviceLogin' },
    headers: () => ({ 'x-capydb-poll-token': `kcd_${randomBase62(43)}` }),
    own: 404,
  },
  findDeviceLogin: {
    query: { user_code: null },
    asking: () => ({ user_code: 'BBBB-BBBB' }),
    own: 404,
  },
  getDeviceLogin: {
    path: { loginID: 'deviceLogin' },
    fresh: async (make) => ({ deviceLogin: await make.deviceLogin() }),
  },
  approveDeviceLogin: {
    path: { loginID: 'deviceLogin' },
    body: { organization_id: 'organization', project_id: 'project', scopes: null },
    sending: ({ organization }) => ({ organization_id: organization }),
    fresh: async (make) => ({ deviceLogin: await make.deviceLogin() }),
    own: { 'a stranger': 404 },
  },
  denyDeviceLogin: {
    path: { loginID: 'deviceLogin' },
    fresh: async (make) => ({ deviceLogin: await make.deviceLogin() }),
  },

  // Invitations.
  listInvitations: {
    path: { orgID: 'organization' },
    query: { status: null, q: null, limit: null, cursor: null },
  },
  createInvitation: {
    path: { orgID: 'organization' },
    body: { email: null, role: null, expires_in_days: null, send_email: null },
    sending: () => ({ email: `${randomText()}@keycap.test`, role: 'member' }),
  },
  createInvitations: {
    path: { orgID: 'organization' },
    body: { invitations: null },
    sending: () => ({ invitations: [{ email: `${randomText()}@keycap.test`, role: 'member' }] }),
  },
  resendInvitation: {
    path: { orgID: 'organization', invitationID: 'invitation' },
    body: { expires_in_days: null, send_email: null },
    fresh: async (make) => ({ invitation: (await make.invitation()).id }),
  },
  revokeInvitation: {
    path: { orgID: 'organization', invitationID: 'invitation' },
    fresh: async (make) => ({ invitation: (await make.invitation()).id }),
  },
  lookUpInvitation: {
    headers: ({ invitationToken }) => ({ 'x-invitation-token': invitationToken }),
  },
  declineInvitation: {
    headers: () => ({ 'x-invitation-token': `kci_${randomBase62(43)}` }),
    own: 404,
  },
  // Whoever has the token is whom it was given to; nobody here has a good one.
  acceptInvitation: {
    body: { token: null, name: null, password: null },
    sending: () => ({ token: `kci_${randomBase62(43)}`, password: PASSWORD }),
    own: 404,
  },

  // Projects.
  listProjects: {
    query: { organization_id: 'organization', q: null, limit: null, cursor: null },
    asking: ({ organization }) => ({ organization_id: organization }),
    own: { 'a stranger': 404 },
  },
  createProject: {
    body: { organization_id: 'organization', name: null, slug: null },
    sending: ({ organization }) => ({ organization_id: organization, name: randomText() }),
    own: { 'a member': 403, 'a stranger': 404, 'a key of a project': 403 },
  },
  changeProject: {
    path: { projectID: 'project' },
    body: { name: null, slug: null },
    sending: () => ({ name: `Renamed ${randomText()}` }),
    own: { 'a member': 403, 'a stranger': 404 },
  },
  deleteProject: {
    path: { projectID: 'project' },
    fresh: async (make, { isConfined }) => (isConfined ? {} : { project: await make.project() }),
    own: { 'a member': 403, 'a stranger': 404, 'a key of a project': 403 },
  },
  getProject: { path: { projectID: 'project' }, own: { 'a stranger': 404 } },

  // API keys.
  listApiKeys: {
    path: { orgID: 'organization' },
    query: {
      project_id: 'project',
      created_by_user_id: 'user',
      is_active: null,
      status: null,
      scope: null,
      q: null,
      never_used: null,
      unused_days: null,
      has_unused_scopes: null,
      expiring_days: null,
      sort: null,
      include: null,
      limit: null,
      cursor: null,
    },
  },
  createApiKey: {
    path: { orgID: 'organization' },
    body: {
      name: null,
      scopes: null,
      project_id: 'project',
      expires_at: null,
      device_name: null,
      environment: null,
      ip_allowlist: null,
      rate_limit: null,
      metadata: null,
    },
    sending: () => ({ name: 'Made', scopes: ['projects:read'] }),
  },
  getApiKey: {
    path: { orgID: 'organization', keyID: 'apiKey' },
    own: { 'a member': 404 },
  },
  changeApiKey: {
    path: { orgID: 'organization', keyID: 'apiKey' },
    body: {
      name: null,
      scopes: null,
      expires_at: null,
      ip_allowlist: null,
      rate_limit: null,
      metadata: null,
      is_active: null,
    },
    sending: () => ({ name: `Renamed ${randomText()}` }),
    // A key never changes itself, which another one may.
    fresh: async (make) => ({ apiKey: (await make.key({ scopes: ['projects:read'] })).id }),
  },
  rotateApiKey: {
    path: { orgID: 'organization', keyID: 'apiKey' },
    body: { overlap_seconds: null },
    fresh: async (make) => ({ apiKey: (await make.key({ scopes: ['projects:read'] })).id }),
  },
  revokeApiKey: {
    path: { orgID: 'organization', keyID: 'apiKey' },
    fresh: async (make) => ({ apiKey: (await make.key({ scopes: ['*'] })).id }),
    own: { 'a member': 404, 'a key of a project': 403, 'a token to read and write': 403 },
    elsewhere: { 'a key of a project': 403, 'a token to read and write': 403 },
  },
  getApiKeyUsage: {
    path: { orgID: 'organization', keyID: 'apiKey' },
    query: { days: null },
    own: { 'a member': 404 },
  },
  importApiKeys: {
    path: { orgID: 'organization' },
    body: { keys: null, dry_run: null },
    sending: () => ({ keys: [foreignKey().row] }),
  },
  verifyApiKey: {
    body: { api_key: 'plaintextKey', scope: null, project_id: 'project', ip: null, cost: null },
    sending: ({ plaintextKey }) => ({ api_key: plaintextKey }),
  },
  verifyApiKeys: {
    body: { api_keys: 'plaintextKey', scope: null, project_id: 'project', ip: null, cost: null },
    sending: ({ plaintextKey }) => ({ api_keys: [plaintextKey] }),
  },
  explainApiKey: {
    path: { orgID: 'organization' },
    body: {
      api_key: 'plaintextKey',
      key_id: 'apiKey',
      scope: null,
      project_id: 'project',
      ip: null,
      cost: null,
    },
    sending: ({ plaintextKey }) => ({ api_key: plaintextKey }),
  },

  // OAuth clients.
  listOAuthClients: {
    path: { orgID: 'organization' },
    query: { project_id: 'project', is_active: null, q: null, limit: null, cursor: null },
  },
  createOAuthClient: {
    path: { orgID: 'organization' },
    body: {
      name: null,
      scopes: null,
      project_id: 'project',
      token_ttl_seconds: null,
      token_format: null,
      token_endpoint_auth_method: null,
      jwks: null,
      jwks_uri: null,
      ip_allowlist: null,
      resources: null,
      max_tokens_per_hour: null,
      reuse_tokens: null,
    },
    sending: () => ({ name: 'Made', scopes: ['projects:read'] }),
  },
  getOAuthClient: { path: { orgID: 'organization', clientID: 'client' } },
  changeOAuthClient: {
    path: { orgID: 'organization', clientID: 'client' },
    body: {
      name: null,
      scopes: null,
      token_ttl_seconds: null,
      is_active: null,
      token_format: null,
      token_endpoint_auth_method: null,
      jwks: null,
      jwks_uri: null,
      ip_allowlist: null,
      resources: null,
      max_tokens_per_hour: null,
      reuse_tokens: null,
    },
    sending: () => ({ name: 'Renamed' }),
  },
  deleteOAuthClient: {
    path: { orgID: 'organization', clientID: 'client' },
    fresh: async (make) => ({ client: (await make.client()).id }),
  },
  listClientSecrets: {
    path: { orgID: 'organization', clientID: 'client' },
    query: { limit: null, cursor: null },
  },
  addClientSecret: {
    path: { orgID: 'organization', clientID: 'client' },
    body: { label: null, expires_at: null },
    fresh: async (make) => ({ client: (await make.client()).id }),
  },
  revokeClientSecret: {
    path: { orgID: 'organization', clientID: 'client', secretID: 'clientSecret' },
    fresh: async (make) => {
      const { id, secretId } = await make.client();
      return { client: id, clientSecret: secretId };
    },
  },
  rotateClientSecret: {
    path: { orgID: 'organization', clientID: 'client' },
    body: { overlap_seconds: null },
    fresh: async (make) => ({ client: (await make.client()).id }),
  },
  revokeTokensOfClient: {
    path: { orgID: 'organization', clientID: 'client' },
    fresh: async (make) => ({ client: (await make.client()).id }),
  },
  revokeTokensOfSecret: {
    path: { orgID: 'organization', clientID: 'client', secretID: 'clientSecret' },
    fresh: async (make) => {
      const { id, secretId } = await make.client();
      return { client: id, clientSecret: secretId };
    },
  },
  revokeTokensOfOrganization: { path: { orgID: 'organization' }, own: 'spoiled' },
  getClientUsage: {
    path: { orgID: 'organization', clientID: 'client' },
    query: { days: null },
  },

  // OAuth.
  issueToken: {
    body: { ...clientForm(), grant_type: null, scope: null, resource: null },
    sending: () => ({ grant_type: 'client_credentials' }),
  },
  issueTokenAtV1OauthToken: {
    body: { ...clientForm(), grant_type: null, scope: null, resource: null },
    sending: () => ({ grant_type: 'client_credentials' }),
  },
  introspectToken: {
    body: { ...clientForm(), token: ['accessToken', 'plaintextKey'], token_type_hint: null },
    sending: ({ accessToken }) => ({ token: accessToken }),
  },
  introspectTokens: {
    body: { tokens: ['accessToken', 'plaintextKey'] },
    sending: ({ accessToken }) => ({ tokens: [accessToken] }),
  },
  revokeToken: {
    body: { ...clientForm(), token: ['accessToken', 'plaintextKey'], token_type_hint: null },
    sending: ({ accessToken }) => ({ token: accessToken }),
  },

  // Audit.
  listAuditEvents: {
    path: { orgID: 'organization' },
    query: {
      action: null,
      actor_id: ['user', 'apiKey', 'client'],
      target_id: ['membership', 'apiKey', 'client', 'invitation', 'project'],
      from: null,
      to: null,
      before: null,
      limit: null,
      cursor: null,
    },
  },

  verifyAuditEvents: { path: { orgID: 'organization' }, query: { checkpoint: null } },
  getOrganizationUsage: { path: { orgID: 'organization' }, query: { days: null } },
  listAttention: { path: { orgID: 'organization' } },

  // The operator's: nobody else is let in, and an operator sees every tenant.
  operatorListOrganizations: { query: { q: null, status: null, limit: null, cursor: null } },
  operatorCreateOrganization: {
    body: { name: null, slug: null, metadata: null, owner_email: null },
    sending: () => ({ name: `New ${randomText()}`, owner_email: `${randomText()}@keycap.test` }),
  },
  operatorGetOrganization: { path: { organizationID: 'organization' } },
  operatorChangeOrganization: {
    path: { organizationID: 'organization' },
    body: { name: null, slug: null, metadata: null },
    sending: () => ({ name: `Renamed ${randomText()}` }),
  },
  operatorDeleteOrganization: { path: { organizationID: 'organization' }, own: 'spoiled' },
  operatorSuspendOrganization: {
    path: { organizationID: 'organization' },
    body: { reason: null },
    sending: () => ({ reason: 'Unpaid' }),
    own: 'spoiled',
  },
  operatorResumeOrganization: { path: { organizationID: 'organization' }, own: 'spoiled' },
  operatorRestoreOrganization: { path: { organizationID: 'organization' }, own: 'spoiled' },
  operatorInviteOwner: {
    path: { organizationID: 'organization' },
    body: { email: null },
    sending: () => ({ email: `${randomText()}@keycap.test` }),
  },
  operatorRevokeOwnerInvitation: {
    path: { organizationID: 'organization', invitationID: 'invitation' },
    own: 404,
  },
  operatorListUsers: { query: { q: null, status: null, limit: null, cursor: null } },
  operatorGetUser: { path: { userID: 'user' } },
  operatorDeleteUser: { path: { userID: 'user' }, own: 'spoiled' },
  operatorDisableUser: { path: { userID: 'user' }, own: 'spoiled' },
  operatorEnableUser: { path: { userID: 'user' }, own: 'spoiled' },
  operatorEndSessions: { path: { userID: 'user' }, own: 'spoiled' },
  operatorSendPasswordReset: { path: { userID: 'user' } },
  operatorLookUpCredential: {
    body: { credential: null, key_prefix: null, client_id: 'client' },
    sending: ({ client }) => ({ client_id: client }),
  },
  operatorListAuditEvents: {
    query: {
      organization_id: 'organization',
      action: null,
      actor_id: ['user', 'apiKey', 'client'],
      target_id: ['membership', 'apiKey', 'client', 'invitation', 'project'],
      from: null,
      to: null,
      limit: null,
      cursor: null,
    },
  },
  operatorVerifyAuditEvents: { query: { checkpoint: null } },
  operatorListMails: { query: { state: null, recipient: null, limit: null, cursor: null } },
  operatorRetryMail: { path: { mailID: 'mail' }, own: 404 },
  operatorGetMetrics: {},
  operatorGetStatistics: {},

  // Keyo's API.
  keyoListOrganizations: { query: { limit: null, offset: null } },
  keyoGetOrganization: { path: { orgID: 'organization' } },
  keyoListMembers: { path: { orgID: 'organization' }, query: { limit: null, offset: null } },
  keyoGetMember: { path: { orgID: 'organization', userID: 'user' } },
  keyoChangeMember: {
    path: { orgID: 'organization', userID: 'user' },
    body: { role: null, status: null },
    sending: () => ({ role: 'member' }),
  },
  keyoReplaceMember: {
    path: { orgID: 'organization', userID: 'user' },
    body: { role: null, status: null },
    sending: () => ({ role: 'member', status: 'active' }),
  },
  keyoRemoveMember: {
    path: { orgID: 'organization', userID: 'user' },
    fresh: async (make) => ({ user: await make.silentMember() }),
  },
};

/** How a client says by the form who it is. */
function clientForm(): Record<string, null> {
  return {
    client_id: null,
    client_secret: null,
    client_assertion: null,
    client_assertion_type: null,
  };
}
