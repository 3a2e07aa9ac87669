import { Injectable } from '@nestjs/common';
import { AddressRanges } from '../../access/addresses/address-ranges.js';
import { type Taking } from './limits/key-limits.js';
import { LiveProjectsService } from '../../organizations/projects/live-projects.service.js';
import { KeyRights } from './key-rights.js';
import { type KnownKey } from './known-key.js';
import { type IntendedUse, type OutcomeCode } from './verdict.js';

/** The checks by name, in the order of the contract. */
export const CHECK_NAMES = [
  'existence',
  'organization',
  'disabled',
  'revoked',
  'expired',
  'address',
  'project',
  'scope',
  'limit',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** One use of a key that exists. */
export interface KeyUse {
  readonly known: KnownKey;
  readonly use: IntendedUse;
  readonly now: Date;
  /** Asks the key's limit for what the use costs, which takes it or does not. */
  askLimit(): Promise<Taking | null>;
}

/** One reason why a key may be refused. */
export interface KeyCheck {
  readonly name: Exclude<CheckName, 'existence'>;
  readonly code: Exclude<OutcomeCode, 'valid'>;
  /** Why this use fails, as a sentence for those who manage the key; null where it does not. */
  readonly whyNot: (use: KeyUse) => string | null | Promise<string | null>;
}

/** Everything that a key which exists is judged by. */
@Injectable()
export class KeyChecks {
  /** In the order of the contract: the first one that fails gives the verdict. */
  readonly inOrder: readonly KeyCheck[] = [
    { name: 'organization', code: 'organization_suspended', whyNot: organizationIsSuspended },
    { name: 'disabled', code: 'disabled', whyNot: keyIsDisabled },
    { name: 'revoked', code: 'revoked', whyNot: keyIsRevoked },
    { name: 'expired', code: 'expired', whyNot: keyHasExpired },
    { name: 'address', code: 'ip_denied', whyNot: addressIsDenied },
    { name: 'project', code: 'project_mismatch', whyNot: (use) => this.projectIsAnother(use) },
    { name: 'scope', code: 'scope_missing', whyNot: (use) => this.scopeIsMissing(use) },
    // The last one, so that what is refused for another reason costs nothing.
    { name: 'limit', code: 'rate_limited', whyNot: limitIsReached },
  ];

  constructor(
    private readonly rights: KeyRights,
    private readonly projects: LiveProjectsService,
  ) {}

  /** A key of the whole organization serves each of its projects, and nobody else's. */
  private projectIsAnother({
    known: { key },
    use,
  }: KeyUse): string | null | Promise<string | null> {
    const { projectId = null } = use;
    if (projectId === null || key.projectId === projectId) return null;
    if (key.projectId !== null) return 'the key is confined to another project';
    return this.projects
      .has(key.organizationId, projectId)
      .then((isThere) => (isThere ? null : 'the organization has no such project'));
  }

  private scopeIsMissing({ known, use: { scopes = [] } }: KeyUse): string | null {
    return scopes.length === 0 ? null : this.rights.whyLacks(known, scopes);
  }
}

/** The check before all others: to whoever asks, a key of another organization does not exist. */
export function exists({ key }: KnownKey, { withinOrganizationId = null }: IntendedUse): boolean {
  return withinOrganizationId === null || key.organizationId === withinOrganizationId;
}

function organizationIsSuspended({ known }: KeyUse): string | null {
  return known.organizationSuspended ? 'the organization is suspended' : null;
}

function keyIsDisabled({ known: { key } }: KeyUse): string | null {
  return key.disabledAt && `it was disabled at ${key.disabledAt.toISOString()}`;
}

function keyIsRevoked({ known: { key }, now }: KeyUse): string | null {
  const since = key.revokedSince(now);
  return since && `it was revoked at ${since.toISOString()}`;
}

function keyHasExpired({ known: { key }, now }: KeyUse): string | null {
  if (!key.expiresAt || !key.hasExpired(now)) return null;
  return `it expired at ${key.expiresAt.toISOString()}`;
}

/** The key's own list and the organization's both hold. */
function addressIsDenied({ known: { key, policies }, use: { ip } }: KeyUse): string | null {
  if (!permitsAddress(key.ipAllowlist, ip)) return outside(ip, "the key's ip_allowlist");
  const { allowedCidrs } = policies.enforced;
  return permitsAddress(allowedCidrs, ip) ? null : outside(ip, 'the policy allowed_cidrs');
}

function outside(ip: string | null, list: string): string {
  return ip === null ? `${list} needs an ip` : `${ip} is not within ${list}`;
}

/** Whether one of the CIDRs has the address; without a list any address will do, known or not. */
export function permitsAddress(cidrs: readonly string[] | null, ip: string | null): boolean {
  if (cidrs === null) return true;
  return ip !== null && AddressRanges.of(cidrs).include(ip);
}

function limitIsReached(use: KeyUse): null | Promise<string | null> {
  return use.known.key.rateLimit === null ? null : whyBeyondLimit(use);
}

async function whyBeyondLimit(keyUse: KeyUse): Promise<string | null> {
  const taking = await keyUse.askLimit();
  if (!taking || taking.isWithin) return null;
  const { remaining, limit, resetAt } = taking.state;
  const { cost = 1 } = keyUse.use;
  return `${remaining} of ${limit} uses are left until ${resetAt.toISOString()}, it costs ${cost}`;
}
