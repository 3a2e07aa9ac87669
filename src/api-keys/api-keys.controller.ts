import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { Allow, CurrentActor } from '../access/access.decorators.js';
import { type Actor } from '../access/principal.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { Cursors } from '../http/pagination.js';
import {
  ApiKeyAnswer,
  ApiKeyList,
  ApiKeyQuery,
  IssuedApiKeyAnswer,
  NewApiKeyRequest,
  projectIdOf,
  RevokedAnswer,
} from './api-keys.dto.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyIssuanceService } from './key-issuance.service.js';

@Controller('v1/organizations/:orgID/api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly issuance: KeyIssuanceService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'member', scope: 'api_keys:read' })
  async list(@CurrentActor() actor: Actor, @Query() query: ApiKeyQuery): Promise<ApiKeyList> {
    const list = `api-keys ${actor.organizationId}`;
    const rows = await this.apiKeys.list(actor, {
      projectId: query.project_id === undefined ? undefined : projectIdOf(query.project_id),
      isActive: query.is_active,
      text: query.q,
      before: this.cursors.open(list, query.cursor),
      limit: query.limit + 1,
    });
    const page = this.cursors.page(list, rows, query.limit, ({ id }) => id);
    return ApiKeyList.of(page, new Date());
  }

  @Post()
  @Idempotent({ secrets: ['plaintext_api_key'] })
  @Allow({ role: 'admin', scope: 'api_keys:write' })
  async create(
    @CurrentActor() actor: Actor,
    @Body() request: NewApiKeyRequest,
  ): Promise<IssuedApiKeyAnswer> {
    const issued = await this.issuance.issue(actor, request.toDraft(), 'api');
    return IssuedApiKeyAnswer.of(issued, new Date());
  }

  @Get(':keyID')
  @Allow({ role: 'member', scope: 'api_keys:read' })
  async get(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
  ): Promise<ApiKeyAnswer> {
    return ApiKeyAnswer.of(await this.apiKeys.get(actor, id), new Date());
  }

  /** Any machine gets here, since a key may revoke itself; the service asks for the rest. */
  @Delete(':keyID')
  @Allow({ role: 'member', machine: true })
  async revoke(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
  ): Promise<RevokedAnswer> {
    await this.apiKeys.revoke(actor, id);
    return { revoked: true };
  }
}
