import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { encodeId } from '../../access/ids.js';
import { DEFAULT_OVERLAP_SECONDS, LONGEST_OVERLAP_SECONDS } from '../../access/secrets/rotation.js';
import { parseDateTime } from '../../http/input/date-time.js';
import { IsDateTime, IsName } from '../../http/input/fields.js';
import { type Page } from '../../http/pages/pagination.js';
import { type ClientSecret } from './client-secret.entity.js';
import { type IssuedSecret, type NewSecret } from './client-secrets.service.js';
import { OAuthClientBody } from './oauth-clients.dto.js';
import { isSafeToDelete } from './safe-to-delete.js';

export class NewSecretRequest {
  @ApiPropertyOptional({ type: String, nullable: true, example: 'from 2026-12', maxLength: 100 })
  @IsOptional()
  @IsName()
  label?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2031-02-03T04:05:06Z',
  })
  @IsOptional()
  @IsDateTime()
  expires_at?: string | null;

  toNewSecret(): NewSecret {
    const expiresAt = this.expires_at ?? null;
    return {
      label: this.label ?? null,
      expiresAt: expiresAt === null ? null : parseDateTime(expiresAt),
    };
  }
}

export class ClientSecretBody {
  @ApiProperty({ example: 'sec_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'from 2026-12' })
  label: string | null;

  @ApiProperty({ example: 'x7Kq', description: 'Its last four characters.' })
  hint: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  expires_at: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  last_used_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  last_used_ip: string | null;

  @ApiProperty({ description: 'Whether another secret has taken over, or this one has expired.' })
  safe_to_delete: boolean;

  /** @param live the live secrets of the client */
  static of(secret: ClientSecret, live: readonly ClientSecret[]): ClientSecretBody {
    return {
      id: encodeId('clientSecret', secret.id),
      label: secret.label,
      hint: secret.hint,
      created_at: secret.createdAt.toISOString(),
      expires_at: secret.expiresAt?.toISOString() ?? null,
      last_used_at: secret.lastUsedAt?.toISOString() ?? null,
      last_used_ip: secret.lastUsedIp,
      safe_to_delete: isSafeToDelete(secret, live),
    };
  }
}

export class ClientSecretList {
  @ApiProperty({ type: [ClientSecretBody] })
  client_secrets: ClientSecretBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of(
    { items, nextCursor }: Page<ClientSecret>,
    live: readonly ClientSecret[],
  ): ClientSecretList {
    return {
      client_secrets: items.map((each) => ClientSecretBody.of(each, live)),
      next_cursor: nextCursor,
    };
  }
}

export class RotationRequest {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: LONGEST_OVERLAP_SECONDS,
    default: DEFAULT_OVERLAP_SECONDS,
    description: 'How long the other secrets live on, in seconds.',
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

/** A client with a secret that is shown this once; null for a client that signs. */
export class IssuedSecretBody {
  @ApiProperty()
  oauth_client: OAuthClientBody;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'x7Kq2mVb0RtYw5ZcLd9NfHs4GjPa8EuQi1OoTzXkM3v',
    description: '128 letters and digits, shown this once.',
  })
  client_secret: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'cTNaYlQwbUxyOFh5Vm41S2NXMWFIczdEZ0pmMkV1UG85UmlReDZCdDp4N0txMm1W',
    description: 'base64 of `client_id:client_secret`, for `Authorization: Basic`.',
  })
  basic_credential: string | null;

  @ApiProperty({ type: ClientSecretBody, nullable: true })
  secret: ClientSecretBody | null;

  static of({ client, secret, plaintext }: IssuedSecret): IssuedSecretBody {
    return {
      oauth_client: OAuthClientBody.of(client),
      client_secret: plaintext,
      basic_credential:
        plaintext && Buffer.from(`${client.clientId}:${plaintext}`).toString('base64'),
      secret: secret && ClientSecretBody.of(secret, [secret]),
    };
  }
}
