import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { RecurringWork } from '../../database/recurring-work.js';
import { UsedAssertion } from './used-assertion.entity.js';

const SWEEP_INTERVAL_MS = 60_000;
/** To another node with a slower clock an assertion may still be valid. In milliseconds. */
const KEPT_BEYOND_EXPIRY_MS = 5 * 60_000;

const USE_ONCE = `
  INSERT INTO used_client_assertions AS used (digest, expires_at) VALUES ($1, $2)
  ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at WHERE used.expires_at <= $3
  RETURNING digest`;

/** Sees to it that an assertion is good once, on all nodes and across restarts. */
@Injectable()
export class UsedAssertions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeping = new RecurringWork(
    'the sweep of used assertions',
    SWEEP_INTERVAL_MS,
    () => this.sweep(new Date()),
  );

  constructor(@InjectRepository(UsedAssertion) private readonly used: Repository<UsedAssertion>) {}

  /** Whether this `jti` of the client is used for the first time while it is valid. */
  async use(
    clientId: string,
    { jti, expiresAt }: { readonly jti: string; readonly expiresAt: Date },
    now: Date,
  ): Promise<boolean> {
    // Every id becomes as long as the others, whatever the client chose. It is no secret, and an
    // assertion must stay used when the master secret changes: so no keyed hash.
    const digest = createHash('sha256').update(`${clientId} ${jti}`).digest();
    const rows = await this.used.query<object[]>(USE_ONCE, [digest, expiresAt, now]);
    return rows.length > 0;
  }

  onApplicationBootstrap(): void {
    this.sweeping.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeping.stop();
  }

  /** Forgets those that expired a while ago: nobody would take them again. */
  async sweep(now: Date): Promise<void> {
    const longAgo = new Date(now.getTime() - KEPT_BEYOND_EXPIRY_MS);
    await this.used.delete({ expiresAt: LessThan(longAgo) });
  }
}
