import { ApiProperty } from '@nestjs/swagger';
import { encodeId } from '../access/ids.js';
import { IsName } from '../http/input/fields.js';
import { type Person } from './users.service.js';

export class UserPatch {
  @ApiProperty({ example: 'Ada Lovelace', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;
}

export class UserBody {
  @ApiProperty({ example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'ada@example.com' })
  email: string | null;

  @ApiProperty({ example: 'Ada Lovelace' })
  name: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  email_verified_at: string | null;

  static of(user: Person): UserBody {
    return {
      id: encodeId('user', user.id),
      email: user.email,
      name: user.name,
      email_verified_at: user.emailVerifiedAt?.toISOString() ?? null,
    };
  }
}

export class UserAnswer {
  @ApiProperty()
  user: UserBody;

  static of(user: Person): UserAnswer {
    return { user: UserBody.of(user) };
  }
}
