import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThan, type Repository } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { encodeId, newId } from '../access/ids.js';
import { type Actor, type Origin, type Role } from '../access/principal.js';
import { randomBase62 } from '../access/secret.js';
import { type AuditActor, AuditService, personActor } from '../audit/audit.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { violatesUnique } from '../database/faults.js';
import { Transactions } from '../database/transactions.js';
import { MembersService } from './members/members.service.js';
import { Membership } from './members/membership.entity.js';
import { OrganizationChangesService } from './organization-changes.service.js';
import { Organization } from './organization.entity.js';
import { lockOrganization } from './organization-lock.js';
import { OrganizationCreationRestricted, SlugTaken } from './organizations.errors.js';
import { PoliciesService } from './policies/policies.service.js';
import { type PolicyPatch } from './policies/policy.js';
import { slugOf } from './slug.js';

export interface NewOrganization {
  readonly name: string;
  /** Made of the name where it is not given. */
  readonly slug?: string;
  readonly metadata?: object;
}

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
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
    private readonly changes: OrganizationChangesService,
    private readonly members: MembersService,
    private readonly policies: PoliciesService,
  ) {}

  /**
   * Creates an organization whose owner is this user.
   *
   * @throws OrganizationCreationRestricted where only operators create them
   * @throws SlugTaken
   */
  create(userId: string, wanted: NewOrganization, origin: Origin): Promise<Organization> {
    if (this.runtime.config.organizationCreation === 'operators') {
      throw new OrganizationCreationRestricted();
    }
    return this.transactions.run((manager) => this.found(manager, userId, wanted, origin));
  }

  /** Ends every access token that was issued in the organization. */
  async raiseTokenGeneration(manager: EntityManager, organizationId: string): Promise<void> {
    await manager.increment(Organization, { id: organizationId }, 'tokenGeneration', 1);
  }

  /** The organization and its first owner. @throws SlugTaken */
  async found(
    manager: EntityManager,
    ownerUserId: string,
    wanted: NewOrganization,
    origin: Origin | null,
  ): Promise<Organization> {
    const by = personActor(ownerUserId, origin);
    const organization = await this.establish(manager, wanted, by);
    const owner = { userId: ownerUserId, role: 'owner' } as const;
    await this.members.add(manager, organization.id, owner, by);
    return organization;
  }

  /** An organization without members: whoever asks for it sees to its first owner. @throws SlugTaken */
  async establish(
    manager: EntityManager,
    wanted: NewOrganization,
    by: AuditActor,
  ): Promise<Organization> {
    const now = new Date();
    const organization = manager.create(Organization, {
      id: newId(),
      name: wanted.name,
      slug: wanted.slug ?? (await freeSlug(manager, wanted.name)),
      metadata: wanted.metadata ?? {},
      policy: {},
      suspendedAt: null,
      suspendedReason: null,
      deletedAt: null,
      createdAt: now,
      updatedAt: now,
    });
    await insertOrganization(manager, organization);
    await this.audit.record(manager, by, {
      action: 'organization.created',
      organizationId: organization.id,
      targetId: encodeId('organization', organization.id),
      metadata: { name: organization.name, slug: organization.slug },
    });
    return organization;
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

async function insertOrganization(
  manager: EntityManager,
  organization: Organization,
): Promise<void> {
  try {
    await manager.insert(Organization, organization);
  } catch (error) {
    if (violatesUnique(error, 'organizations_slug')) throw new SlugTaken();
    throw error;
  }
}

/** The plain slug of the name where it is free, else one that nobody else will have made. */
async function freeSlug(manager: EntityManager, name: string): Promise<string> {
  const slug = slugOf(name);
  // Whoever makes one of the same name at the same time waits, and then sees this one.
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `organization slug ${slug}`,
  ]);
  const isTaken = await manager.existsBy(Organization, { slug });
  return isTaken ? slugOf(name, randomBase62(6).toLowerCase()) : slug;
}

/** What of an organization can be changed. */
type Shown = Pick<Organization, 'name' | 'slug' | 'metadata' | 'policy'>;

function shownOf({ name, slug, metadata, policy }: Organization): Shown {
  return { name, slug, metadata, policy };
}
