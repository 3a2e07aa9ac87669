import { type EntityManager } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { Organization } from './organization.entity.js';

/**
 * Beside whom a change may run. `exclusive` is for what takes something from someone (a role, a
 * membership, a credential), and for what must hold for all members together; `shared` for the
 * rest. So whoever loses a right has lost it for every change that ends after the loss.
 */
export type Sharing = 'shared' | 'exclusive';

/**
 * The organization, locked until the transaction ends. The lock waits in line: a stream of shared
 * ones can't keep an exclusive one waiting, as row locks would.
 *
 * @throws OrganizationNotFound
 */
export async function lockOrganization(
  manager: EntityManager,
  organizationId: string,
  sharing: Sharing,
): Promise<Organization> {
  const organization = await lockAnyOrganization(manager, organizationId, sharing);
  if (organization.deletedAt) throw new OrganizationNotFound();
  return organization;
}

/** The same for one that may be deleted. @throws OrganizationNotFound */
export async function lockAnyOrganization(
  manager: EntityManager,
  organizationId: string,
  sharing: Sharing,
): Promise<Organization> {
  await manager.query(
    sharing === 'shared'
      ? 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))'
      : 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    [organizationId],
  );
  const organization = await manager.findOneBy(Organization, { id: organizationId });
  if (!organization) throw new OrganizationNotFound();
  return organization;
}
