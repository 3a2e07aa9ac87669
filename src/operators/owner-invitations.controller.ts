import { Body, Controller, Delete, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { OrganizationNotFound } from '../access/access.errors.js';
import { type AuditActor } from '../audit/audit.service.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { IdParam } from '../http/input/id-param.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { REVOKED, RevokedAnswer } from '../http/revoked.dto.js';
import { IssuedInvitationAnswer } from '../organizations/invitations/invitations.dto.js';
import {
  AlreadyInvited,
  AlreadyMember,
  InvitationGone,
  InvitationNotFound,
} from '../organizations/invitations/invitations.errors.js';
import { OrganizationProvisioningService } from '../organizations/organization-provisioning.service.js';
import { ActingOperator } from './acting-operator.js';
import { OwnerInvitationRequest } from './organizations.dto.js';

@ApiTags('Operators')
@Controller('v1/admin/organizations/:organizationID/owner-invitations')
export class OwnerInvitationsController {
  constructor(private readonly provisioning: OrganizationProvisioningService) {}

  @Post()
  @Idempotent({ secrets: ['accept_url'] })
  @Allow({ operator: true })
  @Operation('operatorInviteOwner', 'Invite an owner', {
    description:
      'Where the first invitation has expired or its link is lost. An open one of an owner to the same address is revoked. In a suspended organization it can be accepted once that is resumed.',
    answer: IssuedInvitationAnswer,
    errors: [OrganizationNotFound, AlreadyMember, AlreadyInvited],
  })
  async create(
    @ActingOperator() by: AuditActor,
    @IdParam('organizationID', 'organization', OrganizationNotFound) id: string,
    @Body() { email }: OwnerInvitationRequest,
  ): Promise<IssuedInvitationAnswer> {
    return IssuedInvitationAnswer.of(await this.provisioning.inviteOwner(by, id, email));
  }

  @Delete(':invitationID')
  @Allow({ operator: true })
  @Operation('operatorRevokeOwnerInvitation', "Revoke an owner's open invitation", {
    description: "Such as one to a wrong address; those in other roles are the organization's own.",
    answer: RevokedAnswer,
    errors: [OrganizationNotFound, InvitationNotFound, new InvitationGone('accepted')],
  })
  async revoke(
    @ActingOperator() by: AuditActor,
    @IdParam('organizationID', 'organization', OrganizationNotFound) id: string,
    @IdParam('invitationID', 'invitation', InvitationNotFound) invitationId: string,
  ): Promise<RevokedAnswer> {
    await this.provisioning.revokeOwnerInvitation(by, id, invitationId);
    return REVOKED;
  }
}
