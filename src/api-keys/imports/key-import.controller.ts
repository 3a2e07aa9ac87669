import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { TAKES_LARGE_BODIES } from '../../http/input/body-parsing.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { ReauthRequired } from '../../organizations/policies/policies.errors.js';
import { KeyImportAnswer, KeyImportRequest, readRows } from './key-import.dto.js';
import { KeyImportService } from './key-import.service.js';

@ApiTags('API keys')
@Controller('v1/organizations/:orgID/api-keys')
export class KeyImportController {
  constructor(private readonly imports: KeyImportService) {}

  @Post('import')
  @HttpCode(200)
  @Idempotent()
  @RouteConfig(TAKES_LARGE_BODIES)
  @Allow({ role: 'admin' })
  @Operation('importApiKeys', 'Take over keys of another system by their hashes', {
    description:
      'A result for each row, in order; one that is refused keeps none of the others. A key works ' +
      'as it is from then on: whoever has it changes nothing.',
    answer: KeyImportAnswer,
    errors: [ReauthRequired],
  })
  async import(
    @CurrentActor() actor: Actor,
    @Body() { keys, dry_run }: KeyImportRequest,
  ): Promise<KeyImportAnswer> {
    const rows = await readRows(keys);
    const wanted = rows.map((row) => row.wanted);
    const outcomes = await this.imports.import(actor, wanted, { isDryRun: dry_run ?? false });
    return KeyImportAnswer.of(rows, outcomes, new Date());
  }
}
