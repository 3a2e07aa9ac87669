import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { encodeId } from '../../../access/ids.js';
import { type Origin } from '../../../access/principal.js';
import { AuditService } from '../../../audit/audit.service.js';
import { Transactions } from '../../../database/transactions.js';
import { type Person, UsersService } from '../../../users/users.service.js';
import { type Member, MembersService } from '../../members/members.service.js';
import { type Organization } from '../../organization.entity.js';
import { OrganizationsService } from '../../organizations.service.js';
import { Invitation } from '../invitation.entity.js';
import { type OpenedInvitation } from '../invitation-tokens.js';
import { EmailMismatch, EmailNotVerified, InvitationGone } from '../invitations.errors.js';
import { Admissions } from './admissions.js';
import { InvitationClaims } from './invitation-claims.js';
import { PresentedInvitations, requirePending } from './presented-invitations.js';

export interface InvitationPreview {
  readonly invitation: Invitation;
  readonly organization: Organization;
  readonly accountExists: boolean;
}

/** What the invited person does with the token: look, and accept or decline, once. */
@Injectable()
export class AcceptanceService {
  constructor(
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly presented: PresentedInvitations,
    private readonly claims: InvitationClaims,
    private readonly admissions: Admissions,
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws InvitationNotFound
   * @throws InvitationGone
   */
  async look(token: string, origin: Origin): Promise<InvitationPreview> {
    const { invitation } = await this.presented.openPending(token, origin);
    const organization = await this.organizations.get(invitation.organizationId);
    const accountExists = await this.users.exists(invitation.email);
    return { invitation, organization, accountExists };
  }

  /**
   * As a signed-in person; repeating it gives the same membership.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone
   * @throws EmailMismatch
   * @throws EmailNotVerified
   */
  async accept(token: string, userId: string, origin: Origin): Promise<Member> {
    const opened = await this.presented.open(token, origin);
    const { organizationId, email } = opened.invitation;
    if (opened.invitation.acceptedByUserId !== userId) {
      requirePending(opened.invitation);
      const user = await this.users.get(userId);
      if (user.email !== email) throw new EmailMismatch();
      await this.requireOwnAddress(opened, user);
      const isFirst = await this.transactions.run((manager) =>
        this.join(manager, opened, user, origin),
      );
      if (!isFirst) await this.requireAcceptedBy(token, userId, origin);
    }
    const member = await this.members.find(organizationId, { userId });
    // He was removed since: an invitation brings someone in once.
    if (!member) throw new InvitationGone('accepted');
    return member;
  }

  /**
   * Says no, once, without being anyone.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone
   */
  async decline(token: string, origin: Origin): Promise<void> {
    const opened = await this.presented.openPending(token, origin);
    const { id, organizationId } = opened.invitation;
    const isFirst = await this.transactions.run(async (manager) => {
      if (!(await this.claims.decline(manager, opened))) return false;
      const whoever = { kind: 'user', id: null, origin } as const;
      await this.audit.record(manager, whoever, {
        action: 'invitation.declined',
        organizationId,
        targetId: encodeId('invitation', id),
      });
      return true;
    });
    if (isFirst) return;
    await this.presented.openPending(token, origin);
    throw new InvitationGone('revoked');
  }

  /** @throws InvitationNotFound @throws InvitationGone where another was first */
  private async requireAcceptedBy(token: string, userId: string, origin: Origin): Promise<void> {
    const { invitation } = await this.presented.open(token, origin);
    if (invitation.acceptedByUserId === userId) return;
    requirePending(invitation);
    throw new InvitationGone('revoked');
  }

  /**
   * Someone who never proved his address stays where he was invited; a mailed link proves it.
   *
   * @throws EmailNotVerified
   */
  private async requireOwnAddress(
    { invitation, link }: OpenedInvitation,
    user: Person,
  ): Promise<void> {
    if (user.emailVerifiedAt || link === 'mailed') return;
    const isAtHome = await this.invitations.existsBy({
      organizationId: invitation.organizationId,
      acceptedByUserId: user.id,
    });
    if (!isAtHome) throw new EmailNotVerified();
  }

  private async join(
    manager: EntityManager,
    opened: OpenedInvitation,
    user: Person,
    origin: Origin,
  ): Promise<boolean> {
    if (!(await this.claims.accept(manager, opened))) return false;
    if (opened.link === 'mailed') await this.users.markEmailVerified(manager, user, origin);
    await this.admissions.admit(manager, opened.invitation, user, origin);
    return true;
  }
}
