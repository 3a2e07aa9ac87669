import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsEmailAddress } from '../access/email-address.js';
import { IsAbsentable, IsName } from '../http/input/fields.js';
import { OrganizationBody } from '../organizations/organizations.dto.js';
import { StartedSessionBody } from '../users/sessions/sessions.dto.js';
import type { SetUpDeployment } from './setup.service.js';

export class SetupRequest {
  @ApiProperty({ example: 'ada@example.com' })
  @IsEmailAddress()
  email: string;

  @ApiProperty({ minLength: 15, example: 'correct horse battery staple' })
  @IsString()
  password: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: 100,
    example: 'Ada Lovelace',
  })
  @IsAbsentable()
  @IsName()
  name?: string;

  @ApiProperty({ example: 'Acme', minLength: 1, maxLength: 100 })
  @IsName()
  organization_name: string;
}

export class SetupAnswer extends StartedSessionBody {
  @ApiProperty()
  organization: OrganizationBody;

  static ofSetUp({ session, organization }: SetUpDeployment): SetupAnswer {
    const organizationBody = OrganizationBody.of(organization);
    return Object.assign(StartedSessionBody.of(session), { organization: organizationBody });
  }
}
