import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NIL } from 'uuid';
import { decodeId, encodeId, encodeOptionalId } from '../access/ids.js';
import { KEY_SOURCES, type KeySource } from '../access/key-source.js';
import { parseDateTime } from '../http/input/date-time.js';
import { IsDateTime, IsName } from '../http/input/fields.js';
import { IsMetadata } from '../http/input/metadata.js';
import {
  type ApiKey,
  KEY_ENVIRONMENTS,
  type KeyEnvironment,
  type KeyRateLimit,
} from './api-key.entity.js';
import { IsAddressRanges } from '../http/input/address-fields.js';
import { type KeyDraft } from './issuance/key-grants.js';
import { type IssuedKey } from './issuance/key-issuance.service.js';

/**
 * The UUID behind a project's wire id. Text that is no such id gets the one that no project has:
 * it is as absent as any other.
 */
export function projectIdOf(text: string): string {
  return decodeId('project', text) ?? NIL;
}

/** 1 to 100 different scopes; which ones there are is the catalogue's to say. */
export function IsKeyScopes(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(100),
    ArrayUnique(),
    IsString({ each: true }),
    MaxLength(100, { each: true }),
  );
}

export class KeyRateLimitBody {
  @ApiProperty({ type: 'integer', example: 100, minimum: 1, maximum: 1_000_000 })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  limit: number;

  @ApiProperty({
    type: 'integer',
    example: 60,
    minimum: 1,
    maximum: 86_400,
    description: 'Seconds.',
  })
  @IsInt()
  @Min(1)
  @Max(86_400)
  window_seconds: number;

  static of({ limit, windowSeconds }: KeyRateLimit): KeyRateLimitBody {
    return { limit, window_seconds: windowSeconds };
  }

  static toLimit({ limit, window_seconds }: KeyRateLimitBody): KeyRateLimit {
    return { limit, windowSeconds: window_seconds };
  }
}

export class NewApiKeyRequest {
  @ApiProperty({ example: 'CI deploys', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;

  @ApiProperty({ type: [String], example: ['credentials:read'], minItems: 1 })
  @IsKeyScopes()
  scopes: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Confines the key to this project.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  project_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2031-02-03T04:05:06Z',
  })
  @IsOptional()
  @IsDateTime()
  expires_at?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: "Ada's laptop", maxLength: 100 })
  @IsOptional()
  @IsName()
  device_name?: string | null;

  @ApiPropertyOptional({ enum: KEY_ENVIRONMENTS, nullable: true, default: 'live' })
  @IsOptional()
  @IsIn(KEY_ENVIRONMENTS)
  environment?: KeyEnvironment | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['203.0.113.0/24', '2001:db8::/32'],
    description: 'The addresses that the key may be used from; any where it is left out.',
  })
  @IsOptional()
  @IsAddressRanges()
  ip_allowlist?: string[] | null;

  @ApiPropertyOptional({
    type: KeyRateLimitBody,
    nullable: true,
    description: 'How often the key is good within a window; as often as you like without one.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => KeyRateLimitBody)
  rate_limit?: KeyRateLimitBody | null;

  @ApiPropertyOptional({ type: Object, nullable: true, example: { team: 'data' } })
  @IsOptional()
  @IsMetadata()
  metadata?: object | null;

  toDraft(): KeyDraft {
    const { project_id, expires_at, rate_limit } = this;
    return {
      name: this.name,
      scopes: this.scopes,
      projectId: typeof project_id === 'string' ? projectIdOf(project_id) : null,
      expiresAt: typeof expires_at === 'string' ? parseDateTime(expires_at) : null,
      deviceName: this.device_name ?? null,
      environment: this.environment ?? 'live',
      ipAllowlist: this.ip_allowlist ?? null,
      rateLimit: rate_limit ? KeyRateLimitBody.toLimit(rate_limit) : null,
      metadata: this.metadata ?? {},
    };
  }
}

export class ApiKeyBody {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T10:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  created_by_user_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: "Ada's laptop" })
  device_name: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  expires_at: string | null;

  @ApiProperty({ example: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ description: 'Neither disabled, revoked nor expired.' })
  is_active: boolean;

  @ApiProperty({ example: 'capy_live_x1Y2' })
  key_prefix: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: null,
    description: 'Written every few seconds; a verification may show one of ten minutes ago.',
  })
  last_used_at: string | null;

  @ApiProperty({ example: 'CI deploys' })
  name: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  project_id: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  revoked_at: string | null;

  @ApiProperty({ type: [String], example: ['credentials:read'] })
  scopes: readonly string[];

  @ApiProperty({ enum: KEY_SOURCES, example: 'api' })
  source: KeySource;

  @ApiProperty({ enum: KEY_ENVIRONMENTS, example: 'live' })
  environment: KeyEnvironment;

  @ApiProperty({ type: [String], nullable: true, example: ['203.0.113.0/24'] })
  ip_allowlist: string[] | null;

  @ApiProperty({ type: KeyRateLimitBody, nullable: true })
  rate_limit: KeyRateLimitBody | null;

  @ApiProperty({ type: Object, example: { team: 'data' } })
  metadata: object;

  @ApiProperty({ type: String, nullable: true, example: null })
  rotated_from_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  replaced_by_id: string | null;

  static of(key: ApiKey, now: Date): ApiKeyBody {
    return {
      created_at: key.createdAt.toISOString(),
      created_by_user_id: encodeOptionalId('user', key.createdByUserId),
      device_name: key.deviceName,
      expires_at: key.expiresAt?.toISOString() ?? null,
      id: encodeId('apiKey', key.id),
      is_active: key.isActive(now),
      key_prefix: key.keyPrefix,
      last_used_at: key.lastUsedAt?.toISOString() ?? null,
      name: key.name,
      organization_id: encodeId('organization', key.organizationId),
      project_id: encodeOptionalId('project', key.projectId),
      revoked_at: key.revokedSince(now)?.toISOString() ?? null,
      scopes: key.scopes,
      source: key.source,
      environment: key.environment,
      ip_allowlist: key.ipAllowlist,
      rate_limit: key.rateLimit && KeyRateLimitBody.of(key.rateLimit),
      metadata: key.metadata,
      rotated_from_id: encodeOptionalId('apiKey', key.rotatedFromId),
      replaced_by_id: encodeOptionalId('apiKey', key.replacedById),
    };
  }
}

export class ApiKeyAnswer {
  @ApiProperty()
  api_key: ApiKeyBody;

  static of(key: ApiKey, now: Date): ApiKeyAnswer {
    return { api_key: ApiKeyBody.of(key, now) };
  }
}

export class IssuedApiKeyAnswer {
  @ApiProperty()
  api_key: ApiKeyBody;

  @ApiProperty({
    example: 'capy_live_000000000000000000000000000000003UFVO5',
    description: 'The key itself. It is not stored and never shown again.',
  })
  plaintext_api_key: string;

  static of({ key, plaintext }: IssuedKey, now: Date): IssuedApiKeyAnswer {
    return { api_key: ApiKeyBody.of(key, now), plaintext_api_key: plaintext };
  }
}
