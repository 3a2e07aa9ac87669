/** Scopes in the order in which people look for them; what the deployment adds comes last. */
const GROUPS = {
  coarse: ['read', 'write'],
  organization: [
    'organizations:read',
    'organizations:write',
    'members:read',
    'members:write',
    'invitations:read',
    'invitations:write',
    'projects:read',
    'projects:write',
  ],
  credentials: [
    'api_keys:read',
    'api_keys:write',
    'oauth_clients:read',
    'oauth_clients:write',
    'introspection',
    'audit:read',
  ],
} as const;

export type GroupName = keyof typeof GROUPS | 'host' | 'all';

export interface ScopeGroup {
  readonly name: GroupName;
  readonly scopes: readonly string[];
}

/** A credential of one project can't hold these (docs/api-keys.md). */
const NOT_IN_A_PROJECT =
  /^(?:organizations:write|(?:members|invitations|api_keys|oauth_clients):.*|audit:read|introspection|read|write|\*)$/;

/** @param held what the person may hand out */
export function scopeGroups(held: readonly string[], isForProject: boolean): ScopeGroup[] {
  const offered = held.filter((scope) => !isForProject || !NOT_IN_A_PROJECT.test(scope));
  const own: readonly string[] = [...Object.values(GROUPS).flat(), '*'];
  const groups: ScopeGroup[] = [
    ...Object.entries(GROUPS).map(([name, scopes]) => ({
      name: name as GroupName,
      scopes: scopes.filter((scope) => offered.includes(scope)),
    })),
    { name: 'host', scopes: offered.filter((scope) => !own.includes(scope)) },
    { name: 'all', scopes: offered.filter((scope) => scope === '*') },
  ];
  return groups.filter(({ scopes }) => scopes.length > 0);
}
