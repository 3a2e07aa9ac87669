import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { TooManyTokens } from '../oauth.errors.js';

const HOUR_MS = 3_600_000;

/**
 * One row a client, and one statement a token: so no number of parallel requests gets past it. A node
 * whose clock is slower counts in the later hour, else the two would set each other back to one.
 */
const TAKE = `
  INSERT INTO oauth_token_quotas AS quota (client_id, hour, issued) VALUES ($1, $2, 1)
  ON CONFLICT (client_id) DO UPDATE
    SET hour = greatest(quota.hour, excluded.hour),
        issued = CASE WHEN quota.hour < excluded.hour THEN 1 ELSE quota.issued + 1 END
  WHERE quota.hour < excluded.hour OR quota.issued < $3
  RETURNING issued`;

/** Holds clients to their `max_tokens_per_hour`, over all nodes. */
@Injectable()
export class TokenQuotas {
  /**
   * Takes one token from the client's clock hour; given back where the transaction fails. A JWT is
   * stored nowhere, so its quota is taken by itself, and lost where signing fails.
   *
   * @throws TooManyTokens
   */
  async take(manager: EntityManager, client: AuthenticatedClient, now: Date): Promise<void> {
    const { maxPerHour } = client.tokens;
    if (maxPerHour === null) return;
    const hour = Math.floor(now.getTime() / HOUR_MS);
    const taken = await manager.query<object[]>(TAKE, [client.id, hour, maxPerHour]);
    if (taken.length > 0) return;
    throw new TooManyTokens(((hour + 1) * HOUR_MS - now.getTime()) / 1000);
  }
}
