import { type EntityManager, IsNull } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { Organization } from './organization.entity.js';

/**
 * The organization, locked until the transaction ends: whatever must hold for its members
 * together (an active owner) is decided under this lock.
 *
 * @throws OrganizationNotFound
 */
export async function lockOrganization(
  manager: EntityManager,
  organizationId: string,
): Promise<Organization> {
  const organization = await manager.findOne(Organization, {
    where: { id: organizationId, deletedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
  });
  if (!organization) throw new OrganizationNotFound();
  return organization;
}
