import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Page } from '../http/pages/pagination.js';
import { type ApiKey } from './api-key.entity.js';
import { ApiKeyBody } from './api-keys.dto.js';
import { KeyDayBody } from './usage/key-usage.dto.js';
import { type RecentKeyUsage } from './usage/key-usage.service.js';

/** What `include=usage` adds to a key. */
export class RecentKeyUsageBody {
  @ApiProperty({
    type: [KeyDayBody],
    description: 'Of the last 30 days those with a use, newest first.',
  })
  days: KeyDayBody[];

  @ApiProperty({
    type: [String],
    example: ['backups:write'],
    description: 'Scopes of the key that no use has asked for.',
  })
  unused_scopes: string[];

  static of({ days, unusedScopes }: RecentKeyUsage): RecentKeyUsageBody {
    return { days: days.map((day) => KeyDayBody.of(day)), unused_scopes: [...unusedScopes] };
  }
}

export class ListedApiKeyBody extends ApiKeyBody {
  @ApiPropertyOptional({ type: RecentKeyUsageBody, description: 'With `include=usage` alone.' })
  usage?: RecentKeyUsageBody;
}

export class ApiKeyList {
  @ApiProperty({ type: [ListedApiKeyBody] })
  api_keys: ListedApiKeyBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  /** @param usage of each key by its UUID, where it was asked for */
  static of(
    { items, nextCursor }: Page<ApiKey>,
    now: Date,
    usage: ReadonlyMap<string, RecentKeyUsage> | null,
  ): ApiKeyList {
    const api_keys = items.map((key) => {
      const recent = usage?.get(key.id);
      return {
        ...ApiKeyBody.of(key, now),
        ...(recent && { usage: RecentKeyUsageBody.of(recent) }),
      };
    });
    return { api_keys, next_cursor: nextCursor };
  }
}
