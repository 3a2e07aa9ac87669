import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { encodeId } from '../access/ids.js';
import { type Role, ROLES } from '../access/principal.js';
import { PageQuery } from '../http/pages/page-query.js';
import { type Page } from '../http/pages/pagination.js';
import { type UserMembership } from '../organizations/user-memberships.service.js';
import { type ListedSession } from '../users/sessions/sessions.service.js';
import { type ListedUser, USER_STATUSES, type UserStatus } from '../users/user-search.service.js';
import { UserBody } from '../users/users.dto.js';

export class UserSearchQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Part of a name or an e-mail address.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;

  @ApiPropertyOptional({ enum: USER_STATUSES })
  @IsOptional()
  @IsIn(USER_STATUSES)
  status?: UserStatus;
}

export class ListedUserBody extends UserBody {
  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  disabled_at: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static override of(user: ListedUser): ListedUserBody {
    return {
      ...UserBody.of(user),
      disabled_at: user.disabledAt?.toISOString() ?? null,
      created_at: user.createdAt.toISOString(),
    };
  }
}

export class ListedUserList {
  @ApiProperty({ type: [ListedUserBody] })
  users: ListedUserBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<ListedUser>): ListedUserList {
    return { users: items.map((each) => ListedUserBody.of(each)), next_cursor: nextCursor };
  }
}

export class ListedUserAnswer {
  @ApiProperty()
  user: ListedUserBody;

  static of(user: ListedUser): ListedUserAnswer {
    return { user: ListedUserBody.of(user) };
  }
}

export class UserMembershipBody {
  @ApiProperty({ example: 'mem_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ example: 'Acme' })
  organization_name: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty({ enum: ['active', 'paused'] })
  status: string;

  static of(membership: UserMembership): UserMembershipBody {
    return {
      id: encodeId('membership', membership.id),
      organization_id: encodeId('organization', membership.organizationId),
      organization_name: membership.organizationName,
      role: membership.role,
      status: membership.status,
    };
  }
}

export class UserSessionBody {
  @ApiProperty({ example: 'ses_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'curl/8.5.0' })
  user_agent: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  last_seen_at: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  static of(session: ListedSession): UserSessionBody {
    return {
      id: encodeId('session', session.id),
      ip: session.ip,
      user_agent: session.userAgent,
      created_at: session.createdAt.toISOString(),
      last_seen_at: session.lastSeenAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    };
  }
}

/** What of an identity is shown. */
interface ListedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly createdAt: Date;
}

export class UserIdentityBody {
  @ApiProperty({ example: 'https://clerk.example.com' })
  issuer: string;

  @ApiProperty({ example: 'user_2abc' })
  subject: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of({ issuer, subject, createdAt }: ListedIdentity): UserIdentityBody {
    return { issuer, subject, created_at: createdAt.toISOString() };
  }
}

export class UserDetailAnswer extends ListedUserAnswer {
  @ApiProperty({ type: [UserMembershipBody] })
  memberships: UserMembershipBody[];

  @ApiProperty({ type: [UserSessionBody], description: 'Live ones, the newest 100.' })
  sessions: UserSessionBody[];

  @ApiProperty({ type: [UserIdentityBody], description: 'As identity providers know him.' })
  external_identities: UserIdentityBody[];

  static ofAll(
    user: ListedUser,
    memberships: readonly UserMembership[],
    sessions: readonly ListedSession[],
    identities: readonly ListedIdentity[],
  ): UserDetailAnswer {
    return {
      user: ListedUserBody.of(user),
      memberships: memberships.map((each) => UserMembershipBody.of(each)),
      sessions: sessions.map((each) => UserSessionBody.of(each)),
      external_identities: identities.map((each) => UserIdentityBody.of(each)),
    };
  }
}
