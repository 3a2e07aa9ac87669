import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { type AuditActor } from '../audit/audit.service.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { IdParam } from '../http/input/id-param.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { OutgoingMailsService } from '../mail/outgoing-mails.service.js';
import { ActingOperator } from './acting-operator.js';
import { MailRetriesService } from './mail-retries.service.js';
import { MailNotFound, MailNotRetryable } from './operators.errors.js';
import { MailList, OutboxQuery, RetriedAnswer } from './outbox.dto.js';

const LIST = 'outbox';

@ApiTags('Operators')
@Controller('v1/admin/outbox')
export class OutboxController {
  constructor(
    private readonly mails: OutgoingMailsService,
    private readonly retries: MailRetriesService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ operator: true })
  @Operation('operatorListMails', 'List mails, without what they say', { answer: MailList })
  async list(@Query() { cursor, limit, ...filter }: OutboxQuery): Promise<MailList> {
    const before = this.cursors.open(LIST, cursor);
    const rows = await this.mails.list(filter, { before, limit: limit + 1 });
    return MailList.of(this.cursors.page(LIST, rows, limit, ({ id }) => id));
  }

  @Post(':mailID/retry')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorRetryMail', 'Have a mail sent as soon as possible', {
    answer: RetriedAnswer,
    errors: [MailNotFound, MailNotRetryable],
  })
  async retry(
    @ActingOperator() by: AuditActor,
    @IdParam('mailID', 'outgoingMail', MailNotFound) id: string,
  ): Promise<RetriedAnswer> {
    await this.retries.retry(by, id);
    return { retried: true };
  }
}
