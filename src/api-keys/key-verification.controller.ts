import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { type Caller, isMachine } from '../access/principal.js';
import { KeyVerificationAnswer, KeyVerificationRequest } from './key-verification.dto.js';
import { KeyVerificationService } from './key-verification.service.js';

@Controller('v1/api-keys')
export class KeyVerificationController {
  constructor(private readonly verification: KeyVerificationService) {}

  /** 200 for every well-formed request: what became of the key stands in the body. */
  @Post('verify')
  @HttpCode(200)
  @Allow({ client: 'introspection', scope: 'introspection', resourceServer: true })
  async verify(
    @CurrentCaller() { principal }: Caller,
    @Body() request: KeyVerificationRequest,
  ): Promise<KeyVerificationAnswer> {
    // The host's own resource servers see the keys of all organizations.
    const withinOrganizationId = isMachine(principal) ? principal.organizationId : null;
    const use = request.toUse(withinOrganizationId);
    const verdict = await this.verification.verify(request.api_key, use);
    return KeyVerificationAnswer.of(verdict, new Date());
  }
}
