import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
} from 'class-validator';
import { fieldRule } from '../../http/input/fields.js';
import { type FoundKey } from './leak-reports.service.js';

const MOST_KEYS = 1000;
const LONGEST_KEY = 512;
const LONGEST_URL = 2000;

const IsWebAddress = fieldRule(
  `must be an http or https URL of at most ${LONGEST_URL} characters`,
  (value) =>
    typeof value === 'string' &&
    value.length <= LONGEST_URL &&
    /^https?:\/\/[!-~]+$/.test(value) &&
    URL.canParse(value),
);

export class LeakReportRequest {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_KEYS,
    example: ['capy_live_000000000000000000000000000000003UFVO5'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_KEYS)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(LONGEST_KEY, { each: true })
  api_keys: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LONGEST_URL,
    example: 'https://github.com/acme/app/blob/main/.env',
    description: 'Where they were found.',
  })
  @IsOptional()
  @IsWebAddress()
  source_url?: string | null;

  toFoundKeys(): FoundKey[] {
    const sourceUrl = this.source_url ?? null;
    return [...new Set(this.api_keys)].map((plaintext) => ({ plaintext, sourceUrl }));
  }
}

export class LeakReportAnswer {
  @ApiProperty({ example: 1, description: 'How many strings were taken, whatever they are.' })
  received: number;
}

/** A string that was found; what GitHub says beside is passed over. */
export class GithubAlertBody {
  @ApiProperty({ example: 'capy_live_000000000000000000000000000000003UFVO5' })
  token: string;

  @ApiProperty({ example: 'capy_api_key' })
  type: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  url?: string | null;
}

/** Of each string that was sent, by its hash. */
export class GithubFeedbackBody {
  @ApiProperty({ example: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' })
  token_hash: string;

  @ApiProperty({ example: 'capy_api_key' })
  token_type: string;

  @ApiProperty({ enum: ['true_positive', 'false_positive'] })
  label: 'true_positive' | 'false_positive';
}
