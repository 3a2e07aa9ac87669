import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { encodeId } from '../access/ids.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { SessionEndingsService } from './sessions/session-endings.service.js';
import { Session } from './sessions/session.entity.js';
import { isLive } from './sessions/sessions.service.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

/** Whether a person may sign in, as those who run the deployment decide. */
@Injectable()
export class UserStandingService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionEndingsService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** Ends every session, and lets none begin. Again is no error. @throws UserNotFound */
  async disable(by: AuditActor, userId: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      await this.users.lock(manager, userId);
      const which = { id: userId, disabledAt: IsNull() };
      const { affected } = await manager.update(User, which, { disabledAt: new Date() });
      await this.sessions.endAll(manager, by, userId);
      if (affected === 0) return;
      const targetId = encodeId('user', userId);
      await this.audit.record(manager, by, {
        action: 'user.disabled',
        organizationId: null,
        targetId,
      });
    });
  }

  /** The sessions of before stay ended. @throws UserNotFound */
  async enable(by: AuditActor, userId: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      await this.users.lock(manager, userId);
      const which = { id: userId, disabledAt: Not(IsNull()) };
      const { affected } = await manager.update(User, which, { disabledAt: null });
      if (affected === 0) return;
      const targetId = encodeId('user', userId);
      await this.audit.record(manager, by, {
        action: 'user.enabled',
        organizationId: null,
        targetId,
      });
    });
  }

  /**
   * Whether someone is still signed in as he was, and may be. Until the transaction ends he stays so.
   *
   * @param sessionId UUID; null for a session of an identity provider, which is not ended here
   */
  async isStillSignedIn(
    manager: EntityManager,
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string | null },
  ): Promise<boolean> {
    const lock = { mode: 'pessimistic_read' } as const;
    const enabled = { id: userId, disabledAt: IsNull() };
    const user = await manager.findOne(User, { where: enabled, select: { id: true }, lock });
    if (!user) return false;
    if (sessionId === null) return true;
    const session = await manager.findOne(Session, { where: { id: sessionId, userId }, lock });
    return session !== null && isLive(session, new Date());
  }

  /** @throws UserNotFound */
  async endSessions(by: AuditActor, userId: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      await this.users.lock(manager, userId);
      await this.sessions.endAll(manager, by, userId);
    });
  }
}
