import { type EntityManager } from 'typeorm';
import { type Membership } from './membership.entity.js';

/** A deleted organization needs no owner. */
const LAST_OWNERS = `
  SELECT 1 FROM memberships m
    JOIN organizations o ON o.id = m.organization_id AND o.deleted_at IS NULL
   WHERE m.id = ANY ($1) AND m.role = 'owner' AND m.status = 'active'
     AND NOT EXISTS (
       SELECT FROM memberships other
        WHERE other.organization_id = m.organization_id AND other.id <> m.id
          AND other.role = 'owner' AND other.status = 'active')
   LIMIT 1`;

/**
 * Whether one of these is the only active owner of his organization, who can neither go nor become
 * less. It holds for as long as the organizations are locked exclusively.
 */
export async function isLastOwner(
  manager: EntityManager,
  ...memberships: readonly Membership[]
): Promise<boolean> {
  const ids = memberships.map(({ id }) => id);
  const found = await manager.query<unknown[]>(LAST_OWNERS, [ids]);
  return found.length > 0;
}
