/**
 * What contract.md says of scopes, written down once more and apart from the server's own
 * catalogue, so that the two can disagree.
 */
const READ = ['organizations:read', 'members:read', 'invitations:read', 'projects:read'];
const WRITE = ['organizations:write', 'members:write', 'invitations:write', 'projects:write'];
const OF_CREDENTIALS = ['api_keys:read', 'api_keys:write', 'oauth_clients:read'];
const ALONE = ['oauth_clients:write', 'audit:read', 'introspection'];
const OF_THE_HOST = ['credentials:read', 'backups:read', 'backups:write', 'jobs:read'];
const MORE_OF_THE_HOST = ['schema:read', 'reports:read', 'files:read', 'files:write'];
const FINE = [READ, WRITE, OF_CREDENTIALS, ALONE, OF_THE_HOST, MORE_OF_THE_HOST].flat();

/** Every scope that the tests' deployment has. */
export const ALL_SCOPES: readonly string[] = [...FINE, 'read', 'write', '*'];
export const READ_SCOPES: readonly string[] = READ;
/** All that a member holds. */
export const MEMBER_SCOPES = READ.filter((scope) => scope !== 'invitations:read');

const PARTS: Readonly<Record<string, readonly string[]>> = {
  read: READ,
  write: WRITE,
  '*': [...FINE, 'read', 'write'],
};

/** What a credential of a project may hold: what concerns a project, and what is the host's. */
const IN_A_PROJECT: readonly string[] = [
  'organizations:read',
  'projects:read',
  'projects:write',
  ...OF_THE_HOST,
  ...MORE_OF_THE_HOST,
];

export function isKnown(scope: string): boolean {
  return ALL_SCOPES.includes(scope);
}

export function fitsIntoProject(scope: string): boolean {
  return IN_A_PROJECT.includes(scope);
}

/** Every single right that these scopes stand for, and their names. */
export function rightsIn(scopes: readonly string[], isConfined: boolean): ReadonlySet<string> {
  const rights = scopes.flatMap((scope) => [scope, ...(PARTS[scope] ?? [])]);
  return new Set(isConfined ? rights.filter(fitsIntoProject) : rights);
}

/** Whether whoever has these rights has all that the scope stands for. */
export function covers(held: ReadonlySet<string>, scope: string): boolean {
  if (held.has(scope)) return true;
  const parts = scope === '*' ? [] : (PARTS[scope] ?? []);
  return parts.length > 0 && parts.every((part) => held.has(part));
}
