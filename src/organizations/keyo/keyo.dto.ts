import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiQuery } from '@nestjs/swagger';
import { IsIn, ValidateIf, type ValidationArguments } from 'class-validator';
import { type Role, ROLES } from '../../access/principal.js';
import { pythonText } from '../../http/errors/python-text.js';
import { IgnoresUnknownFields } from '../../http/input/validation.js';
import { MemberBody } from '../members/members.dto.js';
import { MEMBERSHIP_STATUSES, type MembershipStatus } from '../members/membership.entity.js';
import { OrganizationBody } from '../organizations.dto.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './offset-page.js';

/** Django REST Framework's sentences for a field with choices. */
const NO_CHOICE = {
  message: ({ value }: ValidationArguments) => {
    if (value === undefined) return 'This field is required.';
    return value === null
      ? 'This field may not be null.'
      : `"${pythonText(value)}" is not a valid choice.`;
  },
};

/** PATCH: what is given is changed; everything else of a member is read-only and ignored. */
@IgnoresUnknownFields()
export class KeyoMemberPatch {
  @ApiPropertyOptional({ enum: ROLES, example: 'admin' })
  @ValidateIf((patch: KeyoMemberPatch) => patch.role !== undefined)
  @IsIn(ROLES, NO_CHOICE)
  role?: Role;

  @ApiPropertyOptional({ enum: MEMBERSHIP_STATUSES })
  @ValidateIf((patch: KeyoMemberPatch) => patch.status !== undefined)
  @IsIn(MEMBERSHIP_STATUSES, NO_CHOICE)
  status?: MembershipStatus;
}

/** PUT: both are needed. */
@IgnoresUnknownFields()
export class KeyoMemberReplacement {
  @ApiProperty({ enum: ROLES, example: 'admin' })
  @IsIn(ROLES, NO_CHOICE)
  role: Role;

  @ApiProperty({ enum: MEMBERSHIP_STATUSES })
  @IsIn(MEMBERSHIP_STATUSES, NO_CHOICE)
  status: MembershipStatus;
}

export class KeyoMemberPage {
  @ApiProperty({ type: 'integer', example: 1, description: 'Number of all members.' })
  count: number;

  @ApiProperty({ type: String, nullable: true, format: 'uri', example: null })
  next: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uri', example: null })
  previous: string | null;

  @ApiProperty({ type: [MemberBody] })
  results: MemberBody[];
}

export class KeyoOrganizationPage {
  @ApiProperty({ type: 'integer', example: 1 })
  count: number;

  @ApiProperty({ type: String, nullable: true, format: 'uri', example: null })
  next: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uri', example: null })
  previous: string | null;

  @ApiProperty({ type: [OrganizationBody] })
  results: OrganizationBody[];
}

/** `?limit=&offset=`, for the API description alone: what is no number falls back in silence. */
export function TakesOffsetPage(): MethodDecorator {
  const number = { type: 'integer', minimum: 0 };
  const limit = { ...number, default: DEFAULT_LIMIT, maximum: MAX_LIMIT };
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: limit, description: 'Rows in a page.' }),
    ApiQuery({ name: 'offset', required: false, schema: number, description: 'Rows before it.' }),
  );
}
