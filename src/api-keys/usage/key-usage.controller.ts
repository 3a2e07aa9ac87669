import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { IdParam } from '../../http/input/id-param.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { UsageQuery } from '../../http/pages/usage-query.js';
import { ApiKeyNotFound } from '../api-keys.errors.js';
import { KeyUsageBody } from './key-usage.dto.js';
import { KeyUsageService } from './key-usage.service.js';

@ApiTags('API keys')
@Controller('v1/organizations/:orgID/api-keys')
export class KeyUsageController {
  constructor(private readonly usage: KeyUsageService) {}

  @Get(':keyID/usage')
  @FromReplica()
  @Allow({ role: 'member', scope: 'api_keys:read' })
  @Operation('getApiKeyUsage', 'How an API key was used', {
    description:
      'By day and outcome, every day of the range; where it was used last, which of its scopes nothing ' +
      'has needed, and what became of it after it was replaced. A member sees the keys that it made.',
    answer: KeyUsageBody,
    errors: [ApiKeyNotFound],
  })
  async get(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
    @Query() { days }: UsageQuery,
  ): Promise<KeyUsageBody> {
    return KeyUsageBody.of(await this.usage.report(actor, id, days));
  }
}
