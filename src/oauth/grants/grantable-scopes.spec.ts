import { ScopeCatalogue } from '../../access/scopes.js';
import { AuthenticatedClient } from '../authentication/authenticated-client.js';
import { GrantableScopes } from './grantable-scopes.js';
import { ScopeRefused } from '../oauth.errors.js';

const catalogue = new ScopeCatalogue(['jobs:read']);
const grantable = new GrantableScopes(catalogue);

function clientWith(scopes: string[], projectId: string | null = null): AuthenticatedClient {
  const effective = catalogue.effective(scopes, projectId);
  return new AuthenticatedClient({
    id: 'client',
    organizationId: 'organization',
    projectId,
    scopes: effective,
    defaultScopes: scopes.filter((each) => effective.has(each) && catalogue.isKnown(each)),
    tokenTtlSeconds: 60,
  });
}

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
    expect(grantable.grant(clientWith(scopes), asked).join(' ')).toBe(granted);
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
    expect(() => grantable.grant(clientWith(scopes), asked)).toThrow(ScopeRefused);
  });

  it('stay within a project, whatever is registered', () => {
    const client = clientWith(['*', 'projects:read', 'members:read'], 'project');
    expect(grantable.grant(client, undefined)).toEqual(['projects:read']);
    expect(() => grantable.grant(client, 'members:read')).toThrow(ScopeRefused);
    expect(() => grantable.grant(client, '*')).toThrow(ScopeRefused);
  });
});
