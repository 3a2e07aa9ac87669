import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutgoingMail } from './outgoing-mail.entity.js';
import { OutboxService } from './outbox.service.js';

/** Mails of the deployment: a transactional outbox, and what sends it. */
@Module({
  imports: [TypeOrmModule.forFeature([OutgoingMail])],
  providers: [OutboxService],
  exports: [OutboxService],
})
export class MailModule {}
