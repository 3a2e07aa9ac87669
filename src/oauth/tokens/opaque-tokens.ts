import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { SecretHasher } from '../../access/secret.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { type Granted, type IssuedToken } from './known-token.js';
import { opaqueToken, periodOfOpaqueToken } from './opaque-token.js';
import { periodOf } from './token-partitions.js';
import { TokenRecords } from './token-records.js';
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

  /** @param secret 43 letters and digits; random unless the caller has his own */
  async issue(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
    secret?: string,
  ): Promise<IssuedToken> {
    const { ttlSeconds } = client.tokens;
    const expiresAt = tokenExpiry(ttlSeconds, now);
    const period = periodOf(expiresAt);
    const token = opaqueToken(period, secret);
    await this.records.insert(manager, {
      ...client.descent,
      period,
      digest: this.hasher.digest('access token', token),
      clientId: client.id,
      scopes: [...granted.scopes],
      audience: granted.audience,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    });
    return { token, expiresInSeconds: ttlSeconds, scopes: granted.scopes, isNew: true };
  }

  /** Null for text that can't be such a token. */
  read(text: string): ReadOpaqueToken | null {
    const period = periodOfOpaqueToken(text);
    if (period === null) return null;
    return { format: 'opaque', period, digests: this.hasher.candidates('access token', text) };
  }
}
