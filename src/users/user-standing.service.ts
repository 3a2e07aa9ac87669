import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { encodeId } from '../access/ids.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { SessionEndingsService } from './sessions/session-endings.service.js';
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

  /** @throws UserNotFound */
  async endSessions(by: AuditActor, userId: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      await this.users.lock(manager, userId);
      await this.sessions.endAll(manager, by, userId);
    });
  }
}
