import { Injectable } from '@nestjs/common';
import { JWT_SHAPE } from '../../access/credentials/jwt.js';
import { JwtTokens, type ReadJwt } from './jwt-tokens.js';
import { periodOfOpaqueToken } from './opaque-token.js';
import { OpaqueTokens, type ReadOpaqueToken } from './opaque-tokens.js';
import { isPeriodInUse, periodOf } from './token-partitions.js';

export type ReadToken = ReadOpaqueToken | ReadJwt;

/** Tells the formats of tokens apart, by their shape alone. */
@Injectable()
export class TokenReader {
  constructor(
    private readonly opaque: OpaqueTokens,
    private readonly jwts: JwtTokens,
  ) {}

  /**
   * What the text says before the database is asked; null for what can't be a token. An opaque one
   * of the past can't be told from a guess, a signed one can.
   */
  read(text: string, now: Date): ReadToken | null | Promise<ReadToken | null> {
    if (JWT_SHAPE.test(text)) return this.readJwt(text, now);
    const read = this.opaque.read(text);
    return read && isPeriodInUse(read.period, now) ? read : null;
  }

  private async readJwt(text: string, now: Date): Promise<ReadJwt | null> {
    const read = await this.jwts.read(text);
    return read && (read.expiresAt <= now || isPeriodInUse(read.period, now)) ? read : null;
  }

  /** Whether it looks like an opaque token of a period that is over, of which nothing is kept. */
  isOfPast(text: string, now: Date): boolean {
    const period = periodOfOpaqueToken(text);
    return period !== null && period < periodOf(now);
  }
}
