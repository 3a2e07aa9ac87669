import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { NIL } from 'uuid';
import { decodeId } from '../access/ids.js';
import { toBoolean, toWholeNumber } from '../http/pages/page-query.js';
import { projectIdOf } from './api-keys.dto.js';
import {
  KEY_SORTINGS,
  KEY_STATUSES,
  type KeyFilter,
  type KeySorting,
  type KeyStatus,
} from './key-list.service.js';

const INCLUDABLE = ['usage'] as const;
const LONGEST_DAYS = 3650;
const DAYS = { type: 'integer', minimum: 1, maximum: LONGEST_DAYS } as const;

/** `?...` of a list of keys. */
export class ApiKeyQuery {
  @ApiPropertyOptional({ example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  project_id?: string;

  @ApiPropertyOptional({ example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe', description: 'Who made it.' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  created_by_user_id?: string;

  @ApiPropertyOptional({ description: 'Neither disabled, revoked nor expired; or one of these.' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  is_active?: boolean;

  @ApiPropertyOptional({
    enum: KEY_STATUSES,
    description: 'A revoked key is no other, an expired one is not disabled.',
  })
  @IsOptional()
  @IsIn(KEY_STATUSES)
  status?: KeyStatus;

  @ApiPropertyOptional({ example: 'backups:read', description: 'One that the key names.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  scope?: string;

  @ApiPropertyOptional({ description: 'Part of the name, the prefix or the device name.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  q?: string;

  @ApiPropertyOptional({ description: 'Whether it was never used.' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  never_used?: boolean;

  @ApiPropertyOptional({ ...DAYS, description: 'Neither used nor made within so many days.' })
  @IsOptional()
  @Transform(toWholeNumber)
  @IsInt()
  @Min(1)
  @Max(LONGEST_DAYS)
  unused_days?: number;

  @ApiPropertyOptional({ description: 'Whether it has scopes that no use has asked for.' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  has_unused_scopes?: boolean;

  @ApiPropertyOptional({ ...DAYS, description: 'Active, and ends within so many days.' })
  @IsOptional()
  @Transform(toWholeNumber)
  @IsInt()
  @Min(1)
  @Max(LONGEST_DAYS)
  expiring_days?: number;

  @ApiPropertyOptional({
    enum: KEY_SORTINGS,
    default: '-created_at',
    description: 'With a leading `-` descending. Never used is least, never ending is greatest.',
  })
  @IsOptional()
  @IsIn(KEY_SORTINGS)
  sort: KeySorting = '-created_at';

  @ApiPropertyOptional({
    enum: INCLUDABLE,
    description: 'Adds to each key how it was used in the last 30 days.',
  })
  @IsOptional()
  @IsIn(INCLUDABLE)
  include?: (typeof INCLUDABLE)[number];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 1000,
    description: 'Rows in a page.',
  })
  @IsOptional()
  @Transform(toWholeNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 1000;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;

  /** Text that is no id of a user gets the one that no user has: nobody's keys. */
  toFilter(): KeyFilter {
    const { project_id, created_by_user_id } = this;
    return {
      projectId: project_id === undefined ? undefined : projectIdOf(project_id),
      createdByUserId:
        created_by_user_id === undefined
          ? undefined
          : (decodeId('user', created_by_user_id) ?? NIL),
      isActive: this.is_active,
      status: this.status,
      scope: this.scope,
      text: this.q,
      neverUsed: this.never_used,
      unusedDays: this.unused_days,
      hasUnusedScopes: this.has_unused_scopes,
      expiringDays: this.expiring_days,
    };
  }
}
