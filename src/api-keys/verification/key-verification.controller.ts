import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../../access/access.decorators.js';
import { type AccessRule } from '../../access/access-rule.js';
import { type Caller, isMachine } from '../../access/principal.js';
import { Direct } from '../../http/direct/direct.decorator.js';
import { type JsonText } from '../../http/direct/json-text.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { KeySearchBusy } from '../imports/imports.errors.js';
import {
  KeyBatchVerificationRequest,
  type KeyUseRequest,
  KeyVerificationAnswer,
  KeyVerificationRequest,
  KeyVerificationResults,
} from './key-verification.dto.js';
import { type IntendedUse, KeyVerificationService } from './key-verification.service.js';

const VERIFIERS: AccessRule = {
  client: 'introspection',
  scope: 'introspection',
  resourceServer: true,
};

@ApiTags('API keys')
@Controller('v1/api-keys')
export class KeyVerificationController {
  constructor(private readonly verification: KeyVerificationService) {}

  /** 200 for every well-formed request: what became of the key stands in the body. */
  @Post('verify')
  @Direct()
  @HttpCode(200)
  @Allow(VERIFIERS)
  @Operation('verifyApiKey', 'Verify an API key', {
    description: '200 for every well-formed request: `code` says what became of the key.',
    answer: KeyVerificationAnswer,
    errors: [KeySearchBusy],
  })
  async verify(
    @CurrentCaller() caller: Caller,
    @Body() request: KeyVerificationRequest,
  ): Promise<JsonText<KeyVerificationAnswer>> {
    const verdict = await this.verification.verify(request.api_key, useOf(request, caller));
    return KeyVerificationAnswer.json(verdict);
  }

  @Post('verify-batch')
  @HttpCode(200)
  @Allow(VERIFIERS)
  @Operation('verifyApiKeys', 'Verify up to 100 API keys', {
    description:
      'The same of several keys, for one use of each. `busy` is said of one that may be imported and could not ' +
      'be looked for in time: nothing is decided of it, ask again.',
    answer: KeyVerificationResults,
  })
  async verifyBatch(
    @CurrentCaller() caller: Caller,
    @Body() request: KeyBatchVerificationRequest,
  ): Promise<KeyVerificationResults> {
    const use = useOf(request, caller);
    const verdicts = await this.verification.verifyAll(request.api_keys, use);
    return KeyVerificationResults.of(verdicts);
  }
}

/** The host's own resource servers see the keys of all organizations. */
function useOf(request: KeyUseRequest, { principal, origin }: Caller): IntendedUse {
  return request.toUse(origin, isMachine(principal) ? principal.organizationId : null);
}
