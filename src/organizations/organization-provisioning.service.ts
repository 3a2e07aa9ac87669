import { Injectable } from '@nestjs/common';
import { type AuditActor } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { type IssuedInvitation } from './invitations/invitation-issuance.service.js';
import { InvitationsService } from './invitations/invitations.service.js';
import {
  type NewOrganization,
  OrganizationCreationService,
} from './organization-creation.service.js';
import { type ListedOrganization } from './organization-search.service.js';

export interface ProvisionedOrganization {
  readonly organization: ListedOrganization;
  /** By which its first owner joins. */
  readonly ownerInvitation: IssuedInvitation;
}

/** Makes organizations for others. Until the first acceptance such a one has no owner. */
@Injectable()
export class OrganizationProvisioningService {
  constructor(
    private readonly creation: OrganizationCreationService,
    private readonly invitations: InvitationsService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @param ownerEmail normalised
   * @throws SlugTaken
   */
  provision(
    by: AuditActor,
    wanted: NewOrganization,
    ownerEmail: string,
  ): Promise<ProvisionedOrganization> {
    return this.transactions.run(async (manager) => {
      const organization = await this.creation.establish(manager, wanted, by);
      const { id } = organization;
      const ownerInvitation = await this.invitations.inviteOwner(manager, id, ownerEmail, by);
      return { organization, ownerInvitation };
    });
  }

  /**
   * Another way in for an owner, such as where the first link has expired or is lost.
   *
   * @param email normalised
   * @throws OrganizationNotFound
   * @throws AlreadyMember
   * @throws AlreadyInvited where the address has an open invitation in another role
   */
  inviteOwner(by: AuditActor, organizationId: string, email: string): Promise<IssuedInvitation> {
    return this.transactions.run((manager) =>
      this.invitations.inviteOwner(manager, organizationId, email, by),
    );
  }

  /**
   * Ends an owner's open invitation, such as one to a wrong address; ending it again changes nothing.
   *
   * @throws OrganizationNotFound
   * @throws InvitationNotFound
   * @throws InvitationGone for one that was accepted
   */
  revokeOwnerInvitation(
    by: AuditActor,
    organizationId: string,
    invitationId: string,
  ): Promise<void> {
    return this.transactions.run((manager) =>
      this.invitations.revokeOwners(manager, organizationId, invitationId, by),
    );
  }
}
