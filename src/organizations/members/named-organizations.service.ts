import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { decodeId, encodeId } from '../../access/ids.js';
import { type NamedOrganization, type Origin, type Role } from '../../access/principal.js';
import { AuditService, SYSTEM_ACTOR } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { Organization } from '../organization.entity.js';
import { lockOrganization } from '../organization-lock.js';
import { isLastOwner } from './last-owner.js';
import { MembersService } from './members.service.js';
import { Membership } from './membership.entity.js';

/** What a name can stand for: an organization's id, its slug, or `metadata.external_id`. */
const BEARING_THE_NAME = `
  organization.deletedAt IS NULL AND
  (organization.id = :id OR organization.slug = :name
    OR organization.metadata ->> 'external_id' = :name)`;

/** Organizations as session tokens of identity providers name them. */
@Injectable()
export class NamedOrganizationsService {
  constructor(
    private readonly members: MembersService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * The UUID of the organization that the token names, if the person is an active member there.
   * Where the identity provider decides who is, he becomes one, and his role is what it says; but a
   * person who is paused stays paused, and an organization keeps its last owner.
   */
  async settle(userId: string, named: NamedOrganization, origin: Origin): Promise<string | null> {
    const { outside } = this.transactions;
    const organization = named.name === null ? null : await find(outside, named.name);
    if (!organization) return null;
    const organizationId = organization.id;
    if (named.isDecided && !organization.suspendedAt) {
      const decided = { organizationId, userId, role: named.role };
      const current = await outside.findOneBy(Membership, { organizationId, userId });
      if (await isToChange(outside, current, decided)) await this.change(decided, origin);
    }
    const membership = { organizationId, userId, status: 'active' } as const;
    return (await outside.existsBy(Membership, membership)) ? organizationId : null;
  }

  private change(decided: DecidedMembership, origin: Origin): Promise<void> {
    const { organizationId, userId, role } = decided;
    const by = { ...SYSTEM_ACTOR, origin };
    return this.transactions.run(async (manager) => {
      await lockOrganization(manager, organizationId, 'exclusive');
      const current = await manager.findOneBy(Membership, { organizationId, userId });
      if (!(await isToChange(manager, current, decided))) return;
      if (!current) {
        await this.members.add(manager, organizationId, { userId, role }, by);
        return;
      }
      await manager.update(Membership, { id: current.id }, { role, updatedAt: new Date() });
      await this.audit.record(manager, by, {
        action: 'member.role_changed',
        organizationId,
        targetId: encodeId('membership', current.id),
        metadata: {
          user_id: encodeId('user', userId),
          role: { before: current.role, after: role },
        },
      });
    });
  }
}

interface DecidedMembership {
  readonly organizationId: string;
  readonly userId: string;
  readonly role: Role;
}

async function isToChange(
  manager: EntityManager,
  current: Membership | null,
  { role }: DecidedMembership,
): Promise<boolean> {
  if (!current) return true;
  if (current.status !== 'active' || current.role === role) return false;
  return !(await isLastOwner(manager, current));
}

/**
 * The one organization of this name. Ids and slugs are unique; where several call themselves the
 * same by `metadata`, nobody knows which is meant.
 */
async function find(manager: EntityManager, name: string): Promise<Organization | null> {
  const id = decodeId('organization', name);
  const found = await manager
    .createQueryBuilder(Organization, 'organization')
    .where(BEARING_THE_NAME, { id, name })
    .take(4)
    .getMany();
  const unique = found.find((each) => each.id === id) ?? found.find(({ slug }) => slug === name);
  return unique ?? (found.length === 1 ? (found[0] ?? null) : null);
}
