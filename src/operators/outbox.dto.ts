import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsEmailAddress } from '../access/email-address.js';
import { encodeId, encodeOptionalId } from '../access/ids.js';
import { PageQuery } from '../http/pages/page-query.js';
import { type Page } from '../http/pages/pagination.js';
import {
  MAIL_KINDS,
  MAIL_STATES,
  type MailState,
  type OutgoingMailsService,
} from '../mail/outgoing-mails.service.js';

type ListedMail = Awaited<ReturnType<OutgoingMailsService['list']>>[number];

export class OutboxQuery extends PageQuery {
  @ApiPropertyOptional({ enum: MAIL_STATES })
  @IsOptional()
  @IsIn(MAIL_STATES)
  state?: MailState;

  @ApiPropertyOptional({ example: 'ada@example.com' })
  @IsOptional()
  @IsEmailAddress()
  recipient?: string;
}

/** Neither subject nor text: they may hold a secret link. */
export class MailBody {
  @ApiProperty({ example: 'msg_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ enum: MAIL_KINDS })
  kind: string;

  @ApiProperty({ example: 'ada@example.com' })
  recipient: string;

  @ApiProperty({ type: String, nullable: true, example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string | null;

  @ApiProperty({ enum: MAIL_STATES, description: 'They wait also where no mail is configured.' })
  state: MailState;

  @ApiProperty({ type: 'integer', example: 2 })
  attempts: number;

  @ApiProperty({ type: String, nullable: true, example: 'connection refused' })
  last_error: string | null;

  @ApiProperty({ format: 'date-time' })
  next_attempt_at: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  sent_at: string | null;

  @ApiProperty({ format: 'date-time', description: 'After it the mail is not sent any more.' })
  expires_at: string;

  static of(mail: ListedMail): MailBody {
    return {
      id: encodeId('outgoingMail', mail.id),
      kind: mail.kind,
      recipient: mail.recipient,
      organization_id: encodeOptionalId('organization', mail.organizationId),
      state: mail.state,
      attempts: mail.attempts,
      last_error: mail.lastError,
      next_attempt_at: mail.nextAttemptAt.toISOString(),
      created_at: mail.createdAt.toISOString(),
      sent_at: mail.sentAt?.toISOString() ?? null,
      expires_at: mail.expiresAt.toISOString(),
    };
  }
}

export class RetriedAnswer {
  @ApiProperty({ enum: [true] })
  retried: true;
}

export class MailList {
  @ApiProperty({ type: [MailBody] })
  mails: MailBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<ListedMail>): MailList {
    return { mails: items.map((each) => MailBody.of(each)), next_cursor: nextCursor };
  }
}
