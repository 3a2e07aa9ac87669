import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { IsEmailAddress } from '../access/email-address.js';
import { PageQuery } from '../http/pages/page-query.js';
import { type Page } from '../http/pages/pagination.js';
import {
  InvitationBody,
  IssuedInvitationAnswer,
} from '../organizations/invitations/invitations.dto.js';
import { type ProvisionedOrganization } from '../organizations/organization-provisioning.service.js';
import {
  type ListedOrganization,
  ORGANIZATION_STATUSES,
  type OrganizationStatus,
  organizationStatusOf,
} from '../organizations/organization-search.service.js';
import { NewOrganizationRequest, OrganizationBody } from '../organizations/organizations.dto.js';

export class OrganizationSearchQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Part of a name or slug.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;

  @ApiPropertyOptional({ enum: ORGANIZATION_STATUSES })
  @IsOptional()
  @IsIn(ORGANIZATION_STATUSES)
  status?: OrganizationStatus;
}

export class ProvisionRequest extends NewOrganizationRequest {
  @ApiProperty({ example: 'ada@example.com', description: 'Invited as the first owner.' })
  @IsEmailAddress()
  owner_email: string;
}

export class SuspensionRequest {
  @ApiProperty({
    example: 'The invoice of May is open.',
    minLength: 1,
    maxLength: 500,
    description: 'The members of the organization read it.',
  })
  @IsString()
  @Length(1, 500)
  reason: string;
}

export class ListedOrganizationBody extends OrganizationBody {
  @ApiProperty({ enum: ORGANIZATION_STATUSES })
  status: OrganizationStatus;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  deleted_at: string | null;

  static override of(organization: ListedOrganization): ListedOrganizationBody {
    return {
      ...OrganizationBody.of(organization),
      status: organizationStatusOf(organization),
      deleted_at: organization.deletedAt?.toISOString() ?? null,
    };
  }
}

export class ListedOrganizationAnswer {
  @ApiProperty()
  organization: ListedOrganizationBody;

  static of(organization: ListedOrganization): ListedOrganizationAnswer {
    return { organization: ListedOrganizationBody.of(organization) };
  }
}

export class ProvisionedOrganizationAnswer extends ListedOrganizationAnswer {
  @ApiProperty()
  invitation: InvitationBody;

  @ApiProperty({
    description: 'Shown this once: by it the first owner joins.',
    example: 'https://keycap.example.com/dashboard/accept-invitation#token=kci_4fJ0mYw1c3Rk9T',
  })
  accept_url: string;

  static ofNew({
    organization,
    ownerInvitation,
  }: ProvisionedOrganization): ProvisionedOrganizationAnswer {
    return {
      organization: ListedOrganizationBody.of(organization),
      ...IssuedInvitationAnswer.of(ownerInvitation),
    };
  }
}

export class OwnerInvitationRequest {
  @ApiProperty({ example: 'ada@example.com' })
  @IsEmailAddress()
  email: string;
}

export class ListedOrganizationList {
  @ApiProperty({ type: [ListedOrganizationBody] })
  organizations: ListedOrganizationBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<ListedOrganization>): ListedOrganizationList {
    return {
      organizations: items.map((each) => ListedOrganizationBody.of(each)),
      next_cursor: nextCursor,
    };
  }
}
