import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { NIL } from 'uuid';
import { decodeId, encodeId, encodeOptionalId } from '../../access/ids.js';
import { IsAddressRanges } from '../../http/input/address-fields.js';
import { IsName } from '../../http/input/fields.js';
import { PageQuery, toBoolean } from '../../http/pages/page-query.js';
import { type Page } from '../../http/pages/pagination.js';
import { LONGEST_TOKEN_LIFE_SECONDS, SHORTEST_TOKEN_LIFE_SECONDS } from '../token-life.js';
import { AreResources, IsJwkSet, IsScopeList, IsTokenTtl } from './client-fields.js';
import { type ClientPatch } from './client-settings.js';
import {
  AUTH_METHODS,
  type AuthMethod,
  type JwkSet,
  type OAuthClient,
  TOKEN_FORMATS,
  type TokenFormat,
} from './oauth-client.entity.js';
import { type ClientFilter, type NewClient } from './oauth-clients.service.js';

const DEFAULT_TTL_SECONDS = 36_000;
const MOST_TOKENS_PER_HOUR = 1_000_000_000;
const TTL = {
  type: 'integer',
  minimum: SHORTEST_TOKEN_LIFE_SECONDS,
  maximum: LONGEST_TOKEN_LIFE_SECONDS,
} as const;
const JWKS = { type: 'object', nullable: true, additionalProperties: true } as const;
const QUOTA = {
  type: 'integer',
  nullable: true,
  minimum: 1,
  maximum: MOST_TOKENS_PER_HOUR,
  example: 1000,
} as const;
const ADDRESSES = { type: String, isArray: true, nullable: true, example: ['203.0.113.0/24'] };
const URI = { type: String, nullable: true, example: 'https://client.example.com/jwks.json' };
const RESOURCES = { type: String, isArray: true, example: ['https://api.example.com'] };

/** `?...` of a list of clients. */
export class OAuthClientQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  project_id?: string;

  @ApiPropertyOptional({ description: 'Not disabled; or one that is.' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  is_active?: boolean;

  @ApiPropertyOptional({ description: 'Part of the name.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;

  /** Text that is no id of a project gets the one that no project has. */
  toFilter(): ClientFilter {
    const { project_id: projectId } = this;
    return {
      projectId: projectId === undefined ? undefined : (decodeId('project', projectId) ?? NIL),
      isActive: this.is_active,
      q: this.q,
    };
  }
}

/** Settings that mean the same for a new client and for one that is changed. */
class ClientSettingsRequest {
  @ApiPropertyOptional({ ...JWKS, description: 'Its public keys (RFC 7517), for private_key_jwt.' })
  @IsOptional()
  @IsJwkSet()
  jwks?: JwkSet | null;

  @ApiPropertyOptional({ ...URI, description: 'Where it publishes them, instead of `jwks`.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  jwks_uri?: string | null;

  @ApiPropertyOptional({
    ...ADDRESSES,
    description: 'The addresses that it and its tokens may be used from; any where it is null.',
  })
  @IsOptional()
  @IsAddressRanges()
  ip_allowlist?: string[] | null;

  @ApiPropertyOptional({ ...QUOTA, description: 'Most tokens within a clock hour.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_TOKENS_PER_HOUR)
  max_tokens_per_hour?: number | null;
}

export class NewClientRequest extends ClientSettingsRequest {
  @ApiProperty({ example: 'Nightly sync', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    minItems: 1,
    example: ['read', 'write'],
    description: 'Default: `read` and `write`; with a project `projects:read`.',
  })
  @IsOptional()
  @IsScopeList()
  scopes?: string[] | null;

  @ApiPropertyOptional({
    ...TTL,
    nullable: true,
    default: DEFAULT_TTL_SECONDS,
    description: 'Life of an access token, in seconds.',
  })
  @IsOptional()
  @IsTokenTtl()
  token_ttl_seconds?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Confines the client to this project.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  project_id?: string | null;

  @ApiPropertyOptional({ enum: TOKEN_FORMATS, nullable: true, default: 'opaque' })
  @IsOptional()
  @IsIn(TOKEN_FORMATS)
  token_format?: TokenFormat | null;

  @ApiPropertyOptional({
    enum: AUTH_METHODS,
    nullable: true,
    default: 'client_secret_basic',
    description:
      'A client with a secret may send it by header or form, whichever of the two it has.',
  })
  @IsOptional()
  @IsIn(AUTH_METHODS)
  token_endpoint_auth_method?: AuthMethod | null;

  @ApiPropertyOptional({
    ...RESOURCES,
    nullable: true,
    description: 'It may ask for tokens for them.',
  })
  @IsOptional()
  @AreResources()
  resources?: string[] | null;

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    default: false,
    description: 'Answers the token that it has already, until 80 % of that one’s life are over.',
  })
  @IsOptional()
  @IsBoolean()
  reuse_tokens?: boolean | null;

  toNewClient(): NewClient {
    const projectId = this.project_id ?? null;
    return {
      // Text that is no project's id gets the UUID that no project has: it is as absent.
      projectId: projectId === null ? null : (decodeId('project', projectId) ?? NIL),
      scopes: this.scopes ?? undefined,
      settings: {
        name: this.name,
        tokenFormat: this.token_format ?? 'opaque',
        tokenTtlSeconds: this.token_ttl_seconds ?? DEFAULT_TTL_SECONDS,
        authMethod: this.token_endpoint_auth_method ?? 'client_secret_basic',
        jwks: this.jwks ?? null,
        jwksUri: this.jwks_uri ?? null,
        ipAllowlist: this.ip_allowlist ?? null,
        resources: this.resources ?? [],
        maxTokensPerHour: this.max_tokens_per_hour ?? null,
        reuseTokens: this.reuse_tokens ?? false,
        isActive: true,
      },
    };
  }
}

export class ClientPatchRequest extends ClientSettingsRequest {
  @ApiPropertyOptional({ example: 'Nightly sync', minLength: 1, maxLength: 100 })
  @ValidateIf((patch: ClientPatchRequest) => patch.name !== undefined)
  @IsName()
  name?: string;

  @ApiPropertyOptional({ type: [String], minItems: 1, example: ['read'] })
  @ValidateIf((patch: ClientPatchRequest) => patch.scopes !== undefined)
  @IsScopeList()
  scopes?: string[];

  @ApiPropertyOptional({
    ...TTL,
    example: DEFAULT_TTL_SECONDS,
    description: 'Life of the tokens that are issued from now on, in seconds.',
  })
  @ValidateIf((patch: ClientPatchRequest) => patch.token_ttl_seconds !== undefined)
  @IsTokenTtl()
  token_ttl_seconds?: number;

  @ApiPropertyOptional({ description: 'A disabled client and its tokens are refused.' })
  @ValidateIf((patch: ClientPatchRequest) => patch.is_active !== undefined)
  @IsBoolean()
  is_active?: boolean;

  @ApiPropertyOptional({ enum: TOKEN_FORMATS })
  @ValidateIf((patch: ClientPatchRequest) => patch.token_format !== undefined)
  @IsIn(TOKEN_FORMATS)
  token_format?: TokenFormat;

  @ApiPropertyOptional({
    enum: AUTH_METHODS,
    description: 'A client that begins to sign loses its secrets.',
  })
  @ValidateIf((patch: ClientPatchRequest) => patch.token_endpoint_auth_method !== undefined)
  @IsIn(AUTH_METHODS)
  token_endpoint_auth_method?: AuthMethod;

  @ApiPropertyOptional(RESOURCES)
  @ValidateIf((patch: ClientPatchRequest) => patch.resources !== undefined)
  @AreResources()
  resources?: string[];

  @ApiPropertyOptional()
  @ValidateIf((patch: ClientPatchRequest) => patch.reuse_tokens !== undefined)
  @IsBoolean()
  reuse_tokens?: boolean;

  toPatch(): ClientPatch {
    return {
      name: this.name,
      scopes: this.scopes,
      tokenFormat: this.token_format,
      tokenTtlSeconds: this.token_ttl_seconds,
      authMethod: this.token_endpoint_auth_method,
      jwks: this.jwks,
      jwksUri: this.jwks_uri,
      ipAllowlist: this.ip_allowlist,
      resources: this.resources,
      maxTokensPerHour: this.max_tokens_per_hour,
      reuseTokens: this.reuse_tokens,
      isActive: this.is_active,
    };
  }
}

export class OAuthClientBody {
  @ApiProperty({ example: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt' })
  client_id: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  project_id: string | null;

  @ApiProperty({ example: 'Nightly sync' })
  name: string;

  @ApiProperty({ type: [String], example: ['read', 'write'] })
  scopes: string[];

  @ApiProperty({ enum: TOKEN_FORMATS })
  token_format: TokenFormat;

  @ApiProperty({ type: 'integer', example: DEFAULT_TTL_SECONDS, description: 'Seconds.' })
  token_ttl_seconds: number;

  @ApiProperty({ enum: AUTH_METHODS })
  token_endpoint_auth_method: AuthMethod;

  @ApiProperty()
  is_active: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  created_by_user_id: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  last_used_at: string | null;

  @ApiProperty(JWKS)
  jwks: JwkSet | null;

  @ApiProperty(URI)
  jwks_uri: string | null;

  @ApiProperty(ADDRESSES)
  ip_allowlist: string[] | null;

  @ApiProperty(RESOURCES)
  resources: string[];

  @ApiProperty(QUOTA)
  max_tokens_per_hour: number | null;

  @ApiProperty()
  reuse_tokens: boolean;

  static of(client: OAuthClient): OAuthClientBody {
    return {
      client_id: client.clientId,
      organization_id: encodeId('organization', client.organizationId),
      project_id: encodeOptionalId('project', client.projectId),
      name: client.name,
      scopes: client.scopes,
      token_format: client.tokenFormat,
      token_ttl_seconds: client.tokenTtlSeconds,
      token_endpoint_auth_method: client.authMethod,
      is_active: client.isActive,
      created_at: client.createdAt.toISOString(),
      created_by_user_id: encodeOptionalId('user', client.createdByUserId),
      last_used_at: client.lastUsedAt?.toISOString() ?? null,
      jwks: client.jwks,
      jwks_uri: client.jwksUri,
      ip_allowlist: client.ipAllowlist,
      resources: client.resources,
      max_tokens_per_hour: client.maxTokensPerHour,
      reuse_tokens: client.reuseTokens,
    };
  }
}

export class OAuthClientAnswer {
  @ApiProperty()
  oauth_client: OAuthClientBody;

  static of(client: OAuthClient): OAuthClientAnswer {
    return { oauth_client: OAuthClientBody.of(client) };
  }
}

export class OAuthClientList {
  @ApiProperty({ type: [OAuthClientBody] })
  oauth_clients: OAuthClientBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<OAuthClient>): OAuthClientList {
    return {
      oauth_clients: items.map((client) => OAuthClientBody.of(client)),
      next_cursor: nextCursor,
    };
  }
}
