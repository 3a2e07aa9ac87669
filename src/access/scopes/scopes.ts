import { type Role } from '../principal.js';

/** Keycap's own scopes that name one right each. */
export const FINE_SCOPES = [
  'organizations:read',
  'organizations:write',
  'members:read',
  'members:write',
  'invitations:read',
  'invitations:write',
  'projects:read',
  'projects:write',
  'api_keys:read',
  'api_keys:write',
  'oauth_clients:read',
  'oauth_clients:write',
  'audit:read',
  'introspection',
] as const;
export type Scope = (typeof FINE_SCOPES)[number];

/** The coarse scopes of Keyo's API. `write` does not imply `read`. */
const COARSE: ReadonlyMap<string, readonly Scope[]> = new Map([
  ['read', ['organizations:read', 'members:read', 'invitations:read', 'projects:read']],
  ['write', ['organizations:write', 'members:write', 'invitations:write', 'projects:write']],
]);

/** What a credential confined to a project can't hold, nor use if it once got it. */
const NOT_IN_A_PROJECT: ReadonlySet<string> = new Set([
  'organizations:write',
  'members:read',
  'members:write',
  'invitations:read',
  'invitations:write',
  'api_keys:read',
  'api_keys:write',
  'oauth_clients:read',
  'oauth_clients:write',
  'audit:read',
  'introspection',
  'read',
  'write',
  '*',
]);

const MEMBER_SCOPES: readonly Scope[] = ['organizations:read', 'members:read', 'projects:read'];

/**
 * All scopes of this deployment: Keycap's, those that the host application registers by
 * KEYCAP_SCOPES, and those of its resources (KEYCAP_RESOURCES).
 */
export class ScopeCatalogue {
  private readonly fine: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly onlyAtResources: ReadonlySet<string>;

  constructor(hostScopes: readonly string[], resourceScopes: readonly string[] = []) {
    this.onlyAtResources = new Set(resourceScopes.filter((scope) => !hostScopes.includes(scope)));
    this.fine = [...FINE_SCOPES, ...hostScopes, ...this.onlyAtResources];
    this.known = new Set([...this.fine, ...COARSE.keys(), '*']);
  }

  all(): readonly string[] {
    return [...this.known];
  }

  isKnown(scope: string): boolean {
    return this.known.has(scope);
  }

  /** Whether the scope means something without a resource being named (RFC 9068 §3). */
  isMeaningfulByDefault(scope: string): boolean {
    return !this.onlyAtResources.has(scope);
  }

  isAllowedInProject(scope: string): boolean {
    return !NOT_IN_A_PROJECT.has(scope);
  }

  /** What a person of this role holds. */
  ofRole(role: Role): ReadonlySet<string> {
    return role === 'member' ? new Set(MEMBER_SCOPES) : this.known;
  }

  /** Every single right that these scopes stand for, the named ones included. */
  expand(scopes: Iterable<string>): ReadonlySet<string> {
    const rights = new Set<string>();
    for (const scope of scopes) {
      rights.add(scope);
      for (const right of this.partsOf(scope)) rights.add(right);
    }
    return rights;
  }

  /** What a machine may do: its scopes expanded, without what its project forbids. */
  effective(scopes: Iterable<string>, projectId: string | null): ReadonlySet<string> {
    const rights = this.expand(scopes);
    if (projectId === null) return rights;
    return new Set([...rights].filter((right) => this.isAllowedInProject(right)));
  }

  /** Whether someone holding `held` (expanded) may hand out `wanted`: never more than he has. */
  covers(held: ReadonlySet<string>, wanted: string): boolean {
    if (held.has(wanted)) return true;
    const parts = this.partsOf(wanted);
    return wanted !== '*' && parts.length > 0 && parts.every((part) => held.has(part));
  }

  /**
   * What is left of scopes for someone who holds `held` (expanded): as they are named where all of
   * it is left, else its parts.
   */
  within(scopes: readonly string[], held: ReadonlySet<string>): string[] {
    const left = scopes.flatMap((scope) =>
      this.covers(held, scope) ? [scope] : this.partsOf(scope).filter((part) => held.has(part)),
    );
    return [...new Set(left)];
  }

  private partsOf(scope: string): readonly string[] {
    if (scope === '*') return [...this.fine, ...COARSE.keys()];
    return COARSE.get(scope) ?? [];
  }
}
