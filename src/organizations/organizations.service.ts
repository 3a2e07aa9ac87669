import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThan, type Repository } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { encodeId } from '../access/ids.js';
import { type Actor, type Role } from '../access/principal.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { violatesUnique } from '../database/faults.js';
import { Transactions } from '../database/transactions.js';
import { Membership } from './members/membership.entity.js';
import { OrganizationChangesService } from './organization-changes.service.js';
import { Organization } from './organization.entity.js';
import { lockOrganization } from './organization-lock.js';
import { SlugTaken } from './organizations.errors.js';
import { PoliciesService } from './policies/policies.service.js';
import { type PolicyPatch } from './policies/policy.js';

/** What is undefined stays. */
export interface OrganizationPatch {
  readonly name: string | undefined;
  readonly slug: string | undefined;
  readonly metadata: object | undefined;
  readonly policy: PolicyPatch | undefined;
}

export interface OwnOrganization {
  readonly organization: Organization;
  readonly role: Role;
}

@Injectable()
export class OrganizationsService {
  constructor(
    @InjectRepository(Organization) private readonly organizations: Repository<Organization>,
    @InjectRepository(Membership) private readonly memberships: Repository<Membership>,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
    private readonly changes: OrganizationChangesService,
    private readonly policies: PoliciesService,
  ) {}

  /** Ends every access token that was issued in the organization. */
  async raiseTokenGeneration(manager: EntityManager, organizationId: string): Promise<void> {
    await manager.increment(Organization, { id: organizationId }, 'tokenGeneration', 1);
  }

  /**
   * The organizations in which the user is an active member, newest first.
   *
   * @param page.before UUID of the organization after which the page starts
   * @param within those that the session is confined to, if it is
   */
  async listOf(
    userId: string,
    page: { before: string | undefined; limit: number },
    within: readonly string[] | null = null,
  ): Promise<OwnOrganization[]> {
    const memberships = await this.memberships.findBy({
      userId,
      status: 'active',
      ...(within && { organizationId: In([...within]) }),
    });
    const roles = new Map(memberships.map((each) => [each.organizationId, each.role]));
    const query = this.organizations
      .createQueryBuilder('organization')
      .where('organization.id = ANY(:ids) AND organization.deletedAt IS NULL', {
        ids: [...roles.keys()],
      });
    if (page.before !== undefined) query.andWhere({ id: LessThan(page.before) });
    const organizations = await query.orderBy('organization.id', 'DESC').take(page.limit).getMany();
    return organizations.map((organization) => ({
      organization,
      role: roles.get(organization.id) ?? 'member',
    }));
  }

  /** @throws OrganizationNotFound */
  async get(organizationId: string): Promise<Organization> {
    const found = await this.organizations.findOneBy({ id: organizationId, deletedAt: IsNull() });
    if (!found) throw new OrganizationNotFound();
    return found;
  }

  /**
   * @throws OrganizationNotFound
   * @throws SlugTaken
   * @throws PoliciesAreSetByPeople
   * @throws ReauthRequired for a change of policies
   * @throws ValidationFailed for a policy that can't be
   */
  change(actor: Actor, patch: OrganizationPatch): Promise<Organization> {
    const { policy } = patch;
    const work = async (manager: EntityManager): Promise<Organization> => {
      const organization = await manager.findOneByOrFail(Organization, {
        id: actor.organizationId,
      });
      const policies = policy && this.policies.changed(actor, organization.policy, policy);
      return this.apply(manager, actor, organization, { ...patch, policy: policies });
    };
    return this.changes.run(actor, 'exclusive', work, { isSensitive: policy !== undefined });
  }

  /**
   * The same for those who run the deployment; policies are the organization's own affair.
   *
   * @throws OrganizationNotFound
   * @throws SlugTaken
   */
  changeByOperator(
    by: AuditActor,
    id: string,
    { name, slug, metadata }: Partial<Omit<OrganizationPatch, 'policy'>>,
  ): Promise<Organization> {
    return this.transactions.run(async (manager) => {
      const organization = await lockOrganization(manager, id, 'exclusive');
      return this.apply(manager, by, organization, { name, slug, metadata });
    });
  }

  private async apply(
    manager: EntityManager,
    by: Actor | AuditActor,
    organization: Organization,
    wanted: Partial<Shown>,
  ): Promise<Organization> {
    const before = shownOf(organization);
    organization.name = wanted.name ?? organization.name;
    organization.slug = wanted.slug ?? organization.slug;
    organization.metadata = wanted.metadata ?? organization.metadata;
    organization.policy = wanted.policy ?? organization.policy;
    const after = shownOf(organization);
    if (isDeepStrictEqual(after, before)) return organization;
    organization.updatedAt = new Date();
    try {
      await manager.save(organization);
    } catch (error) {
      if (violatesUnique(error, 'organizations_slug')) throw new SlugTaken();
      throw error;
    }
    await this.audit.record(manager, by, {
      action: 'organization.updated',
      organizationId: organization.id,
      targetId: encodeId('organization', organization.id),
      metadata: { before, after },
    });
    return organization;
  }
}

/** What of an organization can be changed. */
type Shown = Pick<Organization, 'name' | 'slug' | 'metadata' | 'policy'>;

function shownOf({ name, slug, metadata, policy }: Organization): Shown {
  return { name, slug, metadata, policy };
}
