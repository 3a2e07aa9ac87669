import { Injectable } from '@nestjs/common';
import { encodeId } from '../access/ids.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { OutgoingMailsService } from '../mail/outgoing-mails.service.js';
import { MailNotFound, MailNotRetryable } from './operators.errors.js';

/** Has mails sent again that did not get through. */
@Injectable()
export class MailRetriesService {
  constructor(
    private readonly mails: OutgoingMailsService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws MailNotFound
   * @throws MailNotRetryable
   */
  async retry(by: AuditActor, id: string): Promise<void> {
    const mail = await this.mails.find(id);
    if (!mail) throw new MailNotFound();
    const { organizationId, kind } = mail;
    const targetId = encodeId('outgoingMail', id);
    await this.transactions.run(async (manager) => {
      if (!(await this.mails.retry(manager, id))) throw new MailNotRetryable();
      const event = { action: 'mail.retried', organizationId, targetId } as const;
      await this.audit.record(manager, by, { ...event, metadata: { kind } });
    });
  }
}
