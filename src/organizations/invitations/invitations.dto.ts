import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsEmailAddress } from '../../access/email-address.js';
import { encodeId, encodeOptionalId } from '../../access/ids.js';
import { type Role, ROLES } from '../../access/principal.js';
import { IsAbsentable, IsName } from '../../http/input/fields.js';
import { PageQuery } from '../../http/pages/page-query.js';
import { type Page } from '../../http/pages/pagination.js';
import { type StartedSession } from '../../users/sessions/sessions.service.js';
import { type Member } from '../members/members.service.js';
import { MemberBody } from '../members/members.dto.js';
import { type InvitationPreview } from './acceptance/acceptance.service.js';
import { type Invitation } from './invitation.entity.js';
import { type IssuedInvitation } from './invitation-issuance.service.js';
import { INVITATION_STATUSES, type InvitationStatus, statusOf } from './invitation-status.js';

export class InvitationQuery extends PageQuery {
  @ApiPropertyOptional({ enum: INVITATION_STATUSES })
  @IsOptional()
  @IsIn(INVITATION_STATUSES)
  status?: InvitationStatus;

  @ApiPropertyOptional({ description: 'Part of the address.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;
}

/** What sending an invitation again takes, too. */
export class ResendInvitationRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 30,
    default: 7,
    nullable: true,
    description: 'Days.',
  })
  @IsAbsentable()
  @IsInt()
  @Min(1)
  @Max(30)
  expires_in_days?: number;

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    default: true,
    description: 'False: not mailed, also where mail is configured.',
  })
  @IsAbsentable()
  @IsBoolean()
  send_email?: boolean;
}

export class NewInvitationRequest extends ResendInvitationRequest {
  @ApiProperty({ example: 'grace@example.com' })
  @IsEmailAddress()
  email: string;

  @ApiProperty({ enum: ['admin', 'member'] })
  @IsIn(ROLES)
  role: Role;
}

export class AcceptInvitationRequest {
  @ApiProperty({ example: 'kci_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6' })
  @IsString()
  @MaxLength(100)
  token: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: 100,
    example: 'Grace Hopper',
    description: 'With `password`: signs up.',
  })
  @IsAbsentable()
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 15,
    example: 'a ship in port is safe',
    description: 'For someone without an account; left out by a signed-in person.',
  })
  @IsAbsentable()
  @IsString()
  password?: string;
}

export class InvitationBody {
  @ApiProperty({ example: 'inv_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ example: 'grace@example.com' })
  email: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty({ enum: INVITATION_STATUSES })
  status: InvitationStatus;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ type: String, nullable: true, example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  invited_by_user_id: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(invitation: Invitation, now = new Date()): InvitationBody {
    return {
      id: encodeId('invitation', invitation.id),
      email: invitation.email,
      role: invitation.role,
      status: statusOf(invitation, now),
      expires_at: invitation.expiresAt.toISOString(),
      invited_by_user_id: encodeOptionalId('user', invitation.invitedByUserId),
      created_at: invitation.createdAt.toISOString(),
    };
  }
}

export class IssuedInvitationAnswer {
  @ApiProperty()
  invitation: InvitationBody;

  @ApiProperty({
    description: 'Shown this once. The token is in the fragment, which no server sees.',
    example: 'https://keycap.example.com/dashboard/accept-invitation#token=kci_4fJ0mYw1c3Rk9T',
  })
  accept_url: string;

  static of({ invitation, acceptUrl }: IssuedInvitation): IssuedInvitationAnswer {
    return { invitation: InvitationBody.of(invitation), accept_url: acceptUrl };
  }
}

export class InvitationList {
  @ApiProperty({ type: [InvitationBody] })
  invitations: InvitationBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<Invitation>): InvitationList {
    return { invitations: items.map((each) => InvitationBody.of(each)), next_cursor: nextCursor };
  }
}

export class InvitationPreviewBody {
  @ApiProperty({ example: 'Acme' })
  organization_name: string;

  @ApiProperty({ example: 'grace@example.com' })
  email: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}

export class InvitationPreviewAnswer {
  @ApiProperty()
  invitation: InvitationPreviewBody;

  @ApiProperty({ description: 'Whether the invited address has an account.' })
  account_exists: boolean;

  static of({
    invitation,
    organization,
    accountExists,
  }: InvitationPreview): InvitationPreviewAnswer {
    return {
      invitation: {
        organization_name: organization.name,
        email: invitation.email,
        role: invitation.role,
        expires_at: invitation.expiresAt.toISOString(),
      },
      account_exists: accountExists,
    };
  }
}

export class AcceptedAnswer {
  @ApiProperty()
  member: MemberBody;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'kcs_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
    description:
      'Only where an account was made; null where a page of this deployment asks: it gets the session as a cookie.',
  })
  session_token?: string | null;

  @ApiPropertyOptional({ format: 'date-time' })
  expires_at?: string;

  static of(member: Member, session?: StartedSession): AcceptedAnswer {
    const body = { member: MemberBody.of(member) };
    if (!session) return body;
    return {
      ...body,
      session_token: session.token,
      expires_at: session.expiresAt.toISOString(),
    };
  }
}
