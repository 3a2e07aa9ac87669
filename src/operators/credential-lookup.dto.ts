import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { CREDENTIAL_KINDS, type FoundCredential } from '../access/credentials/found-credential.js';
import { encodeOptionalId } from '../access/ids.js';
import { IsAbsentable } from '../http/input/fields.js';

const STATES = ['active', 'inactive'] as const;

export class CredentialLookupRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'capy_live_x1Y2aBcDeFgHiJkLmNoPqRsTuVwXyZ0112345',
    description: 'An API key, access token, session token, or token of the configuration.',
  })
  @IsAbsentable()
  @IsString()
  @Length(1, 8192)
  credential?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'capy_live_x1Y2' })
  @IsAbsentable()
  @IsString()
  @Length(1, 100)
  key_prefix?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt',
  })
  @IsAbsentable()
  @IsString()
  @Length(1, 100)
  client_id?: string;
}

export class FoundCredentialBody {
  @ApiProperty({ enum: CREDENTIAL_KINDS })
  kind: FoundCredential['kind'];

  @ApiProperty({
    example: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Of a client its `client_id`, of a token of the configuration its name.',
  })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  project_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Whose session it is, or who made the key or client.',
  })
  user_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'CI',
    description: 'Of an access token the `client_id` that it was issued to.',
  })
  name: string | null;

  @ApiProperty({ enum: STATES })
  state: (typeof STATES)[number];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Why it is inactive, as a sentence.',
  })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  created_at: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  expires_at: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  last_used_at: string | null;

  static of(found: FoundCredential): FoundCredentialBody {
    return {
      kind: found.kind,
      id: found.id,
      organization_id: encodeOptionalId('organization', found.organizationId),
      project_id: encodeOptionalId('project', found.projectId),
      user_id: encodeOptionalId('user', found.userId),
      name: found.name,
      state: found.whyDead === null ? 'active' : 'inactive',
      reason: found.whyDead,
      created_at: found.createdAt?.toISOString() ?? null,
      expires_at: found.expiresAt?.toISOString() ?? null,
      last_used_at: found.lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class FoundCredentialList {
  @ApiProperty({ type: [FoundCredentialBody] })
  credentials: FoundCredentialBody[];

  static of(found: readonly FoundCredential[]): FoundCredentialList {
    return { credentials: found.map((each) => FoundCredentialBody.of(each)) };
  }
}
