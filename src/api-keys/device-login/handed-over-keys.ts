import { Injectable } from '@nestjs/common';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { encodeId } from '../../access/ids.js';
import { AuditService, SYSTEM_ACTOR } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { ApiKey } from '../api-key.entity.js';

/** In milliseconds: how long a key that was handed to a device waits for its first use. */
const FIRST_USE_WITHIN_MS = 10 * 60_000;
/** Most keys of one sweep. */
const SWEPT_AT_ONCE = 1000;

/**
 * $1 is the key, $2 now. Of parallel first uses each finds the key unused or used; what was revoked
 * meanwhile, by whomever, is not used any more.
 */
const USE = `
  UPDATE api_keys SET must_be_used_by = NULL
   WHERE id = $1 AND revoked_at IS NULL AND (must_be_used_by IS NULL OR must_be_used_by > $2)
  RETURNING id`;

/**
 * Keys that were handed to a device by an answer which may have been lost. They are good for ten
 * minutes, and from their first use on for good: nobody is left with a key that nobody holds.
 */
@Injectable()
export class HandedOverKeys {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  /** Whether the key was handed over and may not have been used since. */
  static isUnused({ mustBeUsedBy }: ApiKey): boolean {
    return mustBeUsedBy !== null;
  }

  /** Until when a key that is handed over now has to be used. */
  deadlineOf(now: Date): Date {
    return new Date(now.getTime() + FIRST_USE_WITHIN_MS);
  }

  /**
   * A valid use of a key that may be unused: the first one is written before it counts.
   *
   * @returns whether the key is still good
   */
  async confirm({ id }: ApiKey, now: Date): Promise<boolean> {
    const [used] = await this.transactions.runAlone((manager) =>
      manager.query<[{ id: string }[], number]>(USE, [id, now]),
    );
    return used.length === 1;
  }

  /** Writes down which keys were revoked because nobody used them; they have been dead since. */
  async revokeUnused(now: Date): Promise<void> {
    const unused = await this.transactions.outside.find(ApiKey, {
      where: { mustBeUsedBy: LessThanOrEqual(now), revokedAt: IsNull() },
      order: { mustBeUsedBy: 'ASC' },
      take: SWEPT_AT_ONCE,
    });
    for (const key of unused) await this.revoke(key, now);
  }

  private async revoke(key: ApiKey, now: Date): Promise<void> {
    const { id, organizationId, projectId, name, keyPrefix, mustBeUsedBy } = key;
    await this.transactions.run(async (manager) => {
      // Another process sweeps as well, and somebody may revoke the key by hand.
      const { affected } = await manager.update(
        ApiKey,
        { id, organizationId, mustBeUsedBy: LessThanOrEqual(now), revokedAt: IsNull() },
        { revokedAt: mustBeUsedBy },
      );
      if (affected === 0) return;
      await this.audit.record(manager, SYSTEM_ACTOR, {
        action: 'api_key.revoked',
        organizationId,
        projectId,
        targetId: encodeId('apiKey', id),
        metadata: { name, key_prefix: keyPrefix, cause: 'not_used_after_device_login' },
      });
    });
  }
}
