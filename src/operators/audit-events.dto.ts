import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { AUDIT_ACTIONS } from '../audit/audit.service.js';
import { PageQuery } from '../http/pages/page-query.js';

export class AuditSearchQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;

  @ApiPropertyOptional({ enum: AUDIT_ACTIONS })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  action?: string;

  @ApiPropertyOptional({ description: "Only what this user, key, client or operator's token did." })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  actor_id?: string;
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
