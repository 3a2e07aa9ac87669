import { type Origin } from '../../access/principal.js';
import { type RateLimitState } from '../../access/throttling/rate-limit.js';
import { type ApiKey } from '../api-key.entity.js';
import { type KnownKey } from './known-key.js';

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
  'rate_limited',
  'busy',
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

/**
 * What is said of text behind which there is no key, or, `busy`, of which it is not decided: in batches
 * alone, where it must not keep the others from being answered.
 */
export type AbsenceCode = 'malformed' | 'not_found' | 'busy';
/** What is said of a key that exists; also the outcomes that its uses are counted by. */
export type OutcomeCode = Exclude<VerdictCode, AbsenceCode>;

/** What someone wants to do with a key. */
export interface IntendedUse {
  /** Where the request that shows the key comes from; null where that is not known. */
  readonly ip: string | null;
  /**
   * Where a stranger shows the key to prove who he is, whose guesses count; null where an
   * authenticated caller asks about it, who is never throttled for that.
   */
  readonly strangerIp: string | null;
  /** UUID of the project that it concerns; null for none in particular. */
  readonly projectId?: string | null;
  /** All of them are needed. */
  readonly scopes?: readonly string[];
  /** What it takes of the key's limit; 1 unless given. */
  readonly cost?: number;
  /** Of who uses the key; null where that is not known. */
  readonly userAgent?: string | null;
  /** Only keys of this organization (UUID) exist; null for those of all. */
  readonly withinOrganizationId?: string | null;
  /** Of the request that asks. */
  readonly origin: Origin;
}

/** The outcome; the key is there unless it is malformed, not found or not decided. */
export type Verdict =
  | { readonly code: AbsenceCode; readonly key: null }
  | {
      readonly code: OutcomeCode;
      readonly key: ApiKey;
      /** The same as it is in memory, with what is kept beside it. */
      readonly known: KnownKey;
      /** By the database's clock. */
      readonly judgedAt: Date;
      /** Null where the key has no limit, or was refused before its limit was looked at. */
      readonly rateLimit: RateLimitState | null;
      /** Every single right that it has at this moment. */
      readonly rights: ReadonlySet<string>;
      /** Notes a scope that turned out to be needed only after the verdict. */
      readonly needs: (scope: string) => void;
    };
