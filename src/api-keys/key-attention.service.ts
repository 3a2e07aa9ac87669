import { Injectable } from '@nestjs/common';
import { encodeId } from '../access/ids.js';
import { Transactions } from '../database/transactions.js';

/** A key that somebody should look at. */
export interface KeyAttention {
  readonly kind:
    | 'api_key_leaked'
    | 'api_key_expiring'
    | 'api_key_unused'
    | 'api_key_kept'
    | 'api_key_used_after_rotation';
  /** Wire id of the key. */
  readonly targetId: string;
  readonly since: Date;
}

/** Of the organization $1 at $2: what is good for anything still. Each kind up to $3. */
const LOOKED_AFTER = `
  WITH active AS (
    SELECT * FROM api_keys k WHERE organization_id = $1 AND keycap_key_is_active(k, $2)
  )
  (SELECT 'api_key_leaked' AS kind, id, leaked_at AS since
     FROM active WHERE leaked_at IS NOT NULL
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'api_key_expiring', id,
          greatest(created_at, expires_at - interval '14 days') AS since
     FROM active WHERE expires_at <= $2::timestamptz + interval '14 days'
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'api_key_unused', id, coalesce(last_used_at, created_at) AS since
     FROM active
    WHERE coalesce(last_used_at, created_at) < $2::timestamptz - interval '90 days'
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'api_key_kept', active.id, replacement.created_at AS since
     FROM active JOIN api_keys replacement ON replacement.id = active.replaced_by_id
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'api_key_used_after_rotation', active.id, active.last_used_at AS since
     FROM active JOIN api_keys replacement ON replacement.id = active.replaced_by_id
    WHERE active.last_used_at > replacement.created_at
    ORDER BY since, id LIMIT $3)`;

/** The keys of an organization that expire soon, or are there for nothing. */
@Injectable()
export class KeyAttentionService {
  constructor(private readonly transactions: Transactions) {}

  /** Of each kind the oldest, at most `limit`. */
  async list(organizationId: string, now: Date, limit: number): Promise<KeyAttention[]> {
    const rows = await this.transactions.outside.query<
      (Pick<KeyAttention, 'kind' | 'since'> & { id: string })[]
    >(LOOKED_AFTER, [organizationId, now, limit]);
    return rows.map(({ kind, id, since }) => ({ kind, since, targetId: encodeId('apiKey', id) }));
  }
}
