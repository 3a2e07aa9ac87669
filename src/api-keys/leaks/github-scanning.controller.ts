import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Public, RequestOrigin } from '../../access/access.decorators.js';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Origin } from '../../access/principal.js';
import { RouteNotFound } from '../../http/errors/http.errors.js';
import { TAKES_SIGNED_BODIES } from '../../http/input/body-parsing.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { GithubAlerts, hashOf } from './github-alerts.js';
import { LeakReportsService } from './leak-reports.service.js';
import { GithubAlertBody, GithubFeedbackBody } from './leaks.dto.js';
import { ForeignSignature } from './leaks.errors.js';

@ApiTags('API keys')
@Controller('v1/integrations/github/secret-scanning')
export class GithubScanningController {
  constructor(
    private readonly alerts: GithubAlerts,
    private readonly reports: LeakReportsService,
    private readonly throttle: FailureThrottle,
  ) {}

  /** As GitHub's partner program for secret scanning describes the messages and the feedback. */
  @Post()
  @HttpCode(200)
  @Public()
  @RouteConfig(TAKES_SIGNED_BODIES)
  @ApiBody({ type: [GithubAlertBody] })
  @Operation<GithubFeedbackBody[]>(
    'receiveGithubAlerts',
    'Take alerts of GitHub’s secret scanning',
    {
      description: 'There only where `KEYCAP_GITHUB_SCANNING_KEYS` is set; signed by one of them.',
      elements: GithubFeedbackBody,
      errors: [RouteNotFound, ForeignSignature],
    },
  )
  async receive(
    @RequestOrigin() origin: Origin,
    @Body() body: Buffer,
    @Headers('github-public-key-identifier') keyIdentifier?: string,
    @Headers('github-public-key-signature') signature?: string,
  ): Promise<GithubFeedbackBody[]> {
    if (!this.alerts.areExpected) throw new RouteNotFound();
    if (!this.alerts.isGenuine({ body, keyIdentifier, signature })) {
      await this.throttle.count('unknownCredentialsPerAddressPerMinute', addressKey(origin.ip));
      throw new ForeignSignature();
    }
    const found = this.alerts.read(body);
    const areKeys = await this.reports.areKeys(found.map(({ plaintext }) => plaintext));
    await this.reports.file(found, origin);
    return found.map((alert, index) => ({
      token_hash: hashOf(alert),
      token_type: alert.type,
      label: areKeys[index] ? 'true_positive' : 'false_positive',
    }));
  }
}
