import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { OrganizationSuspended } from '../../access/access.errors.js';
import { addressKey, FailureThrottle } from '../../access/failure-throttle.js';
import { encodeId } from '../../access/ids.js';
import { type Origin, outranks } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { PasswordsService } from '../../users/passwords/passwords.service.js';
import { SessionsService, type StartedSession } from '../../users/sessions/sessions.service.js';
import { type Person, UsersService } from '../../users/users.service.js';
import { type Member, MembersService } from '../members/members.service.js';
import { Membership } from '../members/membership.entity.js';
import { type Organization } from '../organization.entity.js';
import { OrganizationChangesService } from '../organization-changes.service.js';
import { lockOrganization } from '../organization-lock.js';
import { OrganizationsService } from '../organizations.service.js';
import { Invitation } from './invitation.entity.js';
import { statusOf } from './invitation-status.js';
import {
  EmailMismatch,
  EmailNotVerified,
  InvitationGone,
  InvitationNotFound,
} from './invitations.errors.js';
import { InvitationsService } from './invitations.service.js';

export interface InvitationPreview {
  readonly invitation: Invitation;
  readonly organization: Organization;
  readonly accountExists: boolean;
}

export interface SignUp {
  readonly name: string | undefined;
  readonly password: string;
}

/** What the invited person does with the token: look, and accept exactly once. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly throttle: FailureThrottle,
    private readonly changes: OrganizationChangesService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws InvitationNotFound
   * @throws InvitationGone
   */
  async look(token: string, origin: Origin): Promise<InvitationPreview> {
    const invitation = await this.get(token, origin);
    requireOpen(invitation);
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
    const invitation = await this.get(token, origin);
    const user = await this.users.get(userId);
    if (invitation.acceptedByUserId === userId) {
      return this.members.get(invitation.organizationId, { userId });
    }
    requireOpen(invitation);
    if (user.email !== invitation.email) throw new EmailMismatch();
    if (!user.emailVerifiedAt) throw new EmailNotVerified();
    const isFirst = await this.transactions.run((manager) =>
      this.join(manager, invitation, user, origin),
    );
    const now = isFirst ? null : await this.get(token, origin);
    if (now && now.acceptedByUserId !== userId) requireOpen(now);
    return this.members.get(invitation.organizationId, { userId });
  }

  /**
   * As someone without an account, who makes one in the same step.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone
   * @throws SignInRequired
   */
  async signUp(
    token: string,
    { name, password }: SignUp,
    origin: Origin,
  ): Promise<{ member: Member; session: StartedSession }> {
    const invitation = await this.get(token, origin);
    requireOpen(invitation);
    await this.users.requireUnused(invitation.email);
    const passwordHash = await this.passwords.hash(password);
    const session = await this.transactions.run(async (manager) => {
      // The link was shown to the inviter, so it proves nothing about who owns the address.
      const wanted = { email: invitation.email, name, passwordHash, emailVerified: false };
      if (!(await this.claim(manager, invitation))) return null;
      const user = await this.users.create(manager, wanted, origin);
      await this.admit(manager, invitation, user, origin);
      return this.sessions.start(manager, user, origin);
    });
    if (!session) {
      requireOpen(await this.get(token, origin));
      throw new InvitationGone('accepted');
    }
    const { organizationId } = invitation;
    return { member: await this.members.get(organizationId, { userId: session.user.id }), session };
  }

  private async get(token: string, origin: Origin): Promise<Invitation> {
    const invitation = await this.invitations.findByToken(token);
    if (!invitation) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new InvitationNotFound();
    }
    return invitation;
  }

  private async join(
    manager: EntityManager,
    invitation: Invitation,
    user: Person,
    origin: Origin,
  ): Promise<boolean> {
    if (!(await this.claim(manager, invitation))) return false;
    await this.admit(manager, invitation, user, origin);
    return true;
  }

  /** One conditional update decides who was first; the inviter's right is judged again. */
  private async claim(manager: EntityManager, invitation: Invitation): Promise<boolean> {
    const { organizationId, id } = invitation;
    const { suspendedAt } = await lockOrganization(manager, organizationId, 'exclusive');
    if (suspendedAt) throw new OrganizationSuspended();
    if (!(await this.mayStillInvite(manager, invitation))) throw new InvitationGone('revoked');
    const now = new Date();
    const { affected } = await manager.update(
      Invitation,
      {
        id,
        acceptedAt: IsNull(),
        declinedAt: IsNull(),
        revokedAt: IsNull(),
        expiresAt: MoreThan(now),
      },
      { acceptedAt: now },
    );
    return affected === 1;
  }

  private async mayStillInvite(
    manager: EntityManager,
    { organizationId, ...by }: Invitation,
  ): Promise<boolean> {
    if (by.invitedByMachineKind !== null && by.invitedByMachineId !== null) {
      const machine = { kind: by.invitedByMachineKind, id: by.invitedByMachineId };
      const rights = await this.changes.rightsOf(manager, organizationId, machine);
      return rights?.has('invitations:write') ?? false;
    }
    if (by.invitedByUserId === null) return false;
    const membership = { organizationId, userId: by.invitedByUserId, status: 'active' } as const;
    const inviter = await manager.findOneBy(Membership, membership);
    return inviter !== null && outranks(inviter.role, 'admin');
  }

  private async admit(
    manager: EntityManager,
    { id, organizationId, role }: Invitation,
    user: Person,
    origin: Origin,
  ): Promise<void> {
    await manager.update(Invitation, { id }, { acceptedByUserId: user.id });
    const by = { kind: 'user', id: encodeId('user', user.id), origin } as const;
    await this.audit.record(manager, by, {
      action: 'invitation.accepted',
      organizationId,
      targetId: encodeId('invitation', id),
    });
    const isMember = await manager.existsBy(Membership, { organizationId, userId: user.id });
    if (!isMember) await this.members.add(manager, organizationId, { userId: user.id, role }, by);
  }
}

/** @throws InvitationGone */
function requireOpen(invitation: Invitation, now = new Date()): void {
  const status = statusOf(invitation, now);
  if (status === 'pending') return;
  throw new InvitationGone(status === 'declined' ? 'revoked' : status);
}
