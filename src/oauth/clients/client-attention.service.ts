import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { Transactions } from '../../database/transactions.js';

/** A client or one of its secrets that somebody should look at. */
export interface ClientAttention {
  readonly kind: 'oauth_client_unused' | 'client_secret_kept';
  /** `client_id`, or the wire id of the secret. */
  readonly targetId: string;
  readonly since: Date;
}

/** Active clients of the organization $1 that were not used for 90 days before $2. */
const UNUSED = `
  SELECT client_id AS id, coalesce(last_used_at, created_at) AS since
    FROM oauth_clients
   WHERE organization_id = $1 AND is_active AND deleted_at IS NULL
     AND coalesce(last_used_at, created_at) < $2::timestamptz - interval '90 days'
   ORDER BY since, id LIMIT $3`;

/** Live secrets beside a newer live one of the same client, and since when that one is there. */
const KEPT = `
  WITH live AS (
    SELECT secret.* FROM oauth_client_secrets secret
      JOIN oauth_clients client USING (client_id)
     WHERE client.organization_id = $1 AND client.deleted_at IS NULL
       AND secret.revoked_at IS NULL AND (secret.expires_at IS NULL OR secret.expires_at > $2)
  )
  SELECT old.id, min(new.created_at) AS since
    FROM live old JOIN live new ON new.client_id = old.client_id AND new.id > old.id
   GROUP BY old.id
   ORDER BY since, old.id LIMIT $3`;

interface Row {
  readonly id: string;
  readonly since: Date;
}

/** The clients of an organization that nobody uses, and secrets that others have replaced. */
@Injectable()
export class ClientAttentionService {
  constructor(private readonly transactions: Transactions) {}

  /** Of each kind the oldest, at most `limit`. */
  async list(organizationId: string, now: Date, limit: number): Promise<ClientAttention[]> {
    const { outside } = this.transactions;
    const parameters = [organizationId, now, limit];
    const unused = await outside.query<Row[]>(UNUSED, parameters);
    const kept = await outside.query<Row[]>(KEPT, parameters);
    return [
      ...unused.map(({ id, since }) => ({
        kind: 'oauth_client_unused' as const,
        targetId: id,
        since,
      })),
      ...kept.map(({ id, since }) => ({
        kind: 'client_secret_kept' as const,
        targetId: encodeId('clientSecret', id),
        since,
      })),
    ];
  }
}
