import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, MoreThan, Not, type Repository } from 'typeorm';
import { encodeId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { type AuditActor, AuditService } from '../../audit/audit.service.js';
import { CannotGrantOwner } from '../members/members.errors.js';
import { OrganizationChangesService, SENSITIVE } from '../organization-changes.service.js';
import { lockOrganization } from '../organization-lock.js';
import { Invitation } from './invitation.entity.js';
import {
  type InvitationDelivery,
  InvitationIssuanceService,
  type IssuedInvitation,
  type IssueRefusal,
  type NewInvitation,
} from './invitation-issuance.service.js';
import { type InvitationStatus } from './invitation-status.js';
import { AlreadyInvited, InvitationGone, InvitationNotFound } from './invitations.errors.js';
import { inviterOf, operatorInviter } from './inviter.js';

/** Nobody has answered it, and nobody has taken it back. */
const OPEN = { acceptedAt: IsNull(), declinedAt: IsNull(), revokedAt: IsNull() };

/** What those who invite do with invitations. */
@Injectable()
export class InvitationsService {
  constructor(
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly issuance: InvitationIssuanceService,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /**
   * @throws CannotGrantOwner for the role `owner`, which is reached by transfer alone
   * @throws AlreadyMember
   * @throws AlreadyInvited
   */
  async create(actor: Actor, wanted: NewInvitation): Promise<IssuedInvitation> {
    if (wanted.role === 'owner') throw new CannotGrantOwner('nobody is invited as owner');
    const [outcome] = await this.createMany(actor, [wanted]);
    return requireIssued(outcome);
  }

  /**
   * Many at once: each is made or refused for itself.
   *
   * @param wanted none of them as owner
   * @throws ReauthRequired
   */
  createMany(
    actor: Actor,
    wanted: readonly NewInvitation[],
  ): Promise<(IssuedInvitation | IssueRefusal)[]> {
    const work = (manager: EntityManager): Promise<(IssuedInvitation | IssueRefusal)[]> =>
      this.issuance.issue(manager, inviterOf(actor), wanted);
    // Whoever is invited may be the inviter himself, by another address.
    return this.changes.run(actor, 'exclusive', work, SENSITIVE);
  }

  /**
   * An owner's invitation, which operators alone make; nobody has to be in the organization yet. It
   * takes the place of an open one to the same address, whose links are dead: they may be lost.
   *
   * @param email normalised
   * @throws OrganizationNotFound
   * @throws AlreadyMember
   * @throws AlreadyInvited where the address has an open invitation in another role
   */
  async inviteOwner(
    manager: EntityManager,
    organizationId: string,
    email: string,
    by: AuditActor,
  ): Promise<IssuedInvitation> {
    await lockOrganization(manager, organizationId, 'exclusive');
    const former = {
      organizationId,
      email,
      role: 'owner',
      expiresAt: MoreThan(new Date()),
    } as const;
    const open = await manager.findOneBy(Invitation, { ...former, ...OPEN });
    if (open) await this.end(manager, by, open);
    const inviter = operatorInviter(organizationId, by);
    const [outcome] = await this.issuance.issue(manager, inviter, [{ email, role: 'owner' }]);
    return requireIssued(outcome);
  }

  /**
   * Newest first, one page; the status is judged as of `now`.
   *
   * @param filter.q part of the address, in any case
   */
  list(
    organizationId: string,
    filter: { status?: InvitationStatus; q?: string },
    page: { before: string | undefined; limit: number },
    now = new Date(),
  ): Promise<Invitation[]> {
    const query = this.invitations.createQueryBuilder('invitation').where({ organizationId });
    if (filter.status) query.andWhere(STATUS_CONDITIONS[filter.status], { now });
    if (filter.q !== undefined) {
      query.andWhere('strpos(invitation.email, lower(:q)) > 0', { q: filter.q });
    }
    if (page.before !== undefined) {
      query.andWhere('invitation.id < :before', { before: page.before });
    }
    return query.orderBy('invitation.id', 'DESC').take(page.limit).getMany();
  }

  /**
   * Gives an open or expired invitation new links and a new end; the former links are dead. Whoever
   * does it stands for the invitation from then on.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone for one that was answered or revoked
   * @throws CannotGrantOwner for an owner's, which operators alone make
   * @throws AlreadyInvited where the address has a newer open one
   */
  resend(
    actor: Actor,
    invitationId: string,
    delivery: InvitationDelivery,
  ): Promise<IssuedInvitation> {
    const { organizationId } = actor;
    const work = async (manager: EntityManager): Promise<IssuedInvitation> => {
      const invitation = await findOne(manager, organizationId, invitationId);
      if (invitation.acceptedAt) throw new InvitationGone('accepted');
      if (invitation.declinedAt ?? invitation.revokedAt) throw new InvitationGone('revoked');
      if (invitation.role === 'owner') throw new CannotGrantOwner('nobody is invited as owner');
      await requireOnlyOne(manager, invitation);
      const inviter = inviterOf(actor);
      const issued = await this.issuance.renew(manager, inviter, invitation, delivery);
      await this.audit.record(manager, actor, {
        action: 'invitation.resent',
        organizationId,
        targetId: encodeId('invitation', invitationId),
        metadata: { email: invitation.email, role: invitation.role },
      });
      return issued;
    };
    return this.changes.run(actor, 'exclusive', work, SENSITIVE);
  }

  /**
   * Ends an open invitation; ending it again changes nothing.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone for one that was accepted: the member is to be removed instead
   */
  async revoke(actor: Actor, invitationId: string): Promise<void> {
    const { organizationId } = actor;
    await this.changes.run(actor, 'exclusive', async (manager) => {
      const invitation = await findOne(manager, organizationId, invitationId);
      if (invitation.acceptedAt) throw new InvitationGone('accepted');
      await this.end(manager, actor, invitation);
    });
  }

  /**
   * The same of an owner's invitation, by operators: it may have gone to a wrong address.
   *
   * @throws OrganizationNotFound
   * @throws InvitationNotFound also for one in another role, which is the organization's own affair
   * @throws InvitationGone for one that was accepted
   */
  async revokeOwners(
    manager: EntityManager,
    organizationId: string,
    invitationId: string,
    by: AuditActor,
  ): Promise<void> {
    await lockOrganization(manager, organizationId, 'exclusive');
    const invitation = await findOne(manager, organizationId, invitationId);
    if (invitation.role !== 'owner') throw new InvitationNotFound();
    if (invitation.acceptedAt) throw new InvitationGone('accepted');
    await this.end(manager, by, invitation);
  }

  private async end(
    manager: EntityManager,
    by: Actor | AuditActor,
    { id, organizationId }: Invitation,
  ): Promise<void> {
    const { affected } = await manager.update(
      Invitation,
      { id, ...OPEN },
      { revokedAt: new Date() },
    );
    if (!affected) return;
    await this.audit.record(manager, by, {
      action: 'invitation.revoked',
      organizationId,
      targetId: encodeId('invitation', id),
    });
  }
}

/** How SQL judges what `statusOf` judges. */
const IS_OPEN =
  'invitation.acceptedAt IS NULL AND invitation.declinedAt IS NULL AND invitation.revokedAt IS NULL';
const STATUS_CONDITIONS: Readonly<Record<InvitationStatus, string>> = {
  pending: `${IS_OPEN} AND invitation.expiresAt > :now`,
  expired: `${IS_OPEN} AND invitation.expiresAt <= :now`,
  accepted: 'invitation.acceptedAt IS NOT NULL',
  declined: 'invitation.declinedAt IS NOT NULL AND invitation.acceptedAt IS NULL',
  revoked:
    'invitation.revokedAt IS NOT NULL AND invitation.acceptedAt IS NULL AND invitation.declinedAt IS NULL',
};

/** @throws InvitationNotFound */
async function findOne(
  manager: EntityManager,
  organizationId: string,
  id: string,
): Promise<Invitation> {
  const invitation = await manager.findOneBy(Invitation, { id, organizationId });
  if (!invitation) throw new InvitationNotFound();
  return invitation;
}

/** @throws AlreadyInvited where an expired invitation has had its successor */
async function requireOnlyOne(
  manager: EntityManager,
  { id, organizationId, email }: Invitation,
): Promise<void> {
  const another = { id: Not(id), organizationId, email, ...OPEN, supersededAt: IsNull() };
  if (await manager.existsBy(Invitation, another)) throw new AlreadyInvited();
}

/** @throws AlreadyMember @throws AlreadyInvited */
function requireIssued(outcome: IssuedInvitation | IssueRefusal | undefined): IssuedInvitation {
  if (outcome === undefined || !('invitation' in outcome)) {
    throw outcome ?? new Error('an invitation without an outcome');
  }
  return outcome;
}
