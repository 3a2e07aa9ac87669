import { Injectable } from '@nestjs/common';
import { encodeId } from '../access/ids.js';
import { type AuditActor, AuditService } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { OutgoingMailsService } from '../mail/outgoing-mails.service.js';
import { MailNotFound } from './operators.errors.js';

/** Has mails sent again that did not get through. */
@Injectable()
export class MailRetriesService {
  constructor(
    private readonly mails: OutgoingMailsService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** @throws MailNotFound also for one that was sent or is of no use any more */
  async retry(by: AuditActor, id: string): Promise<void> {
    if (!(await this.mails.retry(id))) throw new MailNotFound();
    const targetId = encodeId('outgoingMail', id);
    await this.transactions.run((manager) =>
      this.audit.record(manager, by, { action: 'mail.retried', organizationId: null, targetId }),
    );
  }
}
