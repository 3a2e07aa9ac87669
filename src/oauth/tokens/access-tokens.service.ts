import { Injectable } from '@nestjs/common';
import { Unauthenticated } from '../../access/access.errors.js';
import { AddressRanges } from '../../access/addresses/address-ranges.js';
import { type MachinePrincipal } from '../../access/principal.js';
import { DatabaseClock } from '../../changes/database-clock.js';
import { Transactions } from '../../database/transactions.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { knownTokenOf } from './known-token-of.js';
import { type KnownToken } from './known-token.js';
import { type ReadToken, TokenReader } from './token-reader.js';
import { TokenLookUps } from './token-look-ups.js';
import { type TokenRecord, TokenRecords } from './token-records.js';
import { TokenRights } from './token-rights.js';

/** What became of a request to revoke a token; its sender is told nothing of it. */
export type Revocation =
  | { readonly outcome: 'revoked' | 'unknown' }
  /** `owner` is another client of the same organization. */
  | { readonly outcome: 'foreign'; readonly owner: string };

/** The access tokens that were issued, in either format. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reader: TokenReader,
    private readonly records: TokenRecords,
    private readonly lookUps: TokenLookUps,
    private readonly rights: TokenRights,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * What is known of each text, in order; null for one that is no token of this deployment.
   *
   * @param tenant UUID of the organization whose tokens exist; null for those of all
   */
  async find(
    texts: readonly string[],
    tenant: string | null,
    now = this.clock.now(),
  ): Promise<(KnownToken | null)[]> {
    const reads = await Promise.all(texts.map(async (text) => this.reader.read(text, now)));
    const found = (
      await this.lookUps.find(
        reads.filter((read) => read !== null),
        tenant,
      )
    ).values();
    return reads.map((read) => read && this.known(read, found.next().value ?? null, now));
  }

  /** The same of one; without waiting where all of it is in memory. */
  findOne(
    text: string,
    tenant: string | null,
    now = this.clock.now(),
  ): KnownToken | null | Promise<KnownToken | null> {
    const read = this.reader.read(text, now);
    if (read === null) return null;
    const record = read instanceof Promise ? undefined : this.lookUps.recall(read, tenant);
    if (read instanceof Promise || record === undefined) {
      return this.find([text], tenant, now).then(([known = null]) => known);
    }
    return this.known(read, record, now);
  }

  /**
   * Who calls with this token. It can do what it was issued for and its client may still do.
   *
   * @param ip where the call came from
   * @throws Unauthenticated for one that is unknown, expired or revoked, for another resource or
   * from a foreign address, and for every token of a client or an organization that is no longer good
   */
  async identify(text: string, ip: string, now = this.clock.now()): Promise<MachinePrincipal> {
    const found = this.findOne(text, null, now);
    // What is in memory is not waited for: each wait would be a turn of its own.
    const token = found instanceof Promise ? await found : found;
    if (!token) {
      // A guess of the past gains nothing, and who kept a token for too long is not guessing.
      const isOfPast = this.reader.isOfPast(text, now);
      throw new Unauthenticated(isOfPast ? 'of a past period' : 'unknown token', true, isOfPast);
    }
    if (token.whyDead !== null) throw Unauthenticated.despiteIssue(token.whyDead);
    if (token.audience !== null) throw Unauthenticated.despiteIssue('it is for another resource');
    const { ipAllowlist } = token.bounds;
    if (ipAllowlist !== null && !AddressRanges.of(ipAllowlist).include(ip)) {
      throw Unauthenticated.despiteIssue('the address is not on the allowlist of its client');
    }
    return {
      kind: 'oauth_client',
      id: token.clientId,
      organizationId: token.organizationId,
      projectId: token.projectId,
      scopes: this.rights.of(token),
      bounds: token.bounds,
      authenticatedAsClient: false,
      descent: token.descent,
    };
  }

  /**
   * Ends a token of this client for good (RFC 7009 §2.1); that of another one stays as it is. What
   * another organization has is unknown: else a refusal in the audit log would say whose it is.
   */
  async revoke(
    { id, organizationId }: Pick<AuthenticatedClient, 'id' | 'organizationId'>,
    text: string,
    now = this.clock.now(),
  ): Promise<Revocation> {
    const read = await this.reader.read(text, now);
    const token = read && this.known(read, await this.lookUps.findNow(read), now);
    if (!read || !token) return { outcome: 'unknown' };
    if (token.organizationId !== organizationId) return { outcome: 'unknown' };
    if (token.clientId !== id) return { outcome: 'foreign', owner: token.clientId };
    if (token.whyDead === null) await this.end(read, token, now);
    return { outcome: 'revoked' };
  }

  private end(read: ReadToken, token: KnownToken, now: Date): Promise<void> {
    return this.transactions.runAlone((manager) => {
      if (read.format === 'opaque') return this.records.revoke(manager, read, now);
      const [digest = Buffer.of()] = read.digests;
      return this.records.deny(manager, {
        ...read.descent,
        period: read.period,
        digest,
        clientId: token.clientId,
        scopes: [...token.scopes],
        audience: token.audience,
        createdAt: token.issuedAt,
        expiresAt: token.expiresAt,
        revokedAt: now,
      });
    });
  }

  private known(read: ReadToken, record: TokenRecord | null, now: Date): KnownToken | null {
    if (!record) return null;
    // A JWT says itself what a row says of an opaque token.
    if (read.format === 'jwt') return knownTokenOf(read, record, this.rights, now);
    // What was good stays so until it expires: all else that ends it makes another record.
    if (record.good && record.good.expiresAt > now) return record.good;
    const known = knownTokenOf(read, record, this.rights, now);
    if (known?.whyDead === null) record.good = known;
    return known;
  }
}
