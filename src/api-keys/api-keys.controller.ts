import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CredentialSource, CurrentActor } from '../access/access.decorators.js';
import { InsufficientScope } from '../access/access.errors.js';
import {
  CannotChangeItself,
  ExpiresInPast,
  ScopeExceedsCreator,
} from '../access/scopes/granting.js';
import { type Actor } from '../access/principal.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { IdParam } from '../http/input/id-param.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { GRANTING_PROBLEMS } from '../http/openapi/granting-problems.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../http/revoked.dto.js';
import { PolicyViolation, ReauthRequired } from '../organizations/policies/policies.errors.js';
import { ProjectNotFound } from '../organizations/projects/projects.errors.js';
import { ApiKeyAnswer, IssuedApiKeyAnswer, NewApiKeyRequest } from './api-keys.dto.js';
import {
  AlreadyRotated,
  ApiKeyNotFound,
  ExpiresLater,
  KeyNotActive,
  ScopesNotNarrower,
} from './api-keys.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyIssuanceService } from './issuance/key-issuance.service.js';
import { KeyRotationRequest } from './issuance/key-rotation.dto.js';
import { KeyRotationService } from './issuance/key-rotation.service.js';
import { KeyPatchRequest } from './key-changes.dto.js';
import { KeyChangesService } from './key-changes.service.js';
import { ApiKeyList } from './key-list.dto.js';
import { KeyListService } from './key-list.service.js';
import { ApiKeyQuery } from './key-query.dto.js';
import { KeyUsageService } from './usage/key-usage.service.js';

const REVOCATION =
  'At once and for good; again changes nothing. Admins and machines with `api_keys:write` revoke ' +
  'any key, members those that they made, and a key itself.';

const CHANGE =
  'What is left out stays; scopes only become narrower. Whoever loosens or enables a key must hold ' +
  'all that it may do.';

const ROTATION =
  'The new key is like the old one and made for as long a life, within policies. The old one lives ' +
  'on for `overlap_seconds`, though not longer than before; `rotated_from_id` and `replaced_by_id` ' +
  'link them.';

const POLICY_PROBLEMS = [
  ReauthRequired,
  new PolicyViolation('max_key_lifetime_days', 'a key lives for 90 days at most'),
] as const;

@ApiTags('API keys')
@Controller('v1/organizations/:orgID/api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly keyList: KeyListService,
    private readonly usage: KeyUsageService,
    private readonly changes: KeyChangesService,
    private readonly issuance: KeyIssuanceService,
    private readonly rotation: KeyRotationService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ role: 'member', scope: 'api_keys:read' })
  @Operation('listApiKeys', 'List API keys, revoked ones included', {
    description: 'A member sees the keys that it made.',
    answer: ApiKeyList,
    errors: [ProjectNotFound],
  })
  async list(@CurrentActor() actor: Actor, @Query() query: ApiKeyQuery): Promise<ApiKeyList> {
    const { sort: sorting, limit } = query;
    const list = `api-keys ${actor.organizationId} ${sorting}`;
    const after = this.cursors.open(list, query.cursor);
    const rows = await this.keyList.list(actor, query.toFilter(), {
      sorting,
      after,
      limit: limit + 1,
    });
    const page = this.cursors.page(list, rows, limit, ({ id }) => id);
    const usage = query.include === 'usage' ? await this.usage.recent(page.items) : null;
    return ApiKeyList.of(page, new Date(), usage);
  }

  @Post()
  @Idempotent({ secrets: ['plaintext_api_key'] })
  @Allow({ role: 'admin', scope: 'api_keys:write' })
  @Operation('createApiKey', 'Create an API key', {
    answer: IssuedApiKeyAnswer,
    errors: [...GRANTING_PROBLEMS, ...POLICY_PROBLEMS, ExpiresInPast, ProjectNotFound],
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

  @Patch(':keyID')
  @Allow({ role: 'admin', scope: 'api_keys:write' })
  @Operation('changeApiKey', 'Change, disable or enable an API key', {
    description: CHANGE,
    answer: ApiKeyAnswer,
    errors: [
      new ScopesNotNarrower(['members:write']),
      new ScopeExceedsCreator('members:write'),
      ...POLICY_PROBLEMS,
      ExpiresInPast,
      new ExpiresLater(null),
      CannotChangeItself,
      ApiKeyNotFound,
      KeyNotActive,
    ],
  })
  async change(
    @CurrentActor() actor: Actor,
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
    @Body() request: KeyPatchRequest,
  ): Promise<ApiKeyAnswer> {
    return ApiKeyAnswer.of(await this.changes.change(actor, id, request.toPatch()), new Date());
  }

  @Post(':keyID/rotate')
  @Idempotent({ secrets: ['plaintext_api_key'] })
  @Allow({ role: 'admin', scope: 'api_keys:write' })
  @Operation('rotateApiKey', 'Replace an API key by a new one', {
    description: ROTATION,
    answer: IssuedApiKeyAnswer,
    errors: [
      new ScopeExceedsCreator('members:write'),
      ...POLICY_PROBLEMS,
      ApiKeyNotFound,
      KeyNotActive,
      AlreadyRotated,
    ],
  })
  async rotate(
    @CurrentActor() actor: Actor,
    @CredentialSource() source: 'api' | 'dashboard',
    @IdParam('keyID', 'apiKey', ApiKeyNotFound) id: string,
    @Body() request: KeyRotationRequest,
  ): Promise<IssuedApiKeyAnswer> {
    const overlapSeconds = request.toOverlapSeconds();
    const issued = await this.rotation.rotate(actor, id, { overlapSeconds, source });
    return IssuedApiKeyAnswer.of(issued, new Date());
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
