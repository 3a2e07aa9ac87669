import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { HealthBody } from './health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public()
  @Operation('getLiveness', 'Whether the process runs', { answer: HealthBody })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Operation('getReadiness', 'Whether it can do its work', { answer: HealthBody })
  async ready(): Promise<{ status: 'ok' }> {
    await this.health.requireReady();
    return { status: 'ok' };
  }
}
