import { Injectable } from '@nestjs/common';
import { addressKey } from '../access/addresses/address-key.js';
import { FailureThrottle } from '../access/throttling/failure-throttle.js';
import { type Origin } from '../access/principal.js';
import { AuditService, personActor } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { MailedLinksService } from './mailed-links/mailed-links.service.js';
import { User } from './user.entity.js';
import { EmailAlreadyVerified, VerificationExpired } from './users.errors.js';

/** That an address is a person's own, shown by a link that only its mailbox has seen. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly links: MailedLinksService,
    private readonly throttle: FailureThrottle,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** Mails a link, unless enough are on their way. @throws EmailAlreadyVerified */
  async request(userId: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const user = await manager.findOne(User, { where: { id: userId }, lock });
      if (!user?.email || user.emailVerifiedAt) throw new EmailAlreadyVerified();
      await this.links.send(manager, 'email_verification', { id: user.id, email: user.email });
    });
  }

  /**
   * Nobody has to be signed in: whoever reads the mail need not sit at the same browser. It proves
   * the address that it was mailed to, if that is still the account's.
   *
   * @throws VerificationExpired
   * @throws TooManyRequests
   */
  async confirm(token: string, origin: Origin): Promise<void> {
    const link = await this.links.find('email_verification', token);
    if (!link) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new VerificationExpired();
    }
    await this.transactions.run(async (manager) => {
      if (!(await this.links.use(manager, link))) throw new VerificationExpired();
      const { userId, email } = link;
      const now = new Date();
      const proven = { emailVerifiedAt: now, updatedAt: now };
      const { affected } = await manager.update(User, { id: userId, email }, proven);
      if (!affected) throw new VerificationExpired();
      await this.links.kill(manager, 'email_verification', userId);
      const by = personActor(userId, origin);
      await this.audit.record(manager, by, {
        action: 'user.email_verified',
        organizationId: null,
        targetId: by.id,
      });
    });
  }
}
