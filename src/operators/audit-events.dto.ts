import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { AuditFilterQuery } from '../audit/audit.dto.js';

export class AuditSearchQuery extends AuditFilterQuery {
  @ApiPropertyOptional({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;
}

export class SharedVerificationQuery {
  @ApiPropertyOptional({
    description:
      'One that was kept elsewhere, as the log has it: `00000000-....<number>.<hash>.<seal>`.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  checkpoint?: string;
}
