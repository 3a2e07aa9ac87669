import { Body, Controller, Delete, Get, Inject, Post, Query } from '@nestjs/common';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { IdParam } from '../../http/id-param.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Cursors } from '../../http/pagination.js';
import {
  InvitationBody,
  InvitationList,
  InvitationQuery,
  IssuedInvitationAnswer,
  NewInvitationRequest,
  RevokedAnswer,
} from './invitations.dto.js';
import { InvitationNotFound } from './invitations.errors.js';
import { InvitationsService } from './invitations.service.js';

@Controller('v1/organizations/:orgID/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly cursors: Cursors,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  @Allow({ role: 'admin', scope: 'invitations:read' })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: InvitationQuery,
  ): Promise<InvitationList> {
    const list = `invitations ${actor.organizationId}`;
    const rows = await this.invitations.list(actor.organizationId, query, {
      before: this.cursors.open(list, query.cursor),
      limit: query.limit + 1,
    });
    return InvitationList.of(this.cursors.page(list, rows, query.limit, ({ id }) => id));
  }

  @Post()
  @Idempotent({ secrets: ['accept_url'] })
  @Allow({ role: 'admin', scope: 'invitations:write' })
  async create(
    @CurrentActor() actor: Actor,
    @Body() { email, role, expires_in_days: lifeDays }: NewInvitationRequest,
  ): Promise<IssuedInvitationAnswer> {
    const issued = await this.invitations.create(actor, { email, role, lifeDays });
    return {
      invitation: InvitationBody.of(issued.invitation),
      accept_url: `${this.runtime.publicUrl}/dashboard/accept-invitation#token=${issued.token}`,
    };
  }

  @Delete(':invitationID')
  @Allow({ role: 'admin', scope: 'invitations:write' })
  async revoke(
    @CurrentActor() actor: Actor,
    @IdParam('invitationID', 'invitation', InvitationNotFound) invitationId: string,
  ): Promise<RevokedAnswer> {
    await this.invitations.revoke(actor, invitationId);
    return { revoked: true };
  }
}
