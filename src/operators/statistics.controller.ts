import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { StatisticsAnswer } from './statistics.dto.js';
import { StatisticsService } from './statistics.service.js';

@ApiTags('Operators')
@Controller('v1/admin/stats')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsService) {}

  @Get()
  @FromReplica()
  @Allow({ operator: true })
  @Operation('operatorGetStatistics', 'Count what there is', { answer: StatisticsAnswer })
  async get(): Promise<StatisticsAnswer> {
    return StatisticsAnswer.of(await this.statistics.read());
  }
}
