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

  static of({ issued, issuedSince, tables, ...counts }: Statistics): StatisticsAnswer {
    return {
      ...counts,
      tokens: { since: issuedSince, by_client: issued.map((each) => IssuedTokensBody.of(each)) },
      tables: tables.map((each) => TableSizeBody.of(each)),
    };
  }
}
