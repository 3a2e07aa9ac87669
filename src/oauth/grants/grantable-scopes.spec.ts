import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { AuthenticatedClient } from '../authentication/authenticated-client.js';
import { UNBOUNDED } from '../../access/principal.js';
import { type Audience } from '../clients/resources.js';
import { GrantableScopes } from './grantable-scopes.js';
import { ScopeRefused } from '../oauth.errors.js';

const catalogue = new ScopeCatalogue(['jobs:read'], ['jobs:read', 'invoices:write']);
const grantable = new GrantableScopes(catalogue);

function clientWith(scopes: string[], projectId: string | null = null): AuthenticatedClient {
  const effective = catalogue.effective(scopes, projectId);
  return new AuthenticatedClient({
    id: 'client',
    organizationId: 'organization',
    projectId,
    scopes: effective,
    defaultScopes: scopes.filter((each) => effective.has(each) && catalogue.isKnown(each)),
    bounds: UNBOUNDED,
    tokens: { format: 'opaque', ttlSeconds: 60, maxPerHour: null, reuse: false, resources: [] },
    descent: {
      organizationGeneration: 1,
      clientGeneration: 1,
      secretId: null,
      secretGeneration: 0,
    },
  });
}

/** The issuer, as Resources describes it. */
const issuer: Audience = {
  resource: null,
  permits: (scope) => catalogue.isMeaningfulByDefault(scope),
};

const scopesOfResource = new Set(['jobs:read', 'invoices:write']);
const resource: Audience = {
  resource: 'https://api.example.com',
  permits: (scope) => scopesOfResource.has(scope),
};

describe('the scopes of a token', () => {
  it.each([
    [['read', 'write'], undefined, 'read write'],
    [['write', 'read'], undefined, 'write read'],
    [['write', 'read'], 'read write', 'write read'],
    [['*'], undefined, '*'],
    [['*'], 'write jobs:read read', 'jobs:read read write'],
    [['read'], 'projects:read members:read', 'members:read projects:read'],
    [['read', 'jobs:read'], 'members:read jobs:read', 'jobs:read members:read'],
    [['organizations:read', 'members:read', 'invitations:read', 'projects:read'], 'read', 'read'],
    [['jobs:read', 'gone:read'], undefined, 'jobs:read'],
  ])('%j asked for %j get %j', (scopes, asked, granted) => {
    expect(grantable.grant(clientWith(scopes), asked, issuer).join(' ')).toBe(granted);
  });

  it.each([
    [['read'], 'write'],
    [['read'], '*'],
    [['write'], 'members:read'],
    [['gone:read'], undefined],
    [['gone:read'], 'gone:read'],
    [['read'], ' read'],
    [['read'], ''],
  ])('%j are refused %j', (scopes, asked) => {
    expect(() => grantable.grant(clientWith(scopes), asked, issuer)).toThrow(ScopeRefused);
  });

  it('stay within a project, whatever is registered', () => {
    const client = clientWith(['*', 'projects:read', 'members:read'], 'project');
    expect(grantable.grant(client, undefined, issuer)).toEqual(['projects:read']);
    expect(() => grantable.grant(client, 'members:read', issuer)).toThrow(ScopeRefused);
    expect(() => grantable.grant(client, '*', issuer)).toThrow(ScopeRefused);
  });

  it.each([
    [['*'], undefined, 'jobs:read invoices:write'],
    [['invoices:write', 'read'], undefined, 'invoices:write'],
    [['*'], 'invoices:write', 'invoices:write'],
  ])('of a resource are its own: %j asked for %j get %j (AU-07)', (scopes, asked, granted) => {
    expect(grantable.grant(clientWith(scopes), asked, resource).join(' ')).toBe(granted);
  });

  it.each([
    [['read', 'write'], undefined],
    [['*'], '*'],
    [['*'], 'read'],
    [['jobs:read'], 'jobs:read invoices:write'],
  ])(
    'of a resource are refused where they mean nothing there: %j asked for %j',
    (scopes, asked) => {
      expect(() => grantable.grant(clientWith(scopes), asked, resource)).toThrow(ScopeRefused);
    },
  );

  it('AU-05 of a resource alone are none where no resource is named', () => {
    expect(grantable.grant(clientWith(['jobs:read', 'invoices:write']), undefined, issuer)).toEqual(
      ['jobs:read'],
    );
    expect(() => grantable.grant(clientWith(['*']), 'invoices:write', issuer)).toThrow(
      ScopeRefused,
    );
  });
});
