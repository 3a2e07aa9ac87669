import { Injectable } from '@nestjs/common';
import { type Origin } from '../../../access/principal.js';
import { Transactions } from '../../../database/transactions.js';
import { PasswordsService } from '../../../users/passwords/passwords.service.js';
import { SessionsService, type StartedSession } from '../../../users/sessions/sessions.service.js';
import { UsersService } from '../../../users/users.service.js';
import { type Member, MembersService } from '../../members/members.service.js';
import { OrganizationsService } from '../../organizations.service.js';
import { InvitationGone } from '../invitations.errors.js';
import { Admissions } from './admissions.js';
import { InvitationClaims } from './invitation-claims.js';
import { PresentedInvitations } from './presented-invitations.js';

export interface SignUp {
  readonly name: string | undefined;
  readonly password: string;
}

/** Accepts for someone without an account, who makes one in the same step. */
@Injectable()
export class InvitedSignUpService {
  constructor(
    private readonly presented: PresentedInvitations,
    private readonly claims: InvitationClaims,
    private readonly admissions: Admissions,
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws InvitationNotFound
   * @throws InvitationGone
   * @throws SignInRequired
   */
  async accept(
    token: string,
    { name, password }: SignUp,
    origin: Origin,
  ): Promise<{ member: Member; session: StartedSession }> {
    const opened = await this.presented.openPending(token, origin);
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
      await this.admissions.admit(manager, opened.invitation, user, origin);
      return this.sessions.start(manager, user, origin);
    });
    if (!session) {
      await this.presented.openPending(token, origin);
      throw new InvitationGone('accepted');
    }
    return { member: await this.members.get(organizationId, { userId: session.user.id }), session };
  }

  /** @throws SignInRequired unless the account is of whoever was quicker with this invitation */
  private async requireUnused(email: string, token: string, origin: Origin): Promise<void> {
    try {
      await this.users.requireUnused(email);
    } catch (refusal) {
      await this.presented.openPending(token, origin);
      throw refusal;
    }
  }
}
