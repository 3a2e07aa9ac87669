import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../../access/access.decorators.js';
import { type Caller, isMachine } from '../../access/principal.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { KeyVerificationAnswer, KeyVerificationRequest } from './key-verification.dto.js';
import { KeyVerificationService } from './key-verification.service.js';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class KeyVerificationController {
  constructor(private readonly verification: KeyVerificationService) {}

  /** 200 for every well-formed request: what became of the key stands in the body. */
  @Post('verify')
  @HttpCode(200)
  @Allow({ client: 'introspection', scope: 'introspection', resourceServer: true })
  @Operation('verifyApiKey', 'Verify an API key', {
    description: '200 for every well-formed request: `code` says what became of the key.',
    answer: KeyVerificationAnswer,
  })
  async verify(
    @CurrentCaller() { principal, origin }: Caller,
    @Body() request: KeyVerificationRequest,
  ): Promise<KeyVerificationAnswer> {
    // The host's own resource servers see the keys of all organizations.
    const withinOrganizationId = isMachine(principal) ? principal.organizationId : null;
    const use = { ...request.toUse(), withinOrganizationId, origin };
    const verdict = await this.verification.verify(request.api_key, use);
    return KeyVerificationAnswer.of(verdict, new Date());
  }
}
