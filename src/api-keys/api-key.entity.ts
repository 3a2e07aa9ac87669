import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { type KeySource } from '../access/key-source.js';

/** Keys of these sources act for the person who made them. */
export const PERSONAL_SOURCES: readonly KeySource[] = ['cli', 'agent'];

export const KEY_ENVIRONMENTS = ['live', 'test'] as const;
export type KeyEnvironment = (typeof KEY_ENVIRONMENTS)[number];

/** At most `limit` uses in `windowSeconds`. */
export interface KeyRateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** An API key; only its digest is stored. */
@Entity('api_keys')
@Unique('api_keys_digest', ['digest'])
@Index(['organizationId', 'id'])
@Index('api_keys_by_prefix', ['keyPrefix'])
@Index('api_keys_unused', ['mustBeUsedBy'], {
  where: '"must_be_used_by" IS NOT NULL AND "revoked_at" IS NULL',
})
export class ApiKey {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey('Organization', { onDelete: 'CASCADE' })
  organizationId: string;

  @Column('uuid', { name: 'project_id', nullable: true })
  @ForeignKey('Project', { onDelete: 'CASCADE' })
  @Index()
  projectId: string | null;

  /** Stays when the user is gone. */
  @Column('uuid', { name: 'created_by_user_id', nullable: true })
  @Index()
  createdByUserId: string | null;

  @Column('text')
  name: string;

  /** Null for an imported key until it is used. */
  @Column('bytea', { nullable: true, select: false })
  digest: Buffer | null;

  /** Up to and with the first four random characters; of an imported key as it was given. */
  @Column('text', { name: 'key_prefix' })
  keyPrefix: string;

  @Column('text', { array: true })
  scopes: readonly string[];

  @Column('text')
  source: KeySource;

  @Column('text')
  environment: KeyEnvironment;

  @Column('text', { name: 'device_name', nullable: true })
  deviceName: string | null;

  @Column('text', { name: 'ip_allowlist', array: true, nullable: true })
  ipAllowlist: string[] | null;

  @Column('jsonb', { name: 'rate_limit', nullable: true })
  rateLimit: KeyRateLimit | null;

  @Column('jsonb', { default: () => "'{}'" })
  metadata: object;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** Whether it is disabled because who made it is paused, and is enabled when he comes back. */
  @Column('boolean', { name: 'paused_with_maker', default: false })
  pausedWithMaker: boolean;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /**
   * When a key that was handed to a device is revoked unless it was used before; null once it was, and
   * for every other key.
   */
  @Column('timestamptz', { name: 'must_be_used_by', nullable: true })
  mustBeUsedBy: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** Of the last use; null where it was not stated. */
  @Column('text', { name: 'last_used_ip', nullable: true, select: false })
  lastUsedIp: string | null;

  /** Of the last use; null unless it was one at Keycap's own API. */
  @Column('text', { name: 'last_used_user_agent', nullable: true, select: false })
  lastUsedUserAgent: string | null;

  @Column('uuid', { name: 'rotated_from_id', nullable: true })
  @ForeignKey('ApiKey', { onDelete: 'SET NULL' })
  rotatedFromId: string | null;

  @Column('uuid', { name: 'replaced_by_id', nullable: true })
  @ForeignKey('ApiKey', { onDelete: 'SET NULL' })
  replacedById: string | null;

  /** When somebody reported it as leaked; null for never. */
  @Column('timestamptz', { name: 'leaked_at', nullable: true })
  leakedAt: Date | null;

  @Column('text', { name: 'leak_source_url', nullable: true })
  leakSourceUrl: string | null;

  /** Of whoever reported it. */
  @Column('text', { name: 'leak_reported_ip', nullable: true })
  leakReportedIp: string | null;

  /** Neither disabled, revoked nor expired; in SQL it is `keycap_key_is_active(k, now())`. */
  isActive(now: Date): boolean {
    return this.disabledAt === null && !this.isRevoked(now) && !this.hasExpired(now);
  }

  isRevoked(now: Date): boolean {
    return this.revokedSince(now) !== null;
  }

  /** Also since it was not used in time, whether or not that has been written down. */
  revokedSince(now: Date): Date | null {
    if (this.revokedAt !== null) return this.revokedAt;
    return this.mustBeUsedBy !== null && this.mustBeUsedBy <= now ? this.mustBeUsedBy : null;
  }

  hasExpired(now: Date): boolean {
    return this.expiresAt !== null && this.expiresAt <= now;
  }
}
