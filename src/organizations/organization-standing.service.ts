import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId } from '../access/ids.js';
import { type Actor } from '../access/principal.js';
import { type AuditAction, type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { Organization } from './organization.entity.js';
import { OrganizationChangesService, SENSITIVE } from './organization-changes.service.js';
import { lockAnyOrganization } from './organization-lock.js';
import { ConfirmationMismatch, RestoreExpired } from './organizations.errors.js';

/** How long a deleted organization can be brought back, in milliseconds. */
const RESTORABLE_MS = 30 * 86_400_000;

type Standing = Pick<Organization, 'deletedAt' | 'suspendedAt' | 'suspendedReason'>;

/**
 * Whether an organization is there for those in it. Whoever checks a credential or a membership
 * reads it with the same query, so a change counts everywhere from its commit on; what was under
 * way in the organization has ended by then, since the change waits for its lock.
 */
@Injectable()
export class OrganizationStandingService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: OrganizationChangesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Refuses every credential of it, and people everything but reading it. Again with another reason
   * changes the reason alone.
   *
   * @throws OrganizationNotFound
   */
  suspend(by: AuditActor, id: string, reason: string): Promise<Organization> {
    return this.change(by, id, 'organization.suspended', ({ suspendedAt, suspendedReason }) =>
      suspendedAt && suspendedReason === reason
        ? null
        : { suspendedAt: suspendedAt ?? new Date(), suspendedReason: reason },
    );
  }

  /** Everything that was good before is good again. @throws OrganizationNotFound */
  resume(by: AuditActor, id: string): Promise<Organization> {
    return this.change(by, id, 'organization.resumed', ({ suspendedAt }) =>
      suspendedAt ? { suspendedAt: null, suspendedReason: null } : null,
    );
  }

  /** As an operator does it. @throws OrganizationNotFound */
  delete(by: AuditActor, id: string): Promise<Organization> {
    return this.change(by, id, 'organization.deleted', markDeleted);
  }

  /**
   * As an owner does it.
   *
   * @param confirmation what he typed
   * @throws ConfirmationMismatch unless it is the slug
   */
  async deleteOwn(actor: Actor, confirmation: string | undefined): Promise<void> {
    const work = async (manager: EntityManager): Promise<void> => {
      const { organizationId: id } = actor;
      const organization = await manager.findOneByOrFail(Organization, { id });
      if (confirmation !== organization.slug) throw new ConfirmationMismatch();
      await this.apply(manager, actor, organization, 'organization.deleted', markDeleted);
    };
    await this.changes.run(actor, 'exclusive', work, SENSITIVE);
  }

  /**
   * Brings a deleted one back as it was: its members, and every credential that was good.
   *
   * @throws OrganizationNotFound
   * @throws RestoreExpired 30 days after its deletion
   */
  restore(by: AuditActor, id: string, now = new Date()): Promise<Organization> {
    return this.change(by, id, 'organization.restored', ({ deletedAt }) => {
      if (!deletedAt) return null;
      if (deletedAt.getTime() + RESTORABLE_MS <= now.getTime()) throw new RestoreExpired();
      return { deletedAt: null };
    });
  }

  private change(
    by: AuditActor,
    id: string,
    action: AuditAction,
    decide: (now: Standing) => Partial<Standing> | null,
  ): Promise<Organization> {
    return this.transactions.run(async (manager) => {
      const organization = await lockAnyOrganization(manager, id, 'exclusive');
      return this.apply(manager, by, organization, action, decide);
    });
  }

  /** @param decide what changes; null where all is as it should be, and nothing is recorded */
  private async apply(
    manager: EntityManager,
    by: Actor | AuditActor,
    organization: Organization,
    action: AuditAction,
    decide: (now: Standing) => Partial<Standing> | null,
  ): Promise<Organization> {
    const change = decide(organization);
    if (!change) return organization;
    const { id, slug } = organization;
    const changed = { ...change, updatedAt: new Date() };
    await manager.update(Organization, { id }, changed);
    const reason = change.suspendedReason;
    await this.audit.record(manager, by, {
      action,
      organizationId: id,
      targetId: encodeId('organization', id),
      metadata: { slug, ...(reason && { reason }) },
    });
    return Object.assign(organization, changed);
  }
}

function markDeleted({ deletedAt }: Standing): Partial<Standing> | null {
  return deletedAt ? null : { deletedAt: new Date() };
}
