import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { toWholeNumber } from '../../http/pages/page-query.js';
import { type DailyUsage } from './client-usage.service.js';

export class UsageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 365, default: 30 })
  @IsOptional()
  @Transform(toWholeNumber)
  @IsInt()
  @Min(1)
  @Max(365)
  days: number = 30;
}

class ClientDayBody {
  @ApiProperty({ format: 'date', example: '2026-11-25', description: 'In UTC.' })
  date: string;

  @ApiProperty({ type: 'integer', example: 42 })
  tokens_issued: number;
}

export class ClientUsageBody {
  @ApiProperty({ type: [ClientDayBody], description: 'Newest first; counted within 5 s.' })
  days: ClientDayBody[];

  static of(days: readonly DailyUsage[]): ClientUsageBody {
    return { days: days.map(({ date, tokensIssued }) => ({ date, tokens_issued: tokensIssued })) };
  }
}
