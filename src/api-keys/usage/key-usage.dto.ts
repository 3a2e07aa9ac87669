import { ApiProperty } from '@nestjs/swagger';
import { type DailyVerifications, type KeyUsageReport } from './key-usage.service.js';

export class KeyDayBody {
  @ApiProperty({ format: 'date', example: '2026-11-25', description: 'In UTC.' })
  date: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { valid: 1200, rate_limited: 3 },
    description: 'By the code of the verdict; codes that did not occur are left out.',
  })
  verifications: Record<string, number>;

  static of({ date, verifications }: DailyVerifications): KeyDayBody {
    return { date, verifications: { ...verifications } };
  }
}

class UsesAfterRotationBody {
  @ApiProperty({ type: 'integer', example: 7 })
  count: number;

  @ApiProperty({ format: 'date-time', description: 'When the key was replaced.' })
  since: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  last_used_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  last_used_ip: string | null;
}

export class KeyUsageBody {
  @ApiProperty({ type: [KeyDayBody], description: 'Newest first; counted within 5 s.' })
  days: KeyDayBody[];

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  last_used_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.7',
    description: "What the verifier stated, or who called Keycap's own API.",
  })
  last_used_ip: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'curl/8.5.0',
    description: "Of a use at Keycap's own API.",
  })
  last_used_user_agent: string | null;

  @ApiProperty({
    type: [String],
    example: ['backups:write'],
    description: 'Scopes of the key that no use has asked for.',
  })
  unused_scopes: string[];

  @ApiProperty({
    type: UsesAfterRotationBody,
    nullable: true,
    description: '`null` unless another key has replaced it.',
  })
  uses_after_rotation: UsesAfterRotationBody | null;

  static of(report: KeyUsageReport): KeyUsageBody {
    const { days, lastUsedAt, lastUsedIp, lastUsedUserAgent, unusedScopes } = report;
    const after = report.usesAfterRotation;
    return {
      days: days.map((day) => KeyDayBody.of(day)),
      last_used_at: lastUsedAt?.toISOString() ?? null,
      last_used_ip: lastUsedIp,
      last_used_user_agent: lastUsedUserAgent,
      unused_scopes: [...unusedScopes],
      uses_after_rotation: after && {
        count: after.count,
        since: after.since.toISOString(),
        last_used_at: after.lastUsedAt?.toISOString() ?? null,
        last_used_ip: after.lastUsedIp,
      },
    };
  }
}
