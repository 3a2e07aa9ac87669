import { ApiProperty } from '@nestjs/swagger';
import { KEY_SOURCES, type KeySource } from '../../access/key-source.js';
import { LEAVE_RULES, type LeaveRule } from '../policies/policy.js';
import { type Offboarding } from './departures.service.js';

export class OffboardedCredentialBody {
  @ApiProperty({ enum: ['api_key', 'oauth_client'] })
  kind: 'api_key' | 'oauth_client';

  @ApiProperty({ example: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe', description: 'Or a `client_id`.' })
  id: string;

  @ApiProperty({ example: 'Nightly sync' })
  name: string;

  @ApiProperty({
    enum: KEY_SOURCES,
    nullable: true,
    example: 'cli',
    description: 'Null for a client.',
  })
  source: KeySource | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  last_used_at: string | null;

  @ApiProperty({ enum: ['kept', 'revoked'] })
  on_removal: 'kept' | 'revoked';

  @ApiProperty({ enum: ['kept', 'disabled'] })
  on_pause: 'kept' | 'disabled';
}

/** What a removal or a pause would do, without doing it. */
export class OffboardingAnswer {
  @ApiProperty({ enum: LEAVE_RULES, description: 'What the policy says by now.' })
  member_keys_on_leave: LeaveRule;

  @ApiProperty({ type: [OffboardedCredentialBody], description: 'At most 1,000 of each kind.' })
  credentials: OffboardedCredentialBody[];

  static of({ rule, credentials }: Offboarding): OffboardingAnswer {
    return {
      member_keys_on_leave: rule,
      credentials: credentials.map(({ kind, id, name, source, isEnded, ...times }) => ({
        kind,
        id,
        name,
        source,
        created_at: times.createdAt.toISOString(),
        last_used_at: times.lastUsedAt?.toISOString() ?? null,
        on_removal: isEnded ? 'revoked' : 'kept',
        on_pause: isEnded ? 'disabled' : 'kept',
      })),
    };
  }
}
