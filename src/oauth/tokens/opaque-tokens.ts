import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { SecretHasher } from '../../access/secrets/secret.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { type Granted, type IssuedToken } from './known-token.js';
import { opaqueToken, periodOfOpaqueToken } from './opaque-token.js';
import { periodOf } from './token-partitions.js';
import { type NewToken, TokenRecords } from './token-records.js';
import { tokenExpiry } from '../token-life.js';

/** By what an opaque token is found: its period, and every digest it may be stored under. */
export interface ReadOpaqueToken {
  readonly format: 'opaque';
  readonly period: number;
  readonly digests: readonly Buffer[];
}

/** Tokens that say nothing of themselves; a keyed hash of each is stored. */
@Injectable()
export class OpaqueTokens {
  constructor(
    private readonly records: TokenRecords,
    private readonly hasher: SecretHasher,
  ) {}

  /**
   * In a transaction, with what else it does.
   *
   * @param secret 43 letters and digits; random unless the caller has his own
   */
  async issue(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
    secret?: string,
  ): Promise<IssuedToken> {
    const { issued, record } = this.make(client, granted, now, secret);
    await this.records.insert(manager, record);
    return issued;
  }

  /** By itself: stored together with the tokens that others are issued meanwhile. */
  async issueCoalesced(
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken> {
    const { issued, record } = this.make(client, granted, now);
    await this.records.insertCoalesced(record);
    return issued;
  }

  /** Null for text that can't be such a token. */
  read(text: string): ReadOpaqueToken | null {
    const period = periodOfOpaqueToken(text);
    if (period === null) return null;
    return { format: 'opaque', period, digests: this.hasher.candidates('access token', text) };
  }

  private make(
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
    secret?: string,
  ): { issued: IssuedToken; record: NewToken } {
    const { ttlSeconds } = client.tokens;
    const { organizationGeneration, clientGeneration, secretId, secretGeneration } = client.descent;
    const expiresAt = tokenExpiry(ttlSeconds, now);
    const period = periodOf(expiresAt);
    const token = opaqueToken(period, secret);
    return {
      issued: { token, expiresInSeconds: ttlSeconds, scopes: granted.scopes, isNew: true },
      record: {
        period,
        digest: this.hasher.digest('access token', token),
        clientId: client.id,
        secretId,
        scopes: [...granted.scopes],
        audience: granted.audience,
        organizationGeneration,
        clientGeneration,
        secretGeneration,
        createdAt: now,
        expiresAt,
      },
    };
  }
}
