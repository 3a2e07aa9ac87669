import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { NIL } from 'uuid';
import { decodeId, encodeId, encodeOptionalId } from '../../access/ids.js';
import { parseDateTime } from '../../http/input/date-time.js';
import { IsAbsentable, IsDateTime, IsName } from '../../http/input/fields.js';
import { IsKeyScopes, projectIdOf } from '../api-keys.dto.js';
import { type Approval } from './device-approvals.service.js';
import { DEVICE_SOURCES, type DeviceLogin, type DeviceSource } from './device-login.entity.js';
import { shownUserCode } from './device-login-secrets.js';
import { type StartedDeviceLogin } from './device-logins.service.js';
import { type DeviceWish, latestExpiryOf } from './key-terms.js';
import { type PolledLogin } from './key-pickup.service.js';

const LOGIN_ID = 'dev_01kaw2hxk5f0c9xd2zp7r3m8qe';

export class NewDeviceLoginRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'capydb CLI',
    maxLength: 100,
    description: 'Of the key. Otherwise it is called as the device is.',
  })
  @IsAbsentable()
  @IsName()
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: "Ada's laptop", maxLength: 100 })
  @IsAbsentable()
  @IsName()
  device_name?: string;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['credentials:read'],
    minItems: 1,
    description: 'Otherwise those of the host application; `read` where it has none.',
  })
  @IsAbsentable()
  @IsKeyScopes()
  scopes?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2031-02-03T04:05:06Z',
    description:
      'When the key is to expire: 90 days from now unless said. Keys of agents, and where the ' +
      "organization's policy says so all keys, expire sooner.",
  })
  @IsAbsentable()
  @IsDateTime()
  expires_at?: string;

  @ApiPropertyOptional({ enum: DEVICE_SOURCES, nullable: true, default: 'cli' })
  @IsAbsentable()
  @IsIn(DEVICE_SOURCES)
  source?: DeviceSource;

  toWish(): DeviceWish {
    const { expires_at } = this;
    return {
      name: this.name,
      deviceName: this.device_name,
      scopes: this.scopes,
      expiresAt: expires_at === undefined ? undefined : (parseDateTime(expires_at) ?? undefined),
      source: this.source,
    };
  }
}

export class StartedDeviceLoginAnswer {
  @ApiProperty({ example: LOGIN_ID })
  session_id: string;

  @ApiProperty({
    example: 'kcd_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
    description: 'Shown this once.',
  })
  poll_token: string;

  @ApiProperty({ format: 'date-time', description: 'Ten minutes from now.' })
  expires_at: string;

  @ApiProperty({ enum: ['pending'] })
  state: 'pending';

  @ApiProperty({ example: 'WDJB-MJHT', description: 'What the person compares, or types.' })
  user_code: string;

  static of({ login, pollToken }: StartedDeviceLogin): StartedDeviceLoginAnswer {
    return {
      session_id: encodeId('deviceLogin', login.id),
      poll_token: pollToken,
      expires_at: login.expiresAt.toISOString(),
      state: 'pending',
      user_code: shownUserCode(login.userCode),
    };
  }
}

export class PolledDeviceLoginAnswer {
  @ApiProperty({ example: LOGIN_ID })
  session_id: string;

  @ApiProperty({ enum: ['pending', 'completed'] })
  state: 'pending' | 'completed';

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  authorized_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Acme' })
  organization_name: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'acme' })
  organization_slug: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'capy_live_000000000000000000000000000000003UFVO5',
    description: 'In the one answer that says `completed`; it is not stored.',
  })
  plaintext_api_key: string | null;

  static of({ login, organization, plaintext }: PolledLogin): PolledDeviceLoginAnswer {
    return {
      session_id: encodeId('deviceLogin', login.id),
      state: login.approvedAt ? 'completed' : 'pending',
      expires_at: login.expiresAt.toISOString(),
      authorized_at: login.approvedAt?.toISOString() ?? null,
      organization_id: encodeOptionalId('organization', login.organizationId),
      organization_name: organization?.name ?? null,
      organization_slug: organization?.slug ?? null,
      plaintext_api_key: plaintext,
    };
  }
}

export class UserCodeQuery {
  @ApiProperty({
    example: 'WDJB-MJHT',
    description: 'In any case, with or without the dash.',
  })
  @IsString()
  @MaxLength(64)
  user_code: string;
}

export class DeviceLoginAnswer {
  @ApiProperty({ example: LOGIN_ID })
  session_id: string;

  @ApiProperty({ enum: ['pending', 'completed', 'denied'] })
  state: 'pending' | 'completed' | 'denied';

  @ApiProperty({ example: 'WDJB-MJHT' })
  user_code: string;

  @ApiProperty({ example: 'capydb CLI' })
  name: string;

  @ApiProperty({ type: String, nullable: true, example: "Ada's laptop" })
  device_name: string | null;

  @ApiProperty({ enum: DEVICE_SOURCES })
  source: DeviceSource;

  @ApiProperty({ type: [String], example: ['credentials:read'] })
  scopes: string[];

  @ApiProperty({
    format: 'date-time',
    description:
      'When the key expires at the latest; the policy of the organization may say sooner.',
  })
  key_expires_at: string;

  @ApiProperty({ example: '203.0.113.9', description: 'Where the device asked from.' })
  ip: string;

  @ApiProperty({ type: String, nullable: true, example: 'capydb/1.4 (linux)' })
  user_agent: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  static of(login: DeviceLogin, now = new Date()): DeviceLoginAnswer {
    return {
      session_id: encodeId('deviceLogin', login.id),
      state: answerTo(login),
      user_code: shownUserCode(login.userCode),
      name: login.name,
      device_name: login.deviceName,
      source: login.source,
      scopes: login.scopes,
      key_expires_at: latestExpiryOf(login, now).toISOString(),
      ip: login.ip,
      user_agent: login.userAgent,
      created_at: login.createdAt.toISOString(),
      expires_at: login.expiresAt.toISOString(),
    };
  }
}

function answerTo({ deniedAt, approvedAt }: DeviceLogin): DeviceLoginAnswer['state'] {
  if (deniedAt) return 'denied';
  return approvedAt ? 'completed' : 'pending';
}

export class DeviceApprovalRequest {
  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsString()
  @MaxLength(64)
  organization_id: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Confines the key to this project.',
  })
  @IsAbsentable()
  @IsString()
  @MaxLength(64)
  project_id?: string;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['credentials:read'],
    minItems: 1,
    description: 'Some of those that the device asks for; all of them unless said.',
  })
  @IsAbsentable()
  @IsKeyScopes()
  scopes?: string[];

  toApproval(): Approval {
    return {
      organizationId: decodeId('organization', this.organization_id) ?? NIL,
      projectId: this.project_id === undefined ? null : projectIdOf(this.project_id),
      scopes: this.scopes,
    };
  }
}

export class DeviceLoginCompletedAnswer {
  @ApiProperty({ enum: ['completed'] })
  state: 'completed';
}

export class DeviceLoginDeniedAnswer {
  @ApiProperty({ enum: ['denied'] })
  state: 'denied';
}
