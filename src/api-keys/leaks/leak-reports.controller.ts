import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, RequestOrigin } from '../../access/access.decorators.js';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Origin } from '../../access/principal.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { TooManyRequests } from '../../problem.js';
import { LeakReportsService } from './leak-reports.service.js';
import { LeakReportAnswer, LeakReportRequest } from './leaks.dto.js';

@ApiTags('API keys')
@Controller('v1/api-keys/report-leaked')
export class LeakReportsController {
  constructor(
    private readonly reports: LeakReportsService,
    private readonly throttle: FailureThrottle,
  ) {}

  /** 202 whatever they are: whoever has a key may end it, and nobody learns whether it was one. */
  @Post()
  @HttpCode(202)
  @Public()
  @Operation('reportLeakedKeys', 'Report API keys that were found somewhere', {
    description:
      'Needs no credential: to have a key is the proof. What becomes of it is up to the ' +
      "organization's policy `on_leaked_key`; the answer does not tell whether it was a key.",
    answer: LeakReportAnswer,
    errors: [new TooManyRequests(60)],
  })
  async report(
    @RequestOrigin() origin: Origin,
    @Body() request: LeakReportRequest,
  ): Promise<LeakReportAnswer> {
    const received = request.api_keys.length;
    const from = addressKey(origin.ip);
    await this.throttle.count('leakReportedKeysPerAddressPerHour', from, received);
    await this.reports.file(request.toFoundKeys(), origin);
    return { received };
  }
}
