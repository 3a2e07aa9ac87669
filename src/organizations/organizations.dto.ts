import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { encodeId } from '../access/ids.js';
import { type Role, ROLES } from '../access/principal.js';
import { IsAbsentable, IsName } from '../http/input/fields.js';
import { IsMetadata } from '../http/input/metadata.js';
import { type Page } from '../http/pages/pagination.js';
import { type Organization } from './organization.entity.js';
import { type OrganizationPatch, type OwnOrganization } from './organizations.service.js';
import { PolicyPatchRequest } from './policies/policies.dto.js';
import { IsSlug } from './slug.js';

export class NewOrganizationRequest {
  @ApiProperty({ example: 'Acme', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'acme',
    pattern: '^[a-z0-9-]{3,40}$',
  })
  @IsAbsentable()
  @IsSlug()
  slug?: string;

  @ApiPropertyOptional({ type: Object, nullable: true, example: { crm_id: '4711' } })
  @IsAbsentable()
  @IsMetadata()
  metadata?: object;
}

/** What operators may change as well: policies are the organization's own affair. */
export class OrganizationDetailsPatch {
  @ApiPropertyOptional({ example: 'Acme Ltd', minLength: 1, maxLength: 100 })
  @ValidateIf((patch: OrganizationDetailsPatch) => patch.name !== undefined)
  @IsName()
  name?: string;

  @ApiPropertyOptional({ example: 'acme', pattern: '^[a-z0-9-]{3,40}$' })
  @ValidateIf((patch: OrganizationDetailsPatch) => patch.slug !== undefined)
  @IsSlug()
  slug?: string;

  @ApiPropertyOptional({ type: Object, example: { crm_id: '4711' } })
  @ValidateIf((patch: OrganizationDetailsPatch) => patch.metadata !== undefined)
  @IsMetadata()
  metadata?: object;
}

export class OrganizationPatchRequest extends OrganizationDetailsPatch {
  @ApiPropertyOptional({ description: 'Merged by name; null takes a policy away. People alone.' })
  @ValidateIf((patch: OrganizationPatchRequest) => patch.policy !== undefined)
  @IsObject()
  @ValidateNested()
  @Type(() => PolicyPatchRequest)
  policy?: PolicyPatchRequest;

  toPatch(): OrganizationPatch {
    const { name, slug, metadata, policy } = this;
    return { name, slug, metadata, policy: policy?.toPatch() };
  }
}

export class OwnershipTransferRequest {
  @ApiProperty({ example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe', description: 'An active member.' })
  @IsString()
  @MaxLength(64)
  user_id: string;
}

export class DeletionQuery {
  @ApiPropertyOptional({ example: 'acme', description: 'The slug; or in the body.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  confirm?: string;
}

export class DeletionRequest {
  @ApiPropertyOptional({ type: String, nullable: true, example: 'acme', description: 'The slug.' })
  @IsAbsentable()
  @IsString()
  @MaxLength(100)
  confirm?: string;
}

export class OrganizationBody {
  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ example: 'Acme' })
  name: string;

  @ApiProperty({ example: 'acme' })
  slug: string;

  @ApiProperty({ type: Object, example: {} })
  metadata: object;

  @ApiProperty({
    type: Object,
    example: { max_key_lifetime_days: { mode: 'enforced', value: 90 } },
    description: 'The policies that were set, by name; the others are off.',
  })
  policy: object;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  suspended_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  suspended_reason: string | null;

  static of(organization: Organization): OrganizationBody {
    return {
      id: encodeId('organization', organization.id),
      name: organization.name,
      slug: organization.slug,
      metadata: organization.metadata,
      policy: organization.policy,
      created_at: organization.createdAt.toISOString(),
      updated_at: organization.updatedAt.toISOString(),
      suspended_at: organization.suspendedAt?.toISOString() ?? null,
      suspended_reason: organization.suspendedReason,
    };
  }
}

export class OrganizationAnswer {
  @ApiProperty()
  organization: OrganizationBody;

  static of(organization: Organization): OrganizationAnswer {
    return { organization: OrganizationBody.of(organization) };
  }
}

export class OwnOrganizationBody extends OrganizationBody {
  @ApiProperty({ enum: ROLES, description: "The caller's role in it." })
  role: Role;
}

export class OwnOrganizationList {
  @ApiProperty({ type: [OwnOrganizationBody] })
  organizations: OwnOrganizationBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<OwnOrganization>): OwnOrganizationList {
    return {
      organizations: items.map(({ organization, role }) =>
        Object.assign(OrganizationBody.of(organization), { role }),
      ),
      next_cursor: nextCursor,
    };
  }
}
