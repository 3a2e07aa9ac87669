import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { JwtTokens } from './jwt-tokens.js';
import { type Granted, type IssuedToken } from './known-token.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { ReusableTokens } from './reusable-tokens.js';
import { TokenQuotas } from './token-quotas.js';

/** Makes one token in the client's format, within its quota. */
@Injectable()
export class TokenMint {
  constructor(
    private readonly opaque: OpaqueTokens,
    private readonly jwts: JwtTokens,
    private readonly reusable: ReusableTokens,
    private readonly quotas: TokenQuotas,
  ) {}

  /** The token that the client is to get again, or null where a new one is due. */
  findReusable(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken | null> {
    return this.reusable.find(manager, client, granted, now);
  }

  /** An opaque token without a quota, which no other row depends on: see OpaqueTokens. */
  issueCoalesced(client: AuthenticatedClient, granted: Granted, now: Date): Promise<IssuedToken> {
    return this.opaque.issueCoalesced(client, granted, now);
  }

  /** @throws TooManyTokens */
  async issue(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken> {
    const { reuse, format } = client.tokens;
    if (reuse) {
      await this.reusable.lock(manager, client, granted);
      const given = await this.reusable.find(manager, client, granted, now);
      if (given) return given;
    }
    await this.quotas.take(manager, client, now);
    // The keys come over a connection of their own, so this one must be in no transaction.
    if (format === 'jwt') return this.jwts.issue(client, granted, now);
    return reuse
      ? this.reusable.issue(manager, client, granted, now)
      : this.opaque.issue(manager, client, granted, now);
  }
}
