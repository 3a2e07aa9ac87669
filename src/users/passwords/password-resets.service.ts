import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { encodeId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { type AuditActor, AuditService, personActor } from '../../audit/audit.service.js';
import { BackgroundWork } from '../../database/background-work.js';
import { Transactions } from '../../database/transactions.js';
import { type MailedLink } from '../mailed-links/mailed-link.entity.js';
import { MailedLinksService } from '../mailed-links/mailed-links.service.js';
import { SessionEndingsService } from '../sessions/session-endings.service.js';
import { SignInThrottle } from '../sessions/sign-in-throttle.js';
import { User } from '../user.entity.js';
import { ResetExpired } from '../users.errors.js';
import { UsersService } from '../users.service.js';
import { PasswordsService } from './passwords.service.js';

const MOST_WAITING = 200;

/** New passwords for people who have lost theirs, by a link to their address. */
@Injectable()
export class PasswordResetsService implements OnModuleDestroy {
  private readonly requests = new BackgroundWork('Password resets', MOST_WAITING);

  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly links: MailedLinksService,
    private readonly sessions: SessionEndingsService,
    private readonly attempts: SignInThrottle,
    private readonly throttle: FailureThrottle,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.requests.finish();
  }

  /**
   * Mails a link if there is such an account, and tells nobody: whether there is one is found out
   * after the answer, so that it takes as long for every address.
   *
   * @param email normalised
   * @throws TooManyRequests where one address asks for many
   */
  async request(email: string, origin: Origin): Promise<void> {
    await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
    this.requests.add(() =>
      this.transactions.run(async (manager) => {
        const user = await this.users.findByEmail(manager, email);
        if (!user) return;
        await this.send(manager, user.id, { kind: 'user', id: null, origin });
      }),
    );
  }

  /** As `send`, in a transaction of its own. */
  sendAlone(by: AuditActor, userId: string): Promise<boolean> {
    return this.transactions.run((manager) => this.send(manager, userId, by));
  }

  /**
   * Mails a link to an account, on behalf of whoever may see that it exists. Nobody else sees it.
   *
   * @returns false where there is none, it is disabled, has no address, or enough links on their way
   */
  async send(manager: EntityManager, userId: string, by: AuditActor): Promise<boolean> {
    const lock = { mode: 'pessimistic_write' } as const;
    const user = await manager.findOne(User, { where: { id: userId }, lock });
    if (!user?.email || user.disabledAt) return false;
    const recipient = { id: userId, email: user.email };
    if (!(await this.links.send(manager, 'password_reset', recipient))) return false;
    await this.audit.record(manager, by, {
      action: 'user.password_reset_requested',
      organizationId: null,
      targetId: encodeId('user', userId),
    });
    return true;
  }

  /**
   * Sets the password by a mailed link, which also proves the address; ends every session.
   *
   * @throws ResetExpired for an unknown, used or old link, or a disabled account
   * @throws ValidationFailed for an unacceptable password; the link stays good
   * @throws TooManyRequests
   */
  async confirm(token: string, password: string, origin: Origin): Promise<void> {
    const link = await this.links.find('password_reset', token);
    if (!link) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new ResetExpired();
    }
    const user = await this.users.get(link.userId);
    const passwordHash = await this.passwords.hashFor(user, password);
    const by = personActor(user.id, origin);
    await this.transactions.run(async (manager) => {
      if (!(await this.links.use(manager, link))) throw new ResetExpired();
      await this.set(manager, link, passwordHash);
      await this.links.kill(manager, 'password_reset', user.id);
      await this.sessions.endAll(manager, by, user.id);
      await this.audit.record(manager, by, {
        action: 'user.password_reset',
        organizationId: null,
        targetId: by.id,
      });
    });
    await this.attempts.forgive(link.email);
  }

  private async set(
    manager: EntityManager,
    { userId, email }: MailedLink,
    passwordHash: string,
  ): Promise<void> {
    const now = new Date();
    // An address that has changed since is not proven, and its old owner sets no password.
    const { affected } = await manager.update(
      User,
      { id: userId, email, disabledAt: IsNull() },
      { passwordHash, updatedAt: now },
    );
    if (!affected) throw new ResetExpired();
    const unproven = { id: userId, emailVerifiedAt: IsNull() };
    await manager.update(User, unproven, { emailVerifiedAt: now });
  }
}
