import { type AccessRule } from '../../access/access-rule.js';
import { outranks, type Role, ROLES } from '../../access/principal.js';
import { FINE_SCOPES, type ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type SecurityRequirement, type SecurityScheme } from './openapi-types.js';

/** Every kind of credential, as a client can send it. */
export function securitySchemes(scopes: ScopeCatalogue): Record<string, SecurityScheme> {
  return {
    session: {
      type: 'http',
      scheme: 'bearer',
      description:
        "A signed-in person: the `session_token` of `POST /v1/sessions`, or a session token of a trusted identity provider. Pages of this deployment send the session as a cookie instead. Beside it stands the role that the person needs in the path's organization.",
    },
    access_token: {
      type: 'oauth2',
      description: 'An access token of an OAuth client (RFC 6749 §4.4).',
      flows: {
        clientCredentials: { tokenUrl: '/o/token/', scopes: describeScopes(scopes) },
      },
    },
    api_key: {
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'An API key. Beside it stands the scope that it needs.',
    },
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, or an access token that you have already, in `Authorization`.',
    },
    client: {
      type: 'http',
      scheme: 'basic',
      description: "An OAuth client's own `client_id` and `client_secret`.",
    },
    resource_server: {
      type: 'http',
      scheme: 'bearer',
      description:
        "One of the host application's own APIs, by its `kcr_` token from the configuration.",
    },
    operator: {
      type: 'http',
      scheme: 'bearer',
      description: 'Internal admin tooling, by its `kco_` token from the configuration.',
    },
  };
}

/**
 * The security requirements that stand for a rule. Roles and scopes are named for every kind of
 * credential, which OpenAPI 3.1 allows.
 */
export function securityOf(rule: AccessRule): SecurityRequirement[] {
  const scopes = rule.scope === undefined ? [] : [rule.scope];
  const takesMachines = rule.scope !== undefined || rule.machine;
  return [
    ...(rule.public && rule.user ? [{}] : []),
    ...(rule.role ? [{ session: [rule.role] }] : []),
    ...(rule.user && !rule.role ? [{ session: [] }] : []),
    ...(takesMachines ? [{ access_token: scopes }, { api_key: scopes }, { bearer: scopes }] : []),
    ...(rule.client ? [{ client: rule.client === true ? [] : [rule.client] }] : []),
    ...(rule.resourceServer ? [{ resource_server: [] }] : []),
    ...(rule.operator ? [{ operator: [] }] : []),
  ];
}

/** The same for people: a sentence of Markdown. */
export function callersOf(rule: AccessRule): string {
  if (rule.public) return rule.user ? 'Anyone; a session is read.' : 'Anyone.';
  const callers = [
    ...(rule.role ? [`a session (${rolesFrom(rule.role).join(', ')})`] : []),
    ...(rule.user && !rule.role ? ['a session'] : []),
    ...(rule.scope ? [`an API key or access token with \`${rule.scope}\``] : []),
    ...(rule.machine ? ['any API key or access token'] : []),
    ...(rule.client === true ? ["an OAuth client's own credentials"] : []),
    ...(typeof rule.client === 'string' ? [`an OAuth client with \`${rule.client}\``] : []),
    ...(rule.resourceServer ? ['a resource server'] : []),
    ...(rule.operator ? ["an operator's token"] : []),
  ];
  return `Needs ${callers.join(', or ')}.`;
}

function rolesFrom(lowest: Role): Role[] {
  return ROLES.filter((role) => outranks(role, lowest));
}

function describeScopes(catalogue: ScopeCatalogue): Record<string, string> {
  return Object.fromEntries(catalogue.all().map((scope) => [scope, meaningOf(scope, catalogue)]));
}

/** What the first half of a scope stands for, where that is not its own name. */
const SUBJECTS: Readonly<Record<string, string>> = {
  api_keys: 'API keys',
  audit: 'the audit log',
  oauth_clients: 'OAuth clients',
};

function meaningOf(scope: string, catalogue: ScopeCatalogue): string {
  if (scope === '*') return 'Everything.';
  if (scope === 'introspection') return 'Ask whether a key or token is good.';
  const parts = [...catalogue.expand([scope])].filter((part) => part !== scope);
  if (parts.length > 0) return `Stands for ${parts.join(', ')}.`;
  if (!FINE_SCOPES.some((known) => known === scope)) return 'Of the host application.';
  const [name = '', verb] = scope.split(':');
  return `${verb === 'read' ? 'Read' : 'Create and change'} ${SUBJECTS[name] ?? name}.`;
}
