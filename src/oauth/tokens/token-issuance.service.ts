import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { ClientUsageRecorder } from './client-usage-recorder.js';
import { type Granted, type IssuedToken } from './known-token.js';
import { TokenMint } from './token-mint.js';
import { TokenPartitions } from './token-partitions.js';
import { tokenExpiry } from '../token-life.js';

/** Issues access tokens as each client's settings say. */
@Injectable()
export class TokenIssuanceService {
  constructor(
    private readonly transactions: Transactions,
    private readonly mint: TokenMint,
    private readonly partitions: TokenPartitions,
    private readonly usage: ClientUsageRecorder,
  ) {}

  /** @throws TooManyTokens */
  async issue(
    client: AuthenticatedClient,
    granted: Granted,
    now = new Date(),
  ): Promise<IssuedToken> {
    const issued = isByItself(client)
      ? await this.mint.issueCoalesced(client, granted, now)
      : await this.issueWithMore(client, granted, now);
    if (issued.isNew) this.usage.countIssued(client.id, now);
    return issued;
  }

  /** What has a quota or may be given again. */
  private issueWithMore(
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken> {
    const expiresAt = tokenExpiry(client.tokens.ttlSeconds, now);
    return this.partitions.withPartitionsFor([expiresAt], () => this.make(client, granted, now));
  }

  private async make(
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken> {
    const alone = this.transactions.outside;
    const { reuse, format } = client.tokens;
    if (reuse) {
      const given = await this.mint.findReusable(alone, client, granted, now);
      if (given) return given;
    }
    const work = (manager: EntityManager): Promise<IssuedToken> =>
      this.mint.issue(manager, client, granted, now);
    // What takes several statements is done as a whole; a JWT takes none but its quota.
    return !reuse && format === 'jwt' ? work(alone) : this.transactions.run(work);
  }
}

/** Whether a token of this client is one row, which no other depends on. */
function isByItself({ tokens: { reuse, maxPerHour, format } }: AuthenticatedClient): boolean {
  return !reuse && maxPerHour === null && format === 'opaque';
}
