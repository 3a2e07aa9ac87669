import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId, newId } from '../access/ids.js';
import { type Origin } from '../access/principal.js';
import { randomBase62 } from '../access/secrets/secret.js';
import { type AuditActor, AuditService, personActor } from '../audit/audit.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { violatesUnique } from '../database/faults.js';
import { Transactions } from '../database/transactions.js';
import { MembersService } from './members/members.service.js';
import { Organization } from './organization.entity.js';
import { OrganizationCreationRestricted, SlugTaken } from './organizations.errors.js';
import { slugOf } from './slug.js';

export interface NewOrganization {
  readonly name: string;
  /** Made of the name where it is not given. */
  readonly slug?: string;
  readonly metadata?: object;
}

/** Makes organizations, with a slug that is free. */
@Injectable()
export class OrganizationCreationService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly members: MembersService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
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
