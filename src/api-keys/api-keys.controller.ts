import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CredentialSource, CurrentActor } from '../access/access.decorators.js';
import { InsufficientScope } from '../access/access.errors.js';
import { ExpiresInPast } from '../access/granting.js';
import { type Actor } from '../access/principal.js';
import { IdParam } from '../http/input/id-param.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { GRANTING_PROBLEMS } from '../http/openapi/granting-problems.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../http/revoked.dto.js';
import { ReauthRequired } from '../organizations/policies/policies.errors.js';
import { ProjectNotFound } from '../organizations/projects/projects.errors.js';
import {
  ApiKeyAnswer,
  ApiKeyList,
  ApiKeyQuery,
  IssuedApiKeyAnswer,
  NewApiKeyRequest,
  projectIdOf,
} from './api-keys.dto.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyIssuanceService } from './issuance/key-issuance.service.js';

const REVOCATION =
  'At once and for good; again changes nothing. Admins and machines with `api_keys:write` revoke ' +
  'any key, members those that they made, and a key itself.';

@ApiTags('API keys')
@Controller('v1/organizations/:orgID/api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly issuance: KeyIssuanceService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'member', scope: 'api_keys:read' })
  @Operation('listApiKeys', 'List API keys, revoked ones included', {
    description: 'A member sees the keys that it made.',
    answer: ApiKeyList,
    errors: [ProjectNotFound],
  })
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
  @Operation('createApiKey', 'Create an API key', {
    answer: IssuedApiKeyAnswer,
    errors: [...GRANTING_PROBLEMS, ReauthRequired, ExpiresInPast, ProjectNotFound],
  })
  async create(
    @CurrentActor() actor: Actor,
    @CredentialSource() source: 'api' | 'dashboard',
    @Body() request: NewApiKeyRequest,
  ): Promise<IssuedApiKeyAnswer> {
    const issued = await this.issuance.issue(actor, request.toDraft(), source);
    return IssuedApiKeyAnswer.of(issued, new Date());
  }

  @Get(':keyID')
  @Allow({ role: 'member', scope: 'api_keys:read' })
  @Operation('getApiKey', 'Read an API key', { answer: ApiKeyAnswer, errors: [ApiKeyNotFound] })
  async get(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
  ): Promise<ApiKeyAnswer> {
    return ApiKeyAnswer.of(await this.apiKeys.get(actor, id), new Date());
  }

  /** Any machine gets here, since a key may revoke itself; the service asks for the rest. */
  @Delete(':keyID')
  @Allow({ role: 'member', machine: true })
  @Operation('revokeApiKey', 'Revoke an API key', {
    description: REVOCATION,
    answer: RevokedAnswer,
    errors: [ApiKeyNotFound, new InsufficientScope('api_keys:write')],
  })
  async revoke(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
  ): Promise<RevokedAnswer> {
    await this.apiKeys.revoke(actor, id);
    return REVOKED;
  }
}
