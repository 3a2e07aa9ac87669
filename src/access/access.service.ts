import { Injectable } from '@nestjs/common';
import {
  CredentialNotAccepted,
  InsufficientRole,
  InsufficientScope,
  OrganizationNotFound,
  OrganizationSuspended,
} from './access.errors.js';
import { type AccessRule } from './access-rule.js';
import {
  type Actor,
  type Caller,
  confinementOf,
  type MachinePrincipal,
  type NamedOrganization,
  type Origin,
  outranks,
  type Principal,
  UNBOUNDED,
  type UserPrincipal,
} from './principal.js';
import { RoleDirectory } from './role-directory.js';
import { ScopeCatalogue } from './scopes/scopes.js';

/** What a rule asks of whoever acts in an organization. */
export type OrganizationRule = Pick<
  AccessRule,
  'role' | 'scope' | 'machine' | 'client' | 'whileSuspended'
>;

/** By a session token of an identity provider. */
type NamingPrincipal = UserPrincipal & { readonly named: NamedOrganization };

/** Whether nothing has to be looked for of a principal. */
export function isSettled(principal: Principal): principal is Exclude<Principal, NamingPrincipal> {
  return principal.kind !== 'user' || principal.named === null;
}

/**
 * @throws CredentialNotAccepted for a kind of credential that the rule does not name
 * @throws InsufficientScope
 */
export function assertMachineMay(principal: MachinePrincipal, rule: OrganizationRule): void {
  const needed = principal.authenticatedAsClient ? rule.client : (rule.scope ?? rule.machine);
  if (!needed) throw new CredentialNotAccepted();
  if (needed === true) return;
  if (!principal.scopes.has(needed)) throw new InsufficientScope(needed);
  principal.needs?.(needed);
}

/** Turns a caller into an actor of one organization, or refuses. */
@Injectable()
export class AccessService {
  constructor(
    private readonly roles: RoleDirectory,
    private readonly scopes: ScopeCatalogue,
  ) {}

  /**
   * @throws OrganizationNotFound where the caller can't see it
   * @throws OrganizationSuspended
   * @throws InsufficientRole
   * @throws InsufficientScope
   * @throws CredentialNotAccepted for a kind of credential that the rule does not name
   */
  async actorIn(caller: Caller, organizationId: string, rule: OrganizationRule): Promise<Actor> {
    const { principal } = caller;
    switch (principal.kind) {
      case 'user':
        return this.person(caller, principal, organizationId, rule);
      case 'api_key':
      case 'oauth_client':
        return this.machine(caller, principal, organizationId, rule);
      case 'operator':
      case 'resource_server':
        throw new CredentialNotAccepted();
    }
  }

  /** Finds the organization that the session token of an identity provider names. */
  async settle(principal: NamingPrincipal, origin: Origin): Promise<Principal> {
    const { userId, named } = principal;
    return { ...principal, organizationId: await this.roles.settle(userId, named, origin) };
  }

  private async person(
    caller: Caller,
    principal: UserPrincipal,
    organizationId: string,
    rule: OrganizationRule,
  ): Promise<Actor> {
    if (confinementOf(principal)?.includes(organizationId) === false) {
      throw new OrganizationNotFound();
    }
    const membership = await this.roles.find(principal.userId, organizationId);
    if (!membership) throw new OrganizationNotFound();
    caller.memberOf = organizationId;
    if (!rule.role) throw new CredentialNotAccepted();
    if (membership.suspended && !rule.whileSuspended) throw new OrganizationSuspended();
    if (!outranks(membership.role, rule.role)) throw new InsufficientRole();
    return {
      kind: 'user',
      id: principal.userId,
      userId: principal.userId,
      signedInAt: principal.signedInAt,
      organizationId,
      projectId: null,
      role: membership.role,
      scopes: this.scopes.ofRole(membership.role),
      bounds: UNBOUNDED,
      descent: null,
      origin: caller.origin,
    };
  }

  private machine(
    caller: Caller,
    principal: MachinePrincipal,
    organizationId: string,
    rule: OrganizationRule,
  ): Actor {
    if (principal.organizationId !== organizationId) throw new OrganizationNotFound();
    assertMachineMay(principal, rule);
    return {
      kind: principal.kind,
      id: principal.id,
      userId: null,
      signedInAt: null,
      organizationId,
      projectId: principal.projectId,
      role: 'admin',
      scopes: principal.scopes,
      bounds: principal.bounds,
      descent: principal.descent,
      origin: caller.origin,
    };
  }
}
