import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { DEFAULT_OVERLAP_SECONDS, LONGEST_OVERLAP_SECONDS } from '../../access/secrets/rotation.js';

export class KeyRotationRequest {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: LONGEST_OVERLAP_SECONDS,
    default: DEFAULT_OVERLAP_SECONDS,
    description: 'How long the old key lives on, in seconds.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP_SECONDS)
  overlap_seconds?: number | null;

  toOverlapSeconds(): number {
    return this.overlap_seconds ?? DEFAULT_OVERLAP_SECONDS;
  }
}
