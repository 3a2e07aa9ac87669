import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { PageQuery } from '../../http/page-query.js';
import { Cursors } from '../../http/pagination.js';
import { ClientIdParam } from './client-id-param.js';
import { IssuedSecretBody } from './client-secrets.dto.js';
import {
  ClientPatchRequest,
  NewClientRequest,
  OAuthClientAnswer,
  OAuthClientList,
  REVOKED,
  RevokedBody,
} from './oauth-clients.dto.js';
import { OAuthClientsService } from './oauth-clients.service.js';

@Controller('v1/organizations/:orgID/oauth-clients')
export class OAuthClientsController {
  constructor(
    private readonly clients: OAuthClientsService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  async list(
    @CurrentActor() actor: Actor,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<OAuthClientList> {
    const list = `oauth clients ${actor.organizationId}`;
    const before = this.cursors.open(list, cursor);
    const rows = await this.clients.list(actor, { before, limit: limit + 1 });
    return OAuthClientList.of(this.cursors.page(list, rows, limit, ({ id }) => id));
  }

  @Post()
  @Idempotent({ secrets: ['client_secret', 'basic_credential'] })
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  async create(
    @CurrentActor() actor: Actor,
    @Body() request: NewClientRequest,
  ): Promise<IssuedSecretBody> {
    return IssuedSecretBody.of(await this.clients.create(actor, request.toNewClient()));
  }

  @Get(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:read' })
  async get(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
  ): Promise<OAuthClientAnswer> {
    return OAuthClientAnswer.of(await this.clients.get(actor, clientId));
  }

  @Patch(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  async change(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
    @Body() request: ClientPatchRequest,
  ): Promise<OAuthClientAnswer> {
    return OAuthClientAnswer.of(await this.clients.change(actor, clientId, request.toPatch()));
  }

  @Delete(':clientID')
  @Allow({ role: 'admin', scope: 'oauth_clients:write' })
  async delete(
    @CurrentActor() actor: Actor,
    @ClientIdParam() clientId: string,
  ): Promise<RevokedBody> {
    await this.clients.delete(actor, clientId);
    return REVOKED;
  }
}
