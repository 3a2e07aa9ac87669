import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../access/access.decorators.js';
import { type Actor } from '../../access/principal.js';
import { FromReplica } from '../../changes/replicas/from-replica.js';
import { TAKES_LARGE_BODIES } from '../../http/input/body-parsing.js';
import { ReauthRequired } from '../policies/policies.errors.js';
import { IdParam } from '../../http/input/id-param.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { Cursors } from '../../http/pages/pagination.js';
import { REVOKED, RevokedAnswer } from '../../http/revoked.dto.js';
import { CannotGrantOwner } from '../members/members.errors.js';
import { InvitationBatchAnswer, InvitationBatchRequest, readRows } from './invitation-batch.dto.js';
import { type NewInvitation } from './invitation-issuance.service.js';
import {
  InvitationList,
  InvitationQuery,
  IssuedInvitationAnswer,
  NewInvitationRequest,
  ResendInvitationRequest,
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
  @FromReplica()
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
    errors: [
      ReauthRequired,
      new CannotGrantOwner('nobody is invited as owner'),
      AlreadyMember,
      AlreadyInvited,
    ],
  })
  async create(
    @CurrentActor() actor: Actor,
    @Body() wanted: NewInvitationRequest,
  ): Promise<IssuedInvitationAnswer> {
    return IssuedInvitationAnswer.of(await this.invitations.create(actor, wantedBy(wanted)));
  }

  @Post('batch')
  @HttpCode(200)
  @Idempotent({ secrets: ['accept_url'] })
  @RouteConfig(TAKES_LARGE_BODIES)
  @Allow({ role: 'admin', scope: 'invitations:write' })
  @Operation('createInvitations', 'Invite many at once', {
    description: 'A result for each row, in order; one that is refused keeps none of the others.',
    answer: InvitationBatchAnswer,
    errors: [ReauthRequired],
  })
  async createMany(
    @CurrentActor() actor: Actor,
    @Body() { invitations }: InvitationBatchRequest,
  ): Promise<InvitationBatchAnswer> {
    const rows = await readRows(invitations);
    const wanted = rows.flatMap(({ request }) => (request ? [wantedBy(request)] : []));
    return InvitationBatchAnswer.of(rows, await this.invitations.createMany(actor, wanted));
  }

  @Post(':invitationID/resend')
  @Idempotent({ secrets: ['accept_url'] })
  @Allow({ role: 'admin', scope: 'invitations:write' })
  @Operation('resendInvitation', 'Send an open or expired invitation again', {
    description: 'With new links and a new end; the former links are dead.',
    answer: IssuedInvitationAnswer,
    errors: [
      ReauthRequired,
      InvitationNotFound,
      new InvitationGone('accepted'),
      new InvitationGone('revoked'),
      new CannotGrantOwner('nobody is invited as owner'),
      AlreadyInvited,
    ],
  })
  async resend(
    @CurrentActor() actor: Actor,
    @IdParam('invitationID', 'invitation', InvitationNotFound) invitationId: string,
    @Body() { expires_in_days: lifeDays, send_email: sendEmail }: ResendInvitationRequest,
  ): Promise<IssuedInvitationAnswer> {
    const delivery = { lifeDays, sendEmail };
    return IssuedInvitationAnswer.of(await this.invitations.resend(actor, invitationId, delivery));
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

function wantedBy({
  email,
  role,
  expires_in_days,
  send_email,
}: NewInvitationRequest): NewInvitation {
  return { email, role, lifeDays: expires_in_days, sendEmail: send_email };
}
