import { Injectable } from '@nestjs/common';
import { ChangeView } from '../changes/change-view.js';
import { DatabaseClock } from '../changes/database-clock.js';
import { LookUpCache } from '../changes/look-up-cache.js';
import { Transactions } from '../database/transactions.js';

/** Features own these tables; their names are the schema's. */
const COUNTS = `
  SELECT (SELECT json_build_object(
            'active', count(*) FILTER (WHERE deleted_at IS NULL AND suspended_at IS NULL),
            'suspended', count(*) FILTER (WHERE deleted_at IS NULL AND suspended_at IS NOT NULL),
            'deleted', count(*) FILTER (WHERE deleted_at IS NOT NULL)) FROM organizations)
           AS organizations,
         (SELECT json_build_object(
            'active', count(*) FILTER (WHERE disabled_at IS NULL),
            'disabled', count(*) FILTER (WHERE disabled_at IS NOT NULL)) FROM users) AS users,
         (SELECT json_build_object('active', count(*) FILTER (WHERE active),
                                   'inactive', count(*) FILTER (WHERE NOT active))
            FROM (SELECT keycap_key_is_active(k, now()) AS active FROM api_keys k) keys)
           AS api_keys,
         (SELECT json_build_object(
            'active', count(*) FILTER (WHERE is_active AND deleted_at IS NULL),
            'inactive', count(*) FILTER (WHERE NOT is_active OR deleted_at IS NOT NULL))
            FROM oauth_clients) AS oauth_clients`;

/** Tokens are counted by day (UTC): what was issued since yesterday began holds the last 24 hours. */
const ISSUED = `
  SELECT c.client_id, c.organization_id, sum(u.tokens_issued)::integer AS tokens_issued
    FROM oauth_client_usage u
    JOIN oauth_clients c USING (client_id)
   WHERE u.day >= $1::date
   GROUP BY c.client_id
   ORDER BY tokens_issued DESC, c.client_id
   LIMIT 100`;

/** A partition stands beside the table that it is a part of. */
const SIZES = `
  SELECT c.relname AS name, i.inhparent::regclass::text AS part_of,
         greatest(c.reltuples, 0)::bigint::text AS estimated_rows,
         pg_total_relation_size(c.oid)::text AS bytes
    FROM pg_class c
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
   ORDER BY pg_total_relation_size(c.oid) DESC, c.relname
   LIMIT 500`;

const DAY_MS = 86_400_000;

export interface Statistics {
  readonly organizations: Readonly<Record<'active' | 'suspended' | 'deleted', number>>;
  readonly users: Readonly<Record<'active' | 'disabled', number>>;
  readonly api_keys: Readonly<Record<'active' | 'inactive', number>>;
  readonly oauth_clients: Readonly<Record<'active' | 'inactive', number>>;
  /** `2026-11-25`: the first day that is counted. */
  readonly issuedSince: string;
  readonly issued: readonly IssuedTokens[];
  readonly tables: readonly TableSize[];
  readonly memory: MemoryStatistics;
}

/** What the server process that was asked knows of its memory, and how far it may go by it. */
export interface MemoryStatistics {
  readonly entries: number;
  /** Estimated. */
  readonly bytes: number;
  /** Look-ups since the process began: from memory, and from the database. */
  readonly hits: number;
  readonly misses: number;
  /** Since it last read the log of changes, in milliseconds; null before the first time. */
  readonly logLagMs: number | null;
  readonly isInUse: boolean;
  /** To be added to its clock to get the database's, in milliseconds. */
  readonly clockOffsetMs: number;
}

export interface IssuedTokens {
  readonly client_id: string;
  /** UUID. */
  readonly organization_id: string;
  readonly tokens_issued: number;
}

export interface TableSize {
  readonly name: string;
  readonly part_of: string | null;
  /** Whole numbers as text, since they may be larger than a number holds. */
  readonly estimated_rows: string;
  readonly bytes: string;
}

/** What those who run the deployment count. */
@Injectable()
export class StatisticsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly cache: LookUpCache,
    private readonly view: ChangeView,
    private readonly clock: DatabaseClock,
  ) {}

  async read(now = new Date()): Promise<Statistics> {
    const { outside } = this.transactions;
    const since = new Date(now.getTime() - DAY_MS).toISOString().slice(0, 10);
    const counts = await outside.query<Omit<Statistics, 'issued' | 'tables' | 'memory'>[]>(COUNTS);
    const issued = await outside.query<IssuedTokens[]>(ISSUED, [since]);
    const tables = await outside.query<TableSize[]>(SIZES);
    const [first] = counts;
    if (!first) throw new Error('a SELECT without FROM has one row');
    return { ...first, issuedSince: since, issued, tables, memory: this.memory() };
  }

  private memory(): MemoryStatistics {
    const { ageMs, isHeld } = this.view.lease;
    return {
      ...this.cache.size,
      ...this.cache.counts,
      logLagMs: Number.isFinite(ageMs) ? ageMs : null,
      isInUse: isHeld,
      clockOffsetMs: this.clock.offsetMs,
    };
  }
}
