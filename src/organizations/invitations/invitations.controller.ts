import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { Cursors } from '../../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../../http/revoked.dto.js';
import { CannotGrantOwner } from '../members/members.errors.js';
import {
  InvitationList,
  InvitationQuery,
  IssuedInvitationAnswer,
  NewInvitationRequest,
} from './invitations.dto.js';
import {
  AlreadyInvited,
  AlreadyMember,
  InvitationGone,
  InvitationNotFound,
} from './invitations.errors.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('Invitations')
@Controller('v1/organizations/:orgID/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'admin', scope: 'invitations:read' })
  @Operation('listInvitations', 'List invitations', { answer: InvitationList })
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
  @Operation('createInvitation', 'Invite someone', {
    answer: IssuedInvitationAnswer,
    errors: [new CannotGrantOwner('nobody is invited as owner'), AlreadyMember, AlreadyInvited],
  })
  async create(
    @CurrentActor() actor: Actor,
    @Body() { email, role, expires_in_days: lifeDays }: NewInvitationRequest,
  ): Promise<IssuedInvitationAnswer> {
    const issued = await this.invitations.create(actor, { email, role, lifeDays });
    return IssuedInvitationAnswer.of(issued);
  }

  @Delete(':invitationID')
  @Allow({ role: 'admin', scope: 'invitations:write' })
  @Operation('revokeInvitation', 'Revoke an open invitation', {
    answer: RevokedAnswer,
    errors: [InvitationNotFound, new InvitationGone('accepted')],
  })
  async revoke(
    @CurrentActor() actor: Actor,
    @IdParam('invitationID', 'invitation', InvitationNotFound) invitationId: string,
  ): Promise<RevokedAnswer> {
    await this.invitations.revoke(actor, invitationId);
    return REVOKED;
  }
}
