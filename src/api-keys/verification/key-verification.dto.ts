import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { type RateLimitState } from '../../access/rate-limit.js';
import { ApiKeyBody, projectIdOf } from '../api-keys.dto.js';
import { IsAddress } from '../../http/input/address-fields.js';
import { type IntendedUse, type Verdict, VERDICT_CODES, type VerdictCode } from './verdict.js';

export class KeyVerificationRequest {
  @ApiProperty({ example: 'capy_live_000000000000000000000000000000003UFVO5' })
  @IsString()
  api_key: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'backups:read backups:write',
    description: 'Scopes, separated by spaces; all are needed.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  scope?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'The project that the request concerns.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  project_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: '203.0.113.7',
    description: 'Where the request came from; needed for keys with an address list.',
  })
  @IsOptional()
  @IsAddress()
  ip?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    default: 1,
    minimum: 1,
    maximum: 1_000_000,
    description: "What a valid use takes of the key's limit.",
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  cost?: number | null;

  toUse(): Omit<IntendedUse, 'origin' | 'withinOrganizationId'> {
    const { scope, project_id, ip, cost } = this;
    return {
      ip: ip ?? null,
      projectId: typeof project_id === 'string' ? projectIdOf(project_id) : null,
      cost: cost ?? 1,
      scopes: (scope ?? '').split(' ').filter((each) => each !== ''),
    };
  }
}

class KeyRateLimitStateBody {
  @ApiProperty({ type: 'integer', example: 100 })
  limit: number;

  @ApiProperty({ type: 'integer', example: 99, description: 'What is left of the window.' })
  remaining: number;

  @ApiProperty({ format: 'date-time', description: 'When the window ends.' })
  reset_at: string;

  static of({ limit, remaining, resetAt }: RateLimitState): KeyRateLimitStateBody {
    return { limit, remaining, reset_at: resetAt.toISOString() };
  }
}

export class KeyVerificationAnswer {
  @ApiProperty()
  valid: boolean;

  @ApiProperty({ enum: VERDICT_CODES })
  code: VerdictCode;

  @ApiProperty({
    type: ApiKeyBody,
    nullable: true,
    description: '`null` for `malformed` and `not_found` alone.',
  })
  api_key: ApiKeyBody | null;

  @ApiProperty({
    type: KeyRateLimitStateBody,
    nullable: true,
    description: '`null` for a key without a limit, and where it was refused for another reason.',
  })
  rate_limit: KeyRateLimitStateBody | null;

  static of(verdict: Verdict, now: Date): KeyVerificationAnswer {
    const { code, key } = verdict;
    return {
      valid: code === 'valid',
      code,
      api_key: key && ApiKeyBody.of(key, now),
      rate_limit: key && verdict.rateLimit && KeyRateLimitStateBody.of(verdict.rateLimit),
    };
  }
}
