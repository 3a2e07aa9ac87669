import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, ValidateIf } from 'class-validator';
import { encodeId } from '../../access/ids.js';
import { type Role, ROLES } from '../../access/principal.js';
import { PageQuery } from '../../http/pages/page-query.js';
import { type Page } from '../../http/pages/pagination.js';
import { type Member } from './members.service.js';
import { MEMBERSHIP_STATUSES, type MembershipStatus } from './membership.entity.js';

export class MemberQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ROLES })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ enum: MEMBERSHIP_STATUSES })
  @IsOptional()
  @IsIn(MEMBERSHIP_STATUSES)
  status?: MembershipStatus;

  @ApiPropertyOptional({ description: 'Part of a name or an e-mail address.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;
}

export class MemberPatchRequest {
  @ApiPropertyOptional({ enum: ROLES, example: 'admin' })
  @ValidateIf((patch: MemberPatchRequest) => patch.role !== undefined)
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ enum: MEMBERSHIP_STATUSES })
  @ValidateIf((patch: MemberPatchRequest) => patch.status !== undefined)
  @IsIn(MEMBERSHIP_STATUSES)
  status?: MembershipStatus;
}

export class MemberUserBody {
  @ApiProperty({ example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'ada@example.com' })
  email: string | null;

  @ApiProperty({ example: 'Ada Lovelace' })
  name: string;
}

export class MemberBody {
  @ApiProperty({ example: 'mem_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  user_id: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty({ enum: MEMBERSHIP_STATUSES })
  status: MembershipStatus;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;

  @ApiProperty()
  user: MemberUserBody;

  static of({ membership, user }: Member): MemberBody {
    return {
      id: encodeId('membership', membership.id),
      organization_id: encodeId('organization', membership.organizationId),
      user_id: encodeId('user', membership.userId),
      role: membership.role,
      status: membership.status,
      created_at: membership.createdAt.toISOString(),
      updated_at: membership.updatedAt.toISOString(),
      user: { id: encodeId('user', user.id), email: user.email, name: user.name },
    };
  }
}

export class MemberAnswer {
  @ApiProperty()
  member: MemberBody;

  static of(member: Member): MemberAnswer {
    return { member: MemberBody.of(member) };
  }
}

export class MemberList {
  @ApiProperty({ type: [MemberBody] })
  members: MemberBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<Member>): MemberList {
    return { members: items.map((each) => MemberBody.of(each)), next_cursor: nextCursor };
  }
}
