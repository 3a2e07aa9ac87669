import { ApiProperty } from '@nestjs/swagger';
import { type DailyUsage } from './client-usage.service.js';

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
