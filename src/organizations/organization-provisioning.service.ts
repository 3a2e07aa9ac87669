import { Injectable } from '@nestjs/common';
import { type AuditActor } from '../audit/audit.service.js';
import { Transactions } from '../database/transactions.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { type ListedOrganization } from './organization-search.service.js';
import { type NewOrganization, OrganizationsService } from './organizations.service.js';

export interface ProvisionedOrganization {
  readonly organization: ListedOrganization;
  /** By which its first owner joins; shown once. */
  readonly acceptUrl: string;
}

/** Makes organizations for others. Until the first acceptance such a one has no owner. */
@Injectable()
export class OrganizationProvisioningService {
  constructor(
    private readonly organizations: OrganizationsService,
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
      const organization = await this.organizations.establish(manager, wanted, by);
      const { acceptUrl } = await this.invitations.inviteOwner(
        manager,
        organization.id,
        ownerEmail,
        by,
      );
      return { organization, acceptUrl };
    });
  }
}
