import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, MaxLength } from 'class-validator';
import { JsonText } from '../http/direct/json-text.js';
import { KeptJson } from '../http/direct/kept-json.js';
import { IgnoresUnknownFields } from '../http/input/validation.js';
import { type Introspection } from './introspection.service.js';

const MOST_TOKENS = 100;
const LONGEST_TOKEN = 8 * 1024;
/** An answer may be kept so long, in seconds, by whoever can wait so long for a revocation. */
const LONGEST_KEPT_SECONDS = 5;

const CLIENT_ID = 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt';
const ISSUER = 'https://auth.example.com';

@IgnoresUnknownFields()
export class BatchIntrospectionRequest {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_TOKENS,
    example: ['2BrWx7Kq2mVb0RtYw5ZcLd9NfHs4GjPa8EuQi1OoTzXkM3v'],
    description: 'Access tokens and API keys.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TOKENS)
  @IsString({ each: true })
  @MaxLength(LONGEST_TOKEN, { each: true })
  tokens: string[];
}

/** RFC 7662 §2.2: exactly `{"active":false}`, or what is known of a good credential. */
export class IntrospectionBody {
  @ApiProperty({ description: 'Where it is false, there is no other member.' })
  active: boolean;

  @ApiPropertyOptional({ example: 'read write', description: 'What it may do by now.' })
  scope?: string;

  @ApiPropertyOptional({ example: CLIENT_ID, description: 'Of an access token.' })
  client_id?: string;

  @ApiPropertyOptional({ enum: ['Bearer'] })
  token_type?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 1_795_674_477,
    description: 'Seconds since the epoch; absent: never.',
  })
  exp?: number;

  @ApiPropertyOptional({ type: 'integer', example: 1_795_638_477 })
  iat?: number;

  @ApiPropertyOptional({ type: 'integer', example: 1_795_638_477 })
  nbf?: number;

  @ApiPropertyOptional({ example: CLIENT_ID, description: "The client's id, or the key's." })
  sub?: string;

  @ApiPropertyOptional({
    example: ISSUER,
    description: 'The resource that it is for; the issuer by default.',
  })
  aud?: string;

  @ApiPropertyOptional({ example: ISSUER })
  iss?: string;

  @ApiPropertyOptional({
    example: 'PYm_GWdCJ9mM04ylEwVkiw',
    description: 'Names the credential without giving it away.',
  })
  jti?: string;

  @ApiPropertyOptional({ enum: ['access_token', 'api_key'] })
  keycap_kind?: string;

  @ApiPropertyOptional({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  keycap_organization_id?: string;

  @ApiPropertyOptional({ example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  keycap_project_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: LONGEST_KEPT_SECONDS,
    description:
      'So many seconds the answer may be kept by whoever can wait as long for a revocation; never beyond `exp`.',
  })
  keycap_cache_seconds?: number;

  static of(introspection: Introspection | null, now = new Date()): IntrospectionBody {
    if (introspection === null) return { active: false };
    const { expiresAt, clientId, projectId } = introspection;
    const issuedAt = secondsOf(introspection.issuedAt);
    return {
      active: true,
      scope: introspection.scopes.join(' '),
      ...(clientId !== null && { client_id: clientId }),
      token_type: 'Bearer',
      ...(expiresAt !== null && { exp: secondsOf(expiresAt) }),
      iat: issuedAt,
      nbf: issuedAt,
      sub: introspection.subject,
      aud: introspection.audience,
      iss: introspection.issuer,
      jti: introspection.id,
      keycap_kind: introspection.kind,
      keycap_organization_id: introspection.organizationId,
      ...(projectId !== null && { keycap_project_id: projectId }),
      keycap_cache_seconds: cacheSeconds(expiresAt, now),
    };
  }

  /** The same; what was told of the same credential before is the same, until it is about to expire. */
  static json(introspection: Introspection | null, now = new Date()): JsonText<IntrospectionBody> {
    if (introspection === null) return INACTIVE;
    // What is told of a key is made anew each time: nobody would come back to what is kept of it.
    const isKey = introspection.kind === 'api_key';
    if (isKey || cacheSeconds(introspection.expiresAt, now) < LONGEST_KEPT_SECONDS) {
      return JsonText.of(IntrospectionBody.of(introspection, now));
    }
    const make = (its: Introspection): string => JSON.stringify(IntrospectionBody.of(its, now));
    return new JsonText(GOOD_TOKENS.of(introspection, make));
  }
}

const INACTIVE = JsonText.of(IntrospectionBody.of(null));
/** Some 600 for each of 10,000 tokens, beside what the cache is allowed. */
const MOST_CHARACTERS = 6_000_000;
const GOOD_TOKENS = new KeptJson<Introspection>(MOST_CHARACTERS);

export class BatchIntrospectionBody {
  @ApiProperty({ type: [IntrospectionBody] })
  results: IntrospectionBody[];

  static of(introspections: readonly (Introspection | null)[]): BatchIntrospectionBody {
    return { results: introspections.map((each) => IntrospectionBody.of(each)) };
  }
}

/** Whole seconds since the epoch, as RFC 7519 §2 counts them. */
function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function cacheSeconds(expiresAt: Date | null, now: Date): number {
  const left = expiresAt === null ? Infinity : secondsOf(expiresAt) - secondsOf(now);
  return Math.max(0, Math.min(LONGEST_KEPT_SECONDS, left));
}
