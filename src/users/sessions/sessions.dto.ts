import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../access/email-address.js';
import { encodeId } from '../../access/ids.js';
import { type Page } from '../../http/pages/pagination.js';
import { UserBody } from '../users.dto.js';
import { type Session } from './session.entity.js';
import { type StartedSession } from './sessions.service.js';

export class SignInRequest {
  @ApiProperty({ example: 'ada@example.com' })
  @IsEmailAddress()
  email: string;

  @ApiProperty({ example: 'correct horse battery staple' })
  @IsString()
  @MaxLength(4096)
  password: string;
}

export class StartedSessionBody {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'kcs_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
    description: 'Null where a page of this deployment asks: it gets the session as a cookie.',
  })
  session_token: string | null;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty()
  user: UserBody;

  static of({ token, expiresAt, user }: StartedSession): StartedSessionBody {
    return {
      session_token: token,
      expires_at: expiresAt.toISOString(),
      user: UserBody.of(user),
    };
  }
}

export class SessionBody {
  @ApiProperty({ example: 'ses_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ description: 'Whether it is the session that asks.' })
  is_current: boolean;

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

  static of(session: Session, currentId: string): SessionBody {
    return {
      id: encodeId('session', session.id),
      is_current: session.id === currentId,
      ip: session.ip,
      user_agent: session.userAgent,
      created_at: session.createdAt.toISOString(),
      last_seen_at: session.lastSeenAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    };
  }
}

export class SessionList {
  @ApiProperty({ type: [SessionBody] })
  sessions: SessionBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<Session>, currentId: string): SessionList {
    return {
      sessions: items.map((session) => SessionBody.of(session, currentId)),
      next_cursor: nextCursor,
    };
  }
}
