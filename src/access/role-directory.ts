import { type NamedOrganization, type Origin, type Role } from './principal.js';

export interface ActiveMembership {
  readonly role: Role;
  /** Whether the organization is suspended. */
  readonly suspended: boolean;
}

/** What the kernel must know of memberships; the organizations feature supplies it. */
export abstract class RoleDirectory {
  /** The user's active membership in a living organization, or null. Both ids are UUIDs. */
  abstract find(userId: string, organizationId: string): Promise<ActiveMembership | null>;

  /**
   * The UUID of the organization that a session token names, if the user is an active member there.
   * Where the identity provider decides on memberships, he is made one first.
   */
  abstract settle(userId: string, named: NamedOrganization, origin: Origin): Promise<string | null>;
}
