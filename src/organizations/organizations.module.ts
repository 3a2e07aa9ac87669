import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptanceController } from './invitations/acceptance/acceptance.controller.js';
import { AcceptanceService } from './invitations/acceptance/acceptance.service.js';
import { Admissions } from './invitations/acceptance/admissions.js';
import { InvitationClaims } from './invitations/acceptance/invitation-claims.js';
import { InvitedSignUpService } from './invitations/acceptance/invited-sign-up.service.js';
import { PresentedInvitations } from './invitations/acceptance/presented-invitations.js';
import { InvitationAttentionService } from './invitations/invitation-attention.service.js';
import { Invitation } from './invitations/invitation.entity.js';
import { InvitationIssuanceService } from './invitations/invitation-issuance.service.js';
import { InvitationMails } from './invitations/invitation-mails.js';
import { InvitationTokens } from './invitations/invitation-tokens.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { KeyoController } from './keyo/keyo.controller.js';
import { MeController } from './me.controller.js';
import { DeparturesService } from './members/departures.service.js';
import { MemberChangesService } from './members/member-changes.service.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { MembershipDirectory } from './members/membership-directory.service.js';
import { MembershipNames } from './members/membership-names.service.js';
import { Membership } from './members/membership.entity.js';
import { OwnershipService } from './members/ownership.service.js';
import { NamedOrganizationsService } from './members/named-organizations.service.js';
import { Organization } from './organization.entity.js';
import { OrganizationChangesService } from './organization-changes.service.js';
import { OrganizationCreationService } from './organization-creation.service.js';
import { OrganizationProvisioningService } from './organization-provisioning.service.js';
import { OrganizationSearchService } from './organization-search.service.js';
import { OrganizationStandingService } from './organization-standing.service.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsService } from './organizations.service.js';
import { KnownOrganizationsService } from './known-organizations.service.js';
import { KeyUsePoliciesService } from './policies/key-use-policies.service.js';
import { PoliciesService } from './policies/policies.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { LiveProjectsService } from './projects/live-projects.service.js';
import { Project } from './projects/project.entity.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ProjectsService } from './projects/projects.service.js';
import { UserDeletionService } from './user-deletion.service.js';
import { UserMembershipsService } from './user-memberships.service.js';

/** Tenants: organizations, their members, invitations and projects. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Invitation, Membership, Organization, Project]),
    AuditModule,
    MailModule,
    UsersModule,
  ],
  controllers: [
    AcceptanceController,
    InvitationsController,
    KeyoController,
    MeController,
    MembersController,
    OrganizationsController,
    OwnAccountController,
    ProjectsController,
  ],
  providers: [
    AcceptanceService,
    Admissions,
    InvitationAttentionService,
    InvitationClaims,
    InvitationIssuanceService,
    InvitationMails,
    InvitationTokens,
    InvitationsService,
    InvitedSignUpService,
    KeyUsePoliciesService,
    KnownOrganizationsService,
    LiveProjectsService,
    MembershipDirectory,
    MembershipNames,
    DeparturesService,
    MemberChangesService,
    MembersService,
    NamedOrganizationsService,
    OrganizationChangesService,
    OrganizationCreationService,
    OrganizationProvisioningService,
    OrganizationSearchService,
    OrganizationStandingService,
    OrganizationsService,
    OwnershipService,
    PoliciesService,
    PresentedInvitations,
    ProjectsService,
    UserDeletionService,
    UserMembershipsService,
  ],
  exports: [
    InvitationAttentionService,
    DeparturesService,
    InvitationsService,
    KeyUsePoliciesService,
    LiveProjectsService,
    OrganizationChangesService,
    OrganizationCreationService,
    OrganizationProvisioningService,
    OrganizationSearchService,
    OrganizationStandingService,
    MembershipDirectory,
    MembershipNames,
    MembersService,
    OrganizationsService,
    PoliciesService,
    ProjectsService,
    UserDeletionService,
    UserMembershipsService,
  ],
})
export class OrganizationsModule {}
