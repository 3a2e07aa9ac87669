import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { NIL } from 'uuid';
import { decodeId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { IsAbsentable } from '../../http/input/fields.js';
import { ValidationFailed } from '../../problem.js';
import { CHECK_NAMES, type CheckName } from './key-checks.js';
import { type ExplainedKey, type KeyExplanation } from './key-explanation.service.js';
import { type RateLimitState } from '../../access/throttling/rate-limit.js';
import { JsonText } from '../../http/direct/json-text.js';
import { KeptJson } from '../../http/direct/kept-json.js';
import { ApiKeyBody, projectIdOf } from '../api-keys.dto.js';
import { PlainInput } from '../../http/input/plain-input.js';
import { IsAddress, LONGEST_ADDRESS } from '../../http/input/address-fields.js';
import { type KnownKey } from './known-key.js';
import { type IntendedUse, type Verdict, VERDICT_CODES, type VerdictCode } from './verdict.js';

const MOST_KEYS = 100;
const EXAMPLE_KEY = 'capy_live_000000000000000000000000000000003UFVO5';

/** What a key is to be used for. */
export class KeyUseRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'backups:read backups:write',
    description: 'Scopes, separated by spaces; all are needed.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  scope?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'The project that the request concerns.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  project_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LONGEST_ADDRESS,
    example: '203.0.113.7',
    description: 'Where the request came from; needed for keys with an address list.',
  })
  @IsOptional()
  @IsAddress()
  ip?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    default: 1,
    minimum: 1,
    maximum: 1_000_000,
    description: "What a valid use takes of the key's limit.",
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  cost?: number | null;

  /** @param withinOrganizationId null for whoever sees the keys of all organizations */
  toUse<T extends string | null>(
    origin: Origin,
    withinOrganizationId: T,
  ): IntendedUse & { readonly withinOrganizationId: T } {
    const { scope, project_id, ip, cost } = this;
    return {
      ip: ip ?? null,
      strangerIp: null,
      projectId: typeof project_id === 'string' ? projectIdOf(project_id) : null,
      cost: cost ?? 1,
      scopes: typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : [],
      withinOrganizationId,
      origin,
    };
  }
}

@PlainInput()
export class KeyVerificationRequest extends KeyUseRequest {
  @ApiProperty({ example: EXAMPLE_KEY })
  @IsString()
  api_key: string;
}

export class KeyBatchVerificationRequest extends KeyUseRequest {
  @ApiProperty({ type: [String], minItems: 1, maxItems: MOST_KEYS, example: [EXAMPLE_KEY] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_KEYS)
  @IsString({ each: true })
  api_keys: string[];
}

export class KeyExplanationRequest extends KeyUseRequest {
  @ApiPropertyOptional({ type: String, nullable: true, example: EXAMPLE_KEY })
  @IsAbsentable()
  @IsString()
  api_key?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Instead of the key itself.',
  })
  @IsAbsentable()
  @IsString()
  @MaxLength(200)
  key_id?: string;

  /** @throws ValidationFailed unless exactly one of both is given */
  toSubject(): ExplainedKey {
    const { api_key, key_id } = this;
    if (api_key !== undefined && key_id === undefined) return { plaintext: api_key };
    if (key_id !== undefined && api_key === undefined) return { id: keyIdOf(key_id) };
    const sentence = 'send either api_key or key_id';
    throw new ValidationFailed({ api_key: [sentence], key_id: [sentence] });
  }
}

/** The UUID behind a key's wire id; text that is no such id gets the one that no key has. */
function keyIdOf(text: string): string {
  return decodeId('apiKey', text) ?? NIL;
}

class KeyRateLimitStateBody {
  @ApiProperty({ type: 'integer', example: 100 })
  limit: number;

  @ApiProperty({ type: 'integer', example: 99, description: 'What is left of the window.' })
  remaining: number;

  @ApiProperty({ format: 'date-time', description: 'When the window ends.' })
  reset_at: string;

  static of({ limit, remaining, resetAt }: RateLimitState): KeyRateLimitStateBody {
    return { limit, remaining, reset_at: resetAt.toISOString() };
  }
}

/** Some 700 for each of 10,000 keys, beside what the cache is allowed. */
const MOST_CHARACTERS = 7_000_000;
/** Of a key that is good everything stays as it is. */
const GOOD_KEYS = new KeptJson<KnownKey>(MOST_CHARACTERS);

export class KeyVerificationAnswer {
  @ApiProperty()
  valid: boolean;

  @ApiProperty({ enum: VERDICT_CODES })
  code: VerdictCode;

  @ApiProperty({
    type: ApiKeyBody,
    nullable: true,
    description: '`null` for `malformed` and `not_found` alone.',
  })
  api_key: ApiKeyBody | null;

  @ApiProperty({
    type: KeyRateLimitStateBody,
    nullable: true,
    description: '`null` for a key without a limit, and where it was refused for another reason.',
  })
  rate_limit: KeyRateLimitStateBody | null;

  static of(verdict: Verdict): KeyVerificationAnswer {
    const { code } = verdict;
    if (verdict.key === null) return { valid: false, code, api_key: null, rate_limit: null };
    const { key, judgedAt, rateLimit } = verdict;
    return {
      valid: code === 'valid',
      code,
      api_key: ApiKeyBody.of(key, judgedAt),
      rate_limit: rateLimit && KeyRateLimitStateBody.of(rateLimit),
    };
  }

  /** The same, with what was made before of a key that is good. */
  static json(verdict: Verdict): JsonText<KeyVerificationAnswer> {
    if (verdict.code !== 'valid') return JsonText.of(KeyVerificationAnswer.of(verdict));
    const { known, judgedAt, rateLimit } = verdict;
    const key = GOOD_KEYS.of(known, (its) => JSON.stringify(ApiKeyBody.of(its.key, judgedAt)));
    const state = rateLimit ? JSON.stringify(KeyRateLimitStateBody.of(rateLimit)) : 'null';
    return new JsonText(`{"valid":true,"code":"valid","api_key":${key},"rate_limit":${state}}`);
  }
}

export class KeyVerificationResults {
  @ApiProperty({ type: [KeyVerificationAnswer], description: 'In the order of the keys.' })
  results: KeyVerificationAnswer[];

  static of(verdicts: readonly Verdict[]): KeyVerificationResults {
    return { results: verdicts.map((verdict) => KeyVerificationAnswer.of(verdict)) };
  }
}

class KeyCheckBody {
  @ApiProperty({ enum: CHECK_NAMES })
  check: CheckName;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: '`null` where there is no key that could be judged.',
  })
  passed: boolean | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'the key does not have backups:write',
    description: 'Why it failed. For people; it may change.',
  })
  detail: string | null;
}

export class KeyExplanationAnswer {
  @ApiProperty({ type: [KeyCheckBody], description: 'In the order in which a key is judged.' })
  checks: KeyCheckBody[];

  @ApiProperty({ enum: VERDICT_CODES, description: 'What a verification would say.' })
  code: VerdictCode;

  static of({ checks, code }: KeyExplanation): KeyExplanationAnswer {
    return { checks: checks.map(({ name, ...finding }) => ({ check: name, ...finding })), code };
  }
}
