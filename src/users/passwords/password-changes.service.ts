import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Origin, type UserPrincipal } from '../../access/principal.js';
import { AuditService, personActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { MailedLinksService } from '../mailed-links/mailed-links.service.js';
import { SessionEndingsService } from '../sessions/session-endings.service.js';
import { User } from '../user.entity.js';
import { NoPassword, WrongPassword } from '../users.errors.js';
import { UsersService } from '../users.service.js';
import { PasswordsService } from './passwords.service.js';

export interface PasswordChange {
  readonly current: string;
  readonly wanted: string;
}

/** What a person changes of the own password. */
@Injectable()
export class PasswordChangesService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly links: MailedLinksService,
    private readonly sessions: SessionEndingsService,
    private readonly throttle: FailureThrottle,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Needs the current password, since a session may be in strange hands; ends every other session.
   *
   * @throws NoPassword
   * @throws WrongPassword
   * @throws TooManyRequests
   * @throws ValidationFailed for an unacceptable new one
   */
  async change(
    { userId, sessionId }: UserPrincipal,
    { current, wanted }: PasswordChange,
    origin: Origin,
  ): Promise<void> {
    const user = await this.users.getWithPassword(userId);
    const stored = user.passwordHash;
    if (stored === null) throw new NoPassword();
    await this.prove(userId, stored, current);
    const passwordHash = await this.passwords.hashFor(user, wanted, 'new_password');
    const by = personActor(userId, origin);
    await this.transactions.run(async (manager) => {
      await this.replace(manager, { userId, stored, passwordHash });
      await this.links.kill(manager, 'password_reset', userId);
      await this.sessions.endAll(manager, by, userId, sessionId ?? undefined);
      await this.audit.record(manager, by, {
        action: 'user.password_changed',
        organizationId: null,
        targetId: by.id,
      });
    });
  }

  /**
   * Counted by the account alone and apart from sign-ins: whoever holds a session may guess a few
   * times, and nobody else can use the guesses up.
   */
  private async prove(userId: string, stored: string, password: string): Promise<void> {
    const kind = 'passwordFailuresPerAccountPer15Minutes';
    const key = `change ${userId}`;
    await this.throttle.count(kind, key);
    const isRight = await this.passwords.verify(stored, password).catch(async (error: unknown) => {
      await this.throttle.refund(kind, key);
      throw error;
    });
    if (!isRight) throw new WrongPassword();
    await this.throttle.forgive(kind, key);
  }

  /** The password that was proven is still the current one. */
  private async replace(
    manager: EntityManager,
    change: { userId: string; stored: string; passwordHash: string },
  ): Promise<void> {
    const { affected } = await manager.update(
      User,
      { id: change.userId, passwordHash: change.stored },
      { passwordHash: change.passwordHash, updatedAt: new Date() },
    );
    if (!affected) throw new WrongPassword();
  }
}
