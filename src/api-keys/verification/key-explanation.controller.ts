import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { KeySearchBusy } from '../imports/imports.errors.js';
import { KeyExplanationService } from './key-explanation.service.js';
import { KeyExplanationAnswer, KeyExplanationRequest } from './key-verification.dto.js';

@ApiTags('API keys')
@Controller('v1/organizations/:orgID/api-keys')
export class KeyExplanationController {
  constructor(private readonly explanations: KeyExplanationService) {}

  @Post('explain')
  @HttpCode(200)
  @Allow({ role: 'admin' })
  @Operation('explainApiKey', 'Explain what a verification says', {
    description:
      'Every check with its outcome, also after the first one that failed. It is no use of the key: ' +
      'nothing is taken of its limit. A key of another organization is `not_found`.',
    answer: KeyExplanationAnswer,
    errors: [KeySearchBusy],
  })
  async explain(
    @CurrentActor() { organizationId, origin }: Actor,
    @Body() request: KeyExplanationRequest,
  ): Promise<KeyExplanationAnswer> {
    const use = request.toUse(origin, organizationId);
    return KeyExplanationAnswer.of(await this.explanations.explain(request.toSubject(), use));
  }
}
