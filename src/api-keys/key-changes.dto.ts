import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, ValidateIf, ValidateNested } from 'class-validator';
import { IsAddressRanges } from '../http/input/address-fields.js';
import { parseDateTime } from '../http/input/date-time.js';
import { IsDateTime, IsName } from '../http/input/fields.js';
import { IsMetadata } from '../http/input/metadata.js';
import { IsKeyScopes, KeyRateLimitBody } from './api-keys.dto.js';
import { type KeyPatch } from './key-settings.js';

/** What is left out stays. */
export class KeyPatchRequest {
  @ApiPropertyOptional({ example: 'CI deploys', minLength: 1, maxLength: 100 })
  @ValidateIf((patch: KeyPatchRequest) => patch.name !== undefined)
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['credentials:read'],
    minItems: 1,
    description: 'Part of what it holds: a key never gets more.',
  })
  @ValidateIf((patch: KeyPatchRequest) => patch.scopes !== undefined)
  @IsKeyScopes()
  scopes?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2031-02-03T04:05:06Z',
    description:
      'Earlier than before. While a rotation overlaps, the old key may also end at once or, ' +
      'within 30 days from now, later.',
  })
  @IsOptional()
  @IsDateTime()
  expires_at?: string | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['203.0.113.0/24'],
    description: 'The addresses that the key may be used from; any where it is null.',
  })
  @IsOptional()
  @IsAddressRanges()
  ip_allowlist?: string[] | null;

  @ApiPropertyOptional({ type: KeyRateLimitBody, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => KeyRateLimitBody)
  rate_limit?: KeyRateLimitBody | null;

  @ApiPropertyOptional({
    type: Object,
    example: { team: 'data' },
    description: 'Instead of all of it.',
  })
  @ValidateIf((patch: KeyPatchRequest) => patch.metadata !== undefined)
  @IsMetadata()
  metadata?: object;

  @ApiPropertyOptional({ description: '`false` disables it until it is enabled again.' })
  @ValidateIf((patch: KeyPatchRequest) => patch.is_active !== undefined)
  @IsBoolean()
  is_active?: boolean;

  toPatch(): KeyPatch {
    const { expires_at } = this;
    return {
      name: this.name,
      scopes: this.scopes,
      expiresAt: typeof expires_at === 'string' ? parseDateTime(expires_at) : expires_at,
      ipAllowlist: this.ip_allowlist,
      rateLimit: this.rate_limit && KeyRateLimitBody.toLimit(this.rate_limit),
      metadata: this.metadata,
      isEnabled: this.is_active,
    };
  }
}
