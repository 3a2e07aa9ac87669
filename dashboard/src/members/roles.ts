/** From the most to the least. */
export const ROLES = ['owner', 'admin', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** The roles that somebody of this role may give to others. Ownership is handed over in the settings. */
export function grantableBy(role: Role): readonly Role[] {
  switch (role) {
    case 'owner':
      return ROLES;
    case 'admin':
      return ['admin', 'member'];
    case 'member':
      return [];
  }
}

/** An admin may change members and admins, an owner everyone. */
export function mayChange(own: Role, other: Role): boolean {
  return grantableBy(own).includes(other);
}
