import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailDelivery } from './mail-delivery.js';
import { OutgoingMail } from './outgoing-mail.entity.js';
import { OutboxService } from './outbox.service.js';
import { OutgoingMailsService } from './outgoing-mails.service.js';

/** Mails of the deployment: a transactional outbox, and what sends it. */
@Module({
  imports: [TypeOrmModule.forFeature([OutgoingMail])],
  providers: [MailDelivery, OutboxService, OutgoingMailsService],
  exports: [OutboxService, OutgoingMailsService],
})
export class MailModule {}
