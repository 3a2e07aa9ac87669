import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { REVOKED, RevokedAnswer } from '../../http/revoked.dto.js';
import { ClientIdParam } from './client-id-param.js';
import { UsageQuery } from '../../http/pages/usage-query.js';
import { ClientUsageBody } from './client-usage.dto.js';
import { ClientUsageService } from './client-usage.service.js';
import { OAuthClientNotFound } from './oauth-clients.errors.js';
import { OAuthClientsService } from './oauth-clients.service.js';
import { TokenRevocationService } from './token-revocation.service.js';

/** The access tokens of clients: how many there were, and the end of all of them at once. */
@ApiTags('OAuth clients')
@Controller('v1/organizations/:orgID/oauth-clients')
export class ClientTokensController {
  constructor(
    private readonly clients: OAuthClientsService,
    private readonly tokens: TokenRevocationService,
    private readonly usage: ClientUsageService,
  ) {}

  @Post(':clientID/revoke-tokens')
  @HttpCode(200)
  @Idempotent()
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('revokeTokensOfClient', 'Revoke all access tokens of a client', {
    answer: RevokedAnswer,
    errors: [OAuthClientNotFound],
  })
  async ofClient(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
  ): Promise<RevokedAnswer> {
    await this.tokens.ofClient(actor, clientId);
    return REVOKED;
  }

  @Post('revoke-tokens')
  @HttpCode(200)
  @Idempotent()
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  @Operation('revokeTokensOfOrganization', 'Revoke all access tokens of all clients', {
    answer: RevokedAnswer,
  })
  async ofOrganization(@CurrentActor() actor: Actor): Promise<RevokedAnswer> {
    await this.tokens.ofOrganization(actor);
    return REVOKED;
  }

  @Get(':clientID/usage')
  @FromReplica()
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  @Operation('getClientUsage', 'How many access tokens a client was issued, by day', {
    answer: ClientUsageBody,
    errors: [OAuthClientNotFound],
  })
  async daily(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Query() { days }: UsageQuery,
  ): Promise<ClientUsageBody> {
    await this.clients.get(actor, clientId);
    return ClientUsageBody.of(await this.usage.daily(clientId, days));
  }
}
