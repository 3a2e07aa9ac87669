import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { encodeId, encodeOptionalId } from '../access/ids.js';
import { IsDateTime } from '../http/input/fields.js';
import { PageQuery } from '../http/pages/page-query.js';
import { type Page } from '../http/pages/pagination.js';
import { ACTOR_KINDS, type ActorKind, AuditEvent } from './audit-event.entity.js';
import { type AuditFilter } from './audit-filter.js';
import { AUDIT_ACTIONS } from './audit.service.js';
import { type Verification } from './chain/verification.service.js';

/** What the lists of an organization and of operators are narrowed by. */
export class AuditFilterQuery extends PageQuery {
  @ApiPropertyOptional({ enum: AUDIT_ACTIONS })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  action?: string;

  @ApiPropertyOptional({ description: "Only what this user, key, client or operator's token did." })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  actor_id?: string;

  @ApiPropertyOptional({ description: 'Only what was done to this one.' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  target_id?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Recorded at this time or later.' })
  @IsOptional()
  @IsDateTime()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Recorded before this time.' })
  @IsOptional()
  @IsDateTime()
  to?: string;

  /** @param before UUID of the event after which the page starts */
  toFilter(before: string | undefined): AuditFilter {
    const { action, actor_id: actorId, target_id: targetId, from, to } = this;
    return {
      ...(action !== undefined && { action }),
      ...(actorId !== undefined && { actorId }),
      ...(targetId !== undefined && { targetId }),
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
      ...(before !== undefined && { before }),
    };
  }
}

export class AuditQuery extends AuditFilterQuery {
  @ApiPropertyOptional({ description: 'Another name of `cursor`.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  before?: string;
}

export class VerificationQuery {
  @ApiPropertyOptional({
    description:
      'One that was kept elsewhere, as the log has it: `org_....<number>.<hash>.<seal>`.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  checkpoint?: string;
}

export class AuditEventBody {
  @ApiProperty({ example: 'evt_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ enum: AUDIT_ACTIONS, example: 'member.role_changed' })
  action: string;

  @ApiProperty({ enum: ACTOR_KINDS })
  actor_kind: ActorKind;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'A user id, a key id or a `client_id`.',
  })
  actor_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  project_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'mem_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'What was changed.',
  })
  target_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: '01a1b2c3-d4e5-7f60-8a9b-0c1d2e3f4a5b' })
  request_id: string | null;

  @ApiProperty({ type: Object, example: { role: { before: 'member', after: 'admin' } } })
  metadata: object;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(event: AuditEvent): AuditEventBody {
    return {
      id: encodeId('auditEvent', event.id),
      action: event.action,
      actor_kind: event.actorKind,
      actor_id: event.actorId,
      organization_id: encodeOptionalId('organization', event.organizationId),
      project_id: encodeOptionalId('project', event.projectId),
      target_id: event.targetId,
      ip: event.ip,
      request_id: event.requestId,
      metadata: event.metadata,
      created_at: event.createdAt.toISOString(),
    };
  }
}

export class AuditEventList {
  @ApiProperty({ type: [AuditEventBody] })
  audit_events: AuditEventBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<AuditEvent>): AuditEventList {
    return { audit_events: items.map((each) => AuditEventBody.of(each)), next_cursor: nextCursor };
  }
}

export class VerificationBody {
  @ApiProperty({ description: 'Whether the chain is whole and every event as it was written.' })
  valid: boolean;

  @ApiProperty({ type: 'integer', example: 42, description: 'Events found as they were written.' })
  checked: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Null as well where what is missing is the end of the chain.',
  })
  first_broken_event_id: string | null;

  static of({ valid, checked, firstBrokenId }: Verification): VerificationBody {
    const brokenId = encodeOptionalId('auditEvent', firstBrokenId);
    return { valid, checked, first_broken_event_id: brokenId };
  }
}
