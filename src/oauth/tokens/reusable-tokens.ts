import { createHash, randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { base62OfBytes, SecretHasher } from '../../access/secrets/secret.js';
import { RecurringWork } from '../../database/recurring-work.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { knownTokenOf } from './known-token-of.js';
import { type Granted, type IssuedToken, type KnownToken } from './known-token.js';
import { opaqueToken } from './opaque-token.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { ReusableToken } from './reusable-token.entity.js';
import { whyOutlived } from './token-descent.js';
import { periodOf } from './token-partitions.js';
import { TokenRecords } from './token-records.js';
import { TokenRights } from './token-rights.js';
import { tokenExpiry } from '../token-life.js';

/** A token is given again until this part of its life is over. */
const REUSED_PART = 0.8;
const SWEEP_INTERVAL_MS = 600_000;

/** Gives a client the token that it has already, for those that fetch one for every call. */
@Injectable()
export class ReusableTokens implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeping: RecurringWork;

  constructor(
    dataSource: DataSource,
    private readonly opaque: OpaqueTokens,
    private readonly records: TokenRecords,
    private readonly hasher: SecretHasher,
    private readonly rights: TokenRights,
  ) {
    this.sweeping = new RecurringWork(
      'the sweep of reusable tokens',
      SWEEP_INTERVAL_MS,
      async () => {
        await dataSource.manager.delete(ReusableToken, { expiresAt: LessThan(new Date()) });
      },
    );
  }

  onApplicationBootstrap(): void {
    this.sweeping.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeping.stop();
  }

  /** The live token of such a request, or null where a new one is due. */
  async find(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken | null> {
    const where = { clientId: client.id, request: requestOf(client, granted) };
    const kept = await manager.findOneBy(ReusableToken, where);
    if (!kept) return null;
    const token = opaqueToken(periodOf(kept.expiresAt), this.secretOf(client, kept.seed));
    return (await this.isStillGiven(manager, client, token, now))
      ? {
          token,
          expiresInSeconds: Math.floor((kept.expiresAt.getTime() - now.getTime()) / 1000),
          scopes: granted.scopes,
          isNew: false,
        }
      : null;
  }

  /** A new one, which takes the place of the one before. Whoever calls holds the client's lock. */
  async issue(
    manager: EntityManager,
    client: AuthenticatedClient,
    granted: Granted,
    now: Date,
  ): Promise<IssuedToken> {
    const seed = randomBytes(32);
    const issued = await this.opaque.issue(
      manager,
      client,
      granted,
      now,
      this.secretOf(client, seed),
    );
    const expiresAt = tokenExpiry(client.tokens.ttlSeconds, now);
    await manager.upsert(
      ReusableToken,
      { clientId: client.id, request: requestOf(client, granted), seed, expiresAt },
      ['clientId', 'request'],
    );
    return issued;
  }

  /** Holds until the transaction ends; requests of the same client that want the same wait. */
  async lock(manager: EntityManager, client: AuthenticatedClient, granted: Granted): Promise<void> {
    const name = `reusable token ${client.id} ${requestOf(client, granted)}`;
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  }

  private async isStillGiven(
    manager: EntityManager,
    client: AuthenticatedClient,
    token: string,
    now: Date,
  ): Promise<boolean> {
    const read = this.opaque.read(token);
    if (!read) return false;
    const asked = read.digests.map((digest) => ({
      period: read.period,
      digest,
      clientId: null,
      secretId: null,
    }));
    const records = await this.records.find(manager, asked);
    const record = records.find(({ stored }) => stored !== null);
    const known = record && knownTokenOf(read, record, this.rights, now);
    if (known?.whyDead !== null || !isOfDescent(known, client)) return false;
    const lifeMs = known.expiresAt.getTime() - known.issuedAt.getTime();
    const ageMs = now.getTime() - known.issuedAt.getTime();
    return lifeMs === client.tokens.ttlSeconds * 1000 && ageMs < REUSED_PART * lifeMs;
  }

  private secretOf(client: AuthenticatedClient, seed: Buffer): string {
    const text = `${client.id} ${seed.toString('hex')}`;
    return base62OfBytes(this.hasher.digest('reusable token', text));
  }
}

/**
 * Whether the client would get a token of the same descent now. Else the end of all tokens of one
 * secret would leave those alive that another secret had got, and end those that it had not.
 */
function isOfDescent({ descent }: KnownToken, client: AuthenticatedClient): boolean {
  const [then, now] = [descent, client.descent].map(({ secretId }) => secretId);
  return then === now && whyOutlived(descent, client.descent) === null;
}

/**
 * SHA-256 (hexadecimal) of what a token is asked for and by which secret: another request gets
 * another token.
 */
function requestOf(client: AuthenticatedClient, { scopes, audience }: Granted): string {
  return createHash('sha256')
    .update(JSON.stringify([scopes, audience, client.descent.secretId]))
    .digest('hex');
}
