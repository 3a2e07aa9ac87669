import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { CannotChangeItself, ScopeExceedsCreator } from '../../access/scopes/granting.js';
import { type Actor } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { GRANTING_PROBLEMS } from '../../http/openapi/granting-problems.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { Cursors } from '../../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../../http/revoked.dto.js';
import { ReauthRequired } from '../../organizations/policies/policies.errors.js';
import { ProjectNotFound } from '../../organizations/projects/projects.errors.js';
import { ClientIdParam } from './client-id-param.js';
import { IssuedSecretBody, RotationRequest } from './client-secrets.dto.js';
import { ClientSecretsService } from './client-secrets.service.js';
import {
  ClientPatchRequest,
  NewClientRequest,
  OAuthClientAnswer,
  OAuthClientList,
  OAuthClientQuery,
} from './oauth-clients.dto.js';
import {
  ClientHasNoSecrets,
  OAuthClientNotFound,
  SecretLimitReached,
} from './oauth-clients.errors.js';
import { OAuthClientsService } from './oauth-clients.service.js';

@ApiTags('OAuth clients')
@Controller('v1/organizations/:orgID/oauth-clients')
export class OAuthClientsController {
  constructor(
    private readonly clients: OAuthClientsService,
    private readonly secrets: ClientSecretsService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  @Operation('listOAuthClients', 'List OAuth clients', {
    answer: OAuthClientList,
    errors: [ProjectNotFound],
  })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: OAuthClientQuery,
  ): Promise<OAuthClientList> {
    const list = `oauth clients ${actor.organizationId}`;
    const rows = await this.clients.list(actor, query.toFilter(), {
      before: this.cursors.open(list, query.cursor),
      limit: query.limit + 1,
    });
    return OAuthClientList.of(this.cursors.page(list, rows, query.limit, ({ id }) => id));
  }

  @Post()
  @Idempotent({ secrets: ['client_secret', 'basic_credential'] })
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('createOAuthClient', 'Create an OAuth client', {
    description:
      'Its secret and `basic_credential` are shown this once; a client that signs has none.',
    answer: IssuedSecretBody,
    errors: [...GRANTING_PROBLEMS, ReauthRequired, ProjectNotFound],
  })
  async create(
    @CurrentActor() actor: Actor,
    @Body() request: NewClientRequest,
  ): Promise<IssuedSecretBody> {
    return IssuedSecretBody.of(await this.clients.create(actor, request.toNewClient()));
  }

  @Get(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  @Operation('getOAuthClient', 'Read an OAuth client', {
    answer: OAuthClientAnswer,
    errors: [OAuthClientNotFound],
  })
  async get(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
  ): Promise<OAuthClientAnswer> {
    return OAuthClientAnswer.of(await this.clients.get(actor, clientId));
  }

  @Patch(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('changeOAuthClient', 'Change an OAuth client', {
    answer: OAuthClientAnswer,
    errors: [...GRANTING_PROBLEMS, ReauthRequired, OAuthClientNotFound, CannotChangeItself],
  })
  async change(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Body() request: ClientPatchRequest,
  ): Promise<OAuthClientAnswer> {
    return OAuthClientAnswer.of(await this.clients.change(actor, clientId, request.toPatch()));
  }

  @Delete(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('deleteOAuthClient', 'Delete an OAuth client and its tokens', {
    answer: RevokedAnswer,
    errors: [OAuthClientNotFound],
  })
  async delete(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
  ): Promise<RevokedAnswer> {
    await this.clients.delete(actor, clientId);
    return REVOKED;
  }

  @Post(':clientID/rotate-secret')
  @Idempotent({ secrets: ['client_secret', 'basic_credential'] })
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('rotateClientSecret', 'Replace the secrets of a client by a new one', {
    description: 'The others live on for `overlap_seconds`, so that no request fails meanwhile.',
    answer: IssuedSecretBody,
    errors: [
      new ScopeExceedsCreator('members:write'),
      ReauthRequired,
      OAuthClientNotFound,
      ClientHasNoSecrets,
      new SecretLimitReached(5),
    ],
  })
  async rotate(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Body() request: RotationRequest,
  ): Promise<IssuedSecretBody> {
    const overlap = request.toOverlapSeconds();
    return IssuedSecretBody.of(await this.secrets.rotate(actor, clientId, overlap));
  }
}
