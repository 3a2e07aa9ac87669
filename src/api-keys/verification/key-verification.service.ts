import { Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { AddressRanges } from '../../access/address-ranges.js';
import { type ApiKey } from '../api-key.entity.js';
import { KeyUseRecorder } from '../usage/key-use-recorder.js';
import { type KnownKey, KnownKeys } from './known-keys.js';

/** What a verification can say: that all is well, or what is wrong, in the order of the checks. */
export const VERDICT_CODES = [
  'valid',
  'malformed',
  'not_found',
  'organization_suspended',
  'disabled',
  'revoked',
  'expired',
  'ip_denied',
  'project_mismatch',
  'scope_missing',
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

/** What someone wants to do with a key. */
export interface IntendedUse {
  /** Where the request that shows the key comes from; null where that is not known. */
  readonly ip: string | null;
  /** UUID of the project that it concerns; null for none in particular. */
  readonly projectId?: string | null;
  /** All of them are needed. */
  readonly scopes?: readonly string[];
  /** Only keys of this organization (UUID) exist; null for those of all. */
  readonly withinOrganizationId?: string | null;
}

/** The outcome; the key is there unless it is malformed or not found. */
export type Verdict =
  | { readonly code: 'malformed' | 'not_found'; readonly key: null }
  | { readonly code: Exclude<VerdictCode, 'malformed' | 'not_found'>; readonly key: ApiKey };

/** Judges API keys: the only way in which a key is ever accepted. */
@Injectable()
export class KeyVerificationService {
  constructor(
    private readonly keys: KnownKeys,
    private readonly catalogue: ScopeCatalogue,
    private readonly projects: ProjectsService,
    private readonly uses: KeyUseRecorder,
  ) {}

  /**
   * Judges a key for one use, which is noted when the key is valid for it.
   *
   * @throws TooManyRequests for what may be an imported key with a slow hash
   * @throws KeyHashingBusy
   */
  async verify(plaintext: string, use: IntendedUse): Promise<Verdict> {
    const known = await this.keys.find(plaintext, use);
    if (known === 'malformed') return { code: 'malformed', key: null };
    if (!known || !isWithin(known.key, use.withinOrganizationId ?? null)) {
      return { code: 'not_found', key: null };
    }
    const now = new Date();
    const code = await this.judge(known, use, now);
    if (code === 'valid') this.uses.record(known.key.id, now);
    return { code, key: known.key };
  }

  private async judge(
    { key, organizationSuspended }: KnownKey,
    { ip, projectId = null, scopes = [] }: IntendedUse,
    now: Date,
  ): Promise<Exclude<VerdictCode, 'malformed' | 'not_found'>> {
    if (organizationSuspended) return 'organization_suspended';
    if (key.disabledAt !== null) return 'disabled';
    if (key.revokedAt !== null) return 'revoked';
    if (key.hasExpired(now)) return 'expired';
    if (!permitsAddress(key, ip)) return 'ip_denied';
    if (projectId !== null && !(await this.permitsProject(key, projectId))) {
      return 'project_mismatch';
    }
    if (!this.permitsScopes(key, scopes)) return 'scope_missing';
    return 'valid';
  }

  /** A key of the whole organization serves each of its projects, and nobody else's. */
  private async permitsProject(key: ApiKey, projectId: string): Promise<boolean> {
    if (key.projectId !== null) return key.projectId === projectId;
    return this.projects.has(key.organizationId, projectId);
  }

  private permitsScopes({ scopes, projectId }: ApiKey, wanted: readonly string[]): boolean {
    const held = this.catalogue.effective(scopes, projectId);
    return wanted.every((scope) => this.catalogue.covers(held, scope));
  }
}

function isWithin(key: ApiKey, organizationId: string | null): boolean {
  return organizationId === null || key.organizationId === organizationId;
}

function permitsAddress({ ipAllowlist }: ApiKey, ip: string | null): boolean {
  if (ipAllowlist === null) return true;
  return ip !== null && new AddressRanges(ipAllowlist).include(ip);
}
