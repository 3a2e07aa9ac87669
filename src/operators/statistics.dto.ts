import { ApiProperty } from '@nestjs/swagger';
import { encodeId } from '../access/ids.js';
import { type IssuedTokens, type Statistics, type TableSize } from './statistics.service.js';

export class OrganizationCounts {
  @ApiProperty({ type: 'integer', example: 41 })
  active: number;

  @ApiProperty({ type: 'integer', example: 1 })
  suspended: number;

  @ApiProperty({ type: 'integer', example: 2 })
  deleted: number;
}

export class UserCounts {
  @ApiProperty({ type: 'integer', example: 240 })
  active: number;

  @ApiProperty({ type: 'integer', example: 3 })
  disabled: number;
}

export class CredentialCounts {
  @ApiProperty({ type: 'integer', example: 118 })
  active: number;

  @ApiProperty({ type: 'integer', example: 37, description: 'Ended, expired or disabled.' })
  inactive: number;
}

export class IssuedTokensBody {
  @ApiProperty({ example: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt' })
  client_id: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ type: 'integer', example: 96 })
  tokens_issued: number;

  static of(issued: IssuedTokens): IssuedTokensBody {
    return { ...issued, organization_id: encodeId('organization', issued.organization_id) };
  }
}

export class TokenStatistics {
  @ApiProperty({
    format: 'date',
    example: '2026-11-24',
    description: 'Yesterday (UTC): tokens are counted by day.',
  })
  since: string;

  @ApiProperty({ type: [IssuedTokensBody], description: 'The 100 clients with the most.' })
  by_client: IssuedTokensBody[];
}

export class TableSizeBody {
  @ApiProperty({ example: 'access_tokens_498912' })
  name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'access_tokens',
    description: 'Of a partition, its table.',
  })
  part_of: string | null;

  @ApiProperty({ type: 'integer', example: 1200, description: 'As the planner estimates it.' })
  estimated_rows: number;

  @ApiProperty({ type: 'integer', example: 253_952, description: 'With its indexes.' })
  bytes: number;

  static of(table: TableSize): TableSizeBody {
    return {
      ...table,
      estimated_rows: Number(table.estimated_rows),
      bytes: Number(table.bytes),
    };
  }
}

export class CacheStatistics {
  @ApiProperty({ type: 'integer', example: 8123 })
  entries: number;

  @ApiProperty({ type: 'integer', example: 12_345_678, description: 'Estimated.' })
  bytes: number;

  @ApiProperty({ type: 'integer', example: 1_234_567, description: 'Look-ups from memory.' })
  hits: number;

  @ApiProperty({ type: 'integer', example: 9876, description: 'Look-ups from the database.' })
  misses: number;
}

export class ChangeLogStatistics {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.113,
    description: 'Since the log was last read, in seconds; null before the first time.',
  })
  lag_seconds: number | null;

  @ApiProperty({ description: 'Whether it was read recently enough to answer from memory.' })
  answers_from_memory: boolean;

  @ApiProperty({
    example: -0.004,
    description: "What the server's clock is behind the database's, in seconds.",
  })
  clock_offset_seconds: number;
}

export class StatisticsAnswer {
  @ApiProperty()
  organizations: OrganizationCounts;

  @ApiProperty()
  users: UserCounts;

  @ApiProperty()
  api_keys: CredentialCounts;

  @ApiProperty()
  oauth_clients: CredentialCounts;

  @ApiProperty()
  tokens: TokenStatistics;

  @ApiProperty({ type: [TableSizeBody], description: 'Largest first, partitions among them.' })
  tables: TableSizeBody[];

  @ApiProperty({ description: 'Of the server process that answers, since it began.' })
  cache: CacheStatistics;

  @ApiProperty({ description: 'How far that process has followed the changes of all others.' })
  change_log: ChangeLogStatistics;

  static of(statistics: Statistics): StatisticsAnswer {
    const { issued, issuedSince, tables, memory, ...counts } = statistics;
    const { entries, bytes, hits, misses, logLagMs, isInUse, clockOffsetMs } = memory;
    return {
      ...counts,
      cache: { entries, bytes, hits, misses },
      change_log: {
        lag_seconds: logLagMs === null ? null : logLagMs / 1000,
        answers_from_memory: isInUse,
        clock_offset_seconds: clockOffsetMs / 1000,
      },
      tokens: { since: issuedSince, by_client: issued.map((each) => IssuedTokensBody.of(each)) },
      tables: tables.map((each) => TableSizeBody.of(each)),
    };
  }
}
