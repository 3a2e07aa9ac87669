import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { ExpiresInPast, ScopeExceedsCreator } from '../../access/scopes/granting.js';
import { type Actor } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { PageQuery } from '../../http/pages/page-query.js';
import { Cursors } from '../../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../../http/revoked.dto.js';
import { ReauthRequired } from '../../organizations/policies/policies.errors.js';
import { ClientIdParam } from './client-id-param.js';
import { ClientSecretList, IssuedSecretBody, NewSecretRequest } from './client-secrets.dto.js';
import { ClientSecretsService } from './client-secrets.service.js';
import {
  ClientHasNoSecrets,
  ClientSecretNotFound,
  OAuthClientNotFound,
  SecretLimitReached,
} from './oauth-clients.errors.js';
import { TokenRevocationService } from './token-revocation.service.js';

const REFUSED_SECRETS = [
  ExpiresInPast,
  new ScopeExceedsCreator('members:write'),
  ReauthRequired,
  OAuthClientNotFound,
  ClientHasNoSecrets,
  new SecretLimitReached(5),
];

@ApiTags('OAuth clients')
@Controller('v1/organizations/:orgID/oauth-clients/:clientID/secrets')
export class ClientSecretsController {
  constructor(
    private readonly secrets: ClientSecretsService,
    private readonly tokens: TokenRevocationService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  @Operation('listClientSecrets', 'List the secrets of a client', {
    answer: ClientSecretList,
    errors: [OAuthClientNotFound],
  })
  async list(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<ClientSecretList> {
    const list = `client secrets ${actor.organizationId} ${clientId}`;
    const before = this.cursors.open(list, cursor);
    const rows = await this.secrets.list(actor, clientId, { before, limit: limit + 1 });
    const page = this.cursors.page(list, rows, limit, ({ id }) => id);
    return ClientSecretList.of(page, await this.secrets.listLive(clientId));
  }

  @Post()
  @Idempotent({ secrets: ['client_secret', 'basic_credential'] })
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('addClientSecret', 'Add a secret to a client', {
    answer: IssuedSecretBody,
    errors: REFUSED_SECRETS,
  })
  async add(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Body() request: NewSecretRequest,
  ): Promise<IssuedSecretBody> {
    return IssuedSecretBody.of(await this.secrets.add(actor, clientId, request.toNewSecret()));
  }

  @Delete(':secretID')
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('revokeClientSecret', 'Revoke a secret of a client', {
    answer: RevokedAnswer,
    errors: [OAuthClientNotFound, ClientSecretNotFound],
  })
  async revoke(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @IdParam('secretID', 'clientSecret', ClientSecretNotFound) secretId: string,
  ): Promise<RevokedAnswer> {
    await this.secrets.revoke(actor, clientId, secretId);
    return REVOKED;
  }

  @Post(':secretID/revoke-tokens')
  @HttpCode(200)
  @Idempotent()
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('revokeTokensOfSecret', 'Revoke all access tokens that a secret has got', {
    description: 'Also of a secret that is revoked already: the tokens outlive it otherwise.',
    answer: RevokedAnswer,
    errors: [OAuthClientNotFound, ClientSecretNotFound],
  })
  async revokeTokens(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @IdParam('secretID', 'clientSecret', ClientSecretNotFound) secretId: string,
  ): Promise<RevokedAnswer> {
    await this.tokens.ofSecret(actor, clientId, secretId);
    return REVOKED;
  }
}
