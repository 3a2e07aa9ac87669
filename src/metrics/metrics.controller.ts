import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Allow } from '../access/access.decorators.js';
import { RouteNotFound } from '../http/errors/http.errors.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Metrics } from './metrics.js';

/** Where the port is shared with the API, whoever shows no operator token is told of nothing there. */
@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Allow({ operator: true })
  @Operation('operatorGetMetrics', 'Read the metrics', {
    description: 'In the text format of Prometheus; of all server processes that share the port.',
    files: ['text/plain'],
    errors: [RouteNotFound],
  })
  async get(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { text, type } = await this.metrics.read();
    void reply.type(type);
    return text;
  }
}
