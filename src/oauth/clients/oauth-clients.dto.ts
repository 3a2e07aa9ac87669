import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { NIL } from 'uuid';
import { decodeId, encodeId, encodeOptionalId } from '../../access/ids.js';
import { IsName } from '../../http/input/fields.js';
import { type Page } from '../../http/pages/pagination.js';
import { type OAuthClient } from './oauth-client.entity.js';
import { type ClientPatch, type NewClient } from './oauth-clients.service.js';

const TOKEN_FORMATS = ['opaque'] as const;
const AUTH_METHODS = ['client_secret_basic'] as const;
const DEFAULT_TTL_SECONDS = 36_000;

/** What clients have in common and can be given anew. */
function IsScopeList(): PropertyDecorator {
  return (target, property) => {
    IsArray()(target, property);
    ArrayMinSize(1)(target, property);
    ArrayMaxSize(100)(target, property);
    IsString({ each: true })(target, property);
    MaxLength(100, { each: true })(target, property);
  };
}

function IsTokenTtl(): PropertyDecorator {
  return (target, property) => {
    IsInt()(target, property);
    Min(60)(target, property);
    Max(86_400)(target, property);
  };
}

function IsTokenFormat(): PropertyDecorator {
  return IsIn(TOKEN_FORMATS, { message: 'token_format must be opaque, the one supported format' });
}

function IsAuthMethod(): PropertyDecorator {
  return IsIn(AUTH_METHODS, {
    message: 'token_endpoint_auth_method must be client_secret_basic, the one supported method',
  });
}

export class NewClientRequest {
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
    type: 'integer',
    nullable: true,
    minimum: 60,
    maximum: 86_400,
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
  @IsTokenFormat()
  token_format?: string | null;

  @ApiPropertyOptional({ enum: AUTH_METHODS, nullable: true, default: 'client_secret_basic' })
  @IsOptional()
  @IsAuthMethod()
  token_endpoint_auth_method?: string | null;

  toNewClient(): NewClient {
    const projectId = this.project_id ?? null;
    return {
      name: this.name,
      scopes: this.scopes ?? undefined,
      // Text that is no project's id gets the UUID that no project has: it is as absent.
      projectId: projectId === null ? null : (decodeId('project', projectId) ?? NIL),
      tokenTtlSeconds: this.token_ttl_seconds ?? DEFAULT_TTL_SECONDS,
    };
  }
}

export class ClientPatchRequest {
  @ApiPropertyOptional({ example: 'Nightly sync', minLength: 1, maxLength: 100 })
  @ValidateIf((patch: ClientPatchRequest) => patch.name !== undefined)
  @IsName()
  name?: string;

  @ApiPropertyOptional({ type: [String], minItems: 1, example: ['read'] })
  @ValidateIf((patch: ClientPatchRequest) => patch.scopes !== undefined)
  @IsScopeList()
  scopes?: string[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 60,
    maximum: 86_400,
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
  @IsTokenFormat()
  token_format?: string;

  @ApiPropertyOptional({ enum: AUTH_METHODS })
  @ValidateIf((patch: ClientPatchRequest) => patch.token_endpoint_auth_method !== undefined)
  @IsAuthMethod()
  token_endpoint_auth_method?: string;

  toPatch(): ClientPatch {
    return {
      name: this.name,
      scopes: this.scopes,
      tokenTtlSeconds: this.token_ttl_seconds,
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
  token_format: (typeof TOKEN_FORMATS)[number];

  @ApiProperty({ type: 'integer', example: DEFAULT_TTL_SECONDS, description: 'Seconds.' })
  token_ttl_seconds: number;

  @ApiProperty({ enum: AUTH_METHODS, description: 'The form body is accepted as well.' })
  token_endpoint_auth_method: (typeof AUTH_METHODS)[number];

  @ApiProperty()
  is_active: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  created_by_user_id: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  last_used_at: string | null;

  static of(client: OAuthClient): OAuthClientBody {
    return {
      client_id: client.clientId,
      organization_id: encodeId('organization', client.organizationId),
      project_id: encodeOptionalId('project', client.projectId),
      name: client.name,
      scopes: client.scopes,
      token_format: 'opaque',
      token_ttl_seconds: client.tokenTtlSeconds,
      token_endpoint_auth_method: 'client_secret_basic',
      is_active: client.isActive,
      created_at: client.createdAt.toISOString(),
      created_by_user_id: encodeOptionalId('user', client.createdByUserId),
      last_used_at: client.lastUsedAt?.toISOString() ?? null,
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
