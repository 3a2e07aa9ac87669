import { Injectable } from '@nestjs/common';
import { type Actor } from '../../access/principal.js';
import { dayBefore, lastDays } from '../../database/days.js';
import { Transactions } from '../../database/transactions.js';
import { type ApiKey } from '../api-key.entity.js';
import { ApiKeysService } from '../api-keys.service.js';
import { UnusedScopes } from './unused-scopes.js';

/** Uses on one day (UTC); outcomes that did not occur are left out. */
export interface DailyVerifications {
  /** `2026-11-25`. */
  readonly date: string;
  readonly verifications: Readonly<Record<string, number>>;
}

/** What became of a key after another one had replaced it. */
export interface UsesAfterRotation {
  readonly count: number;
  /** When it was replaced. */
  readonly since: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedIp: string | null;
}

export interface KeyUsageReport {
  readonly days: readonly DailyVerifications[];
  readonly lastUsedAt: Date | null;
  readonly lastUsedIp: string | null;
  readonly lastUsedUserAgent: string | null;
  /** The key's scopes that nothing has needed. */
  readonly unusedScopes: readonly string[];
  /** Null for a key that was not replaced. */
  readonly usesAfterRotation: UsesAfterRotation | null;
}

/** Of a key in a list. */
export interface RecentKeyUsage {
  /** Those of the last 30 on which it was used, newest first. */
  readonly days: readonly DailyVerifications[];
  /** The key's scopes that nothing has needed. */
  readonly unusedScopes: readonly string[];
}

const RECENT_DAYS = 30;
/** Counts are kept so long. */
const KEPT_DAYS = 366;
/** Most rows that one statement deletes. */
const SWEPT_AT_ONCE = 10_000;

interface CountRow {
  readonly day: string;
  readonly outcome: string;
  /** A number of 64 bits, as text where the driver reads it. */
  readonly uses: string | number;
}

interface RecentRow {
  readonly id: string;
  readonly counts: CountRow[];
  readonly needed_scopes: string[];
}

const OF_KEY = `
  SELECT day::text AS day, outcome, uses FROM api_key_usage
   WHERE key_id = $1 AND day > $2 ORDER BY outcome`;

const OF_KEYS = `
  SELECT id,
         (SELECT coalesce(json_agg(counted ORDER BY day DESC, outcome), '[]')
            FROM (SELECT day::text AS day, outcome, uses FROM api_key_usage
                   WHERE key_id = id AND day > $2) counted) AS counts,
         (SELECT coalesce(array_agg(scope), '{}') FROM api_key_needed_scopes
           WHERE key_id = id) AS needed_scopes
    FROM unnest($1::uuid[]) AS id`;

const OF_ORGANIZATION = `
  SELECT usage.day::text AS day, usage.outcome, sum(usage.uses) AS uses
    FROM api_key_usage usage
    JOIN api_keys key ON key.id = usage.key_id
   WHERE key.organization_id = $1 AND usage.day > $2
   GROUP BY usage.day, usage.outcome ORDER BY usage.outcome`;

interface TraceRow {
  readonly last_used_at: Date | null;
  readonly last_used_ip: string | null;
  readonly last_used_user_agent: string | null;
  readonly replaced_at: Date | null;
  readonly uses_after_rotation: string;
  readonly needed_scopes: string[];
}

const TRACE = `
  SELECT key.last_used_at, key.last_used_ip, key.last_used_user_agent,
         replacement.created_at AS replaced_at,
         (SELECT coalesce(sum(after_rotation), 0) FROM api_key_usage
           WHERE key_id = key.id) AS uses_after_rotation,
         (SELECT coalesce(array_agg(scope), '{}') FROM api_key_needed_scopes
           WHERE key_id = key.id) AS needed_scopes
    FROM api_keys key
    LEFT JOIN api_keys replacement ON replacement.id = key.replaced_by_id
   WHERE key.organization_id = $1 AND key.id = $2`;

const SWEEP = `
  DELETE FROM api_key_usage WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM api_key_usage WHERE day < $1 LIMIT $2))`;

/** What was counted of keys. */
@Injectable()
export class KeyUsageService {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly unusedScopes: UnusedScopes,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Of one key, for whoever sees it: one entry for each of the last `days` days, newest first.
   *
   * @throws ApiKeyNotFound
   */
  async report(actor: Actor, id: string, days: number, now = new Date()): Promise<KeyUsageReport> {
    const { organizationId, scopes } = await this.apiKeys.get(actor, id);
    const [trace] = await this.query<TraceRow>(TRACE, [organizationId, id]);
    const counts = await this.query<CountRow>(OF_KEY, [id, dayBefore(days, now)]);
    return {
      days: byDay(counts, days, now),
      lastUsedAt: trace?.last_used_at ?? null,
      lastUsedIp: trace?.last_used_ip ?? null,
      lastUsedUserAgent: trace?.last_used_user_agent ?? null,
      unusedScopes: this.unusedScopes.of(scopes, trace?.needed_scopes ?? []),
      usesAfterRotation: trace ? usesAfterRotation(trace) : null,
    };
  }

  /** Of the last 30 days, by the UUIDs of the keys. */
  async recent(
    keys: readonly ApiKey[],
    now = new Date(),
  ): Promise<ReadonlyMap<string, RecentKeyUsage>> {
    const ids = keys.map(({ id }) => id);
    const rows = await this.query<RecentRow>(OF_KEYS, [ids, dayBefore(RECENT_DAYS, now)]);
    const traces = new Map(rows.map((row) => [row.id, row]));
    const usageOf = ({ id, scopes }: ApiKey): RecentKeyUsage => {
      const { counts = [], needed_scopes = [] } = traces.get(id) ?? {};
      return {
        days: usedDays(counts),
        unusedScopes: this.unusedScopes.of(scopes, needed_scopes),
      };
    };
    return new Map(keys.map((key) => [key.id, usageOf(key)]));
  }

  /** The same of all keys of an organization (UUID). */
  async dailyOfOrganization(
    organizationId: string,
    days: number,
    now = new Date(),
  ): Promise<DailyVerifications[]> {
    const parameters = [organizationId, dayBefore(days, now)];
    return byDay(await this.query<CountRow>(OF_ORGANIZATION, parameters), days, now);
  }

  /** Deletes what was counted more than a year ago. */
  async sweep(now = new Date()): Promise<void> {
    const first = dayBefore(KEPT_DAYS, now);
    let deleted = SWEPT_AT_ONCE;
    while (deleted === SWEPT_AT_ONCE) {
      const parameters = [first, SWEPT_AT_ONCE];
      [, deleted] = await this.transactions.outside.query<[unknown, number]>(SWEEP, parameters);
    }
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.transactions.outside.query<T[]>(sql, parameters);
  }
}

function byDay(rows: readonly CountRow[], days: number, now: Date): DailyVerifications[] {
  const used = new Map(usedDays(rows).map((day) => [day.date, day]));
  return lastDays(days, now).map((date) => used.get(date) ?? { date, verifications: {} });
}

/** In the order of the rows. */
function usedDays(rows: readonly CountRow[]): DailyVerifications[] {
  const days = new Map<string, Record<string, number>>();
  for (const { day, outcome, uses } of rows) {
    days.set(day, { ...days.get(day), [outcome]: Number(uses) });
  }
  return [...days].map(([date, verifications]) => ({ date, verifications }));
}

function usesAfterRotation(trace: TraceRow): UsesAfterRotation | null {
  const { replaced_at: since, last_used_at: lastUsedAt, last_used_ip } = trace;
  if (!since) return null;
  const isUsed = lastUsedAt !== null && lastUsedAt > since;
  return {
    count: Number(trace.uses_after_rotation),
    since,
    lastUsedAt: isUsed ? lastUsedAt : null,
    lastUsedIp: isUsed ? last_used_ip : null,
  };
}
