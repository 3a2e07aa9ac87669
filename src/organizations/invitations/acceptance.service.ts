import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { addressKey } from '../../access/address-key.js';
import { FailureThrottle } from '../../access/failure-throttle.js';
import { encodeId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { AuditService, personActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { PasswordsService } from '../../users/passwords/passwords.service.js';
import { SessionsService, type StartedSession } from '../../users/sessions/sessions.service.js';
import { type Person, UsersService } from '../../users/users.service.js';
import { type Member, MembersService } from '../members/members.service.js';
import { Membership } from '../members/membership.entity.js';
import { type Organization } from '../organization.entity.js';
import { OrganizationsService } from '../organizations.service.js';
import { Invitation } from './invitation.entity.js';
import { InvitationClaims } from './invitation-claims.js';
import { statusOf } from './invitation-status.js';
import { InvitationTokens, type OpenedInvitation } from './invitation-tokens.js';
import {
  EmailMismatch,
  EmailNotVerified,
  InvitationGone,
  InvitationNotFound,
} from './invitations.errors.js';

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
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly tokens: InvitationTokens,
    private readonly claims: InvitationClaims,
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly throttle: FailureThrottle,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws InvitationNotFound
   * @throws InvitationGone
   */
  async look(token: string, origin: Origin): Promise<InvitationPreview> {
    const { invitation } = await this.openOne(token, origin);
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
    const opened = await this.open(token, origin);
    const { organizationId, email } = opened.invitation;
    if (opened.invitation.acceptedByUserId !== userId) {
      requireOpen(opened.invitation);
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
    const opened = await this.openOne(token, origin);
    const { organizationId, email } = opened.invitation;
    await this.requireUnused(email, token, origin);
    const organization = await this.organizations.get(organizationId);
    const context = [email, name ?? null, organization.name];
    const passwordHash = await this.passwords.hash(password, context);
    const session = await this.transactions.run(async (manager) => {
      if (!(await this.claims.accept(manager, opened))) return null;
      // A link that was shown to the inviter proves nothing about who owns the address.
      const emailVerified = opened.link === 'mailed';
      const wanted = { email, name, passwordHash, emailVerified };
      const user = await this.users.create(manager, wanted, origin);
      await this.admit(manager, opened.invitation, user, origin);
      return this.sessions.start(manager, user, origin);
    });
    if (!session) {
      await this.openOne(token, origin);
      throw new InvitationGone('accepted');
    }
    return { member: await this.members.get(organizationId, { userId: session.user.id }), session };
  }

  /**
   * Says no, once, without being anyone.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone
   */
  async decline(token: string, origin: Origin): Promise<void> {
    const opened = await this.openOne(token, origin);
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
    await this.openOne(token, origin);
    throw new InvitationGone('revoked');
  }

  /** Whatever became of it. @throws InvitationNotFound */
  private async open(token: string, origin: Origin): Promise<OpenedInvitation> {
    const opened = await this.tokens.open(token);
    if (!opened) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new InvitationNotFound();
    }
    return opened;
  }

  /** @throws InvitationNotFound @throws InvitationGone */
  private async openOne(token: string, origin: Origin): Promise<OpenedInvitation> {
    const opened = await this.open(token, origin);
    requireOpen(opened.invitation);
    return opened;
  }

  /** @throws SignInRequired unless the account is of whoever was quicker with this invitation */
  private async requireUnused(email: string, token: string, origin: Origin): Promise<void> {
    try {
      await this.users.requireUnused(email);
    } catch (refusal) {
      await this.openOne(token, origin);
      throw refusal;
    }
  }

  /** @throws InvitationNotFound @throws InvitationGone where another was first */
  private async requireAcceptedBy(token: string, userId: string, origin: Origin): Promise<void> {
    const { invitation } = await this.open(token, origin);
    if (invitation.acceptedByUserId === userId) return;
    requireOpen(invitation);
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
    await this.admit(manager, opened.invitation, user, origin);
    return true;
  }

  private async admit(
    manager: EntityManager,
    { id, organizationId, role }: Invitation,
    user: Person,
    origin: Origin,
  ): Promise<void> {
    await manager.update(Invitation, { id }, { acceptedByUserId: user.id });
    const by = personActor(user.id, origin);
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
