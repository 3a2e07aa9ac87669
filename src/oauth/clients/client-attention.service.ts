import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { Transactions } from '../../database/transactions.js';

/** A client or one of its secrets that somebody should look at. */
export interface ClientAttention {
  readonly kind: 'oauth_client_unused' | 'client_secret_expiring' | 'client_secret_kept';
  /** `client_id`, or the wire id of the secret. */
  readonly targetId: string;
  /** Whose it is: a secret's id does not say. */
  readonly clientId: string;
  readonly since: Date;
}

/** Of the organization $1 at $2: active clients, and secrets that are good still. Each kind up to $3. */
const LOOKED_AFTER = `
  WITH client AS (
    SELECT * FROM oauth_clients WHERE organization_id = $1 AND deleted_at IS NULL
  ), live AS (
    SELECT secret.*, client.is_active FROM oauth_client_secrets secret JOIN client USING (client_id)
     WHERE secret.revoked_at IS NULL AND (secret.expires_at IS NULL OR secret.expires_at > $2)
  )
  (SELECT 'oauth_client_unused' AS kind, client_id AS id, client_id,
          coalesce(last_used_at, created_at) AS since
     FROM client
    WHERE is_active
      AND coalesce(last_used_at, created_at) < $2::timestamptz - interval '90 days'
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'client_secret_expiring', id::text, client_id,
          greatest(created_at, expires_at - interval '14 days') AS since
     FROM live
    WHERE is_active AND expires_at <= $2::timestamptz + interval '14 days'
      AND NOT EXISTS (
        SELECT FROM live longer WHERE longer.client_id = live.client_id
           AND (longer.expires_at IS NULL OR longer.expires_at > live.expires_at))
    ORDER BY since, id LIMIT $3)
  UNION ALL
  (SELECT 'client_secret_kept', old.id::text, old.client_id, min(new.created_at) AS since
     FROM live old JOIN live new ON new.client_id = old.client_id AND new.id > old.id
    GROUP BY old.id, old.client_id
    ORDER BY since, old.id LIMIT $3)`;

interface Row {
  readonly kind: ClientAttention['kind'];
  readonly id: string;
  readonly client_id: string;
  readonly since: Date;
}

/**
 * The clients of an organization that nobody uses, those that soon have no secret, and secrets that
 * others have replaced.
 */
@Injectable()
export class ClientAttentionService {
  constructor(private readonly transactions: Transactions) {}

  /** Of each kind the oldest, at most `limit`. */
  async list(organizationId: string, now: Date, limit: number): Promise<ClientAttention[]> {
    const parameters = [organizationId, now, limit];
    const rows = await this.transactions.outside.query<Row[]>(LOOKED_AFTER, parameters);
    return rows.map(({ kind, id, client_id: clientId, since }) => ({
      kind,
      targetId: kind === 'oauth_client_unused' ? id : encodeId('clientSecret', id),
      clientId,
      since,
    }));
  }
}
