import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../access/ids.js';
import { Sealer } from '../../access/secrets/sealing.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import {
  IdempotencyAnswerLost,
  IdempotencyInProgress,
  IdempotencyKeyReused,
} from './idempotency.errors.js';
import { type RequestIdentity } from './request-identity.js';

/** One attempt at carrying a request out. */
export interface Run {
  readonly recordId: Buffer;
  readonly runId: string;
}

/** An answer as it is kept. */
export interface KeptAnswer {
  readonly status: number;
  /** JSON, or null for an empty body. */
  readonly body: string | null;
}

/** An answer to keep, its secrets replaced by `null`. */
export interface Answer extends KeptAnswer {
  /** The body with its secrets, or null where it holds none. */
  readonly wholeBody: string | null;
}

/** How often a claim is tried again where the record vanished in between. */
const CLAIM_ATTEMPTS = 5;
const SWEEP_BATCH = 1000;

/**
 * The records of requests with an `Idempotency-Key`. All times are the database's, so any number of
 * processes share them.
 */
@Injectable()
export class IdempotencyRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /**
   * A run for the first request, or what the first one was answered.
   *
   * @throws IdempotencyInProgress
   * @throws IdempotencyAnswerLost
   * @throws IdempotencyKeyReused
   */
  async claim(identity: RequestIdentity): Promise<Run | KeptAnswer> {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
      const claimed = (await this.begin(identity)) ?? (await this.look(identity));
      if (claimed) return claimed;
    }
    throw new IdempotencyInProgress();
  }

  /**
   * Marks, in the transaction of the change, that the change is made.
   *
   * @throws IdempotencyInProgress where another run took over meanwhile: this one must not commit
   */
  async markCommitted(manager: EntityManager, run: Run): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(IdempotencyRecord)
      .set({ committedAt: () => 'now()' })
      .where('id = :recordId AND run_id = :runId AND completed_at IS NULL', run)
      .execute();
    if (affected !== 1) throw new IdempotencyInProgress();
  }

  /** Keeps the answer. Secrets are kept encrypted, and erased after a minute. */
  async complete(run: Run, { status, body, wholeBody }: Answer): Promise<void> {
    const sealedBody =
      wholeBody === null ? null : this.sealer.seal('idempotency', run.recordId, wholeBody);
    await this.finish(run, { status, body, sealedBody });
  }

  /** Lets a repetition run; where the change is made all the same, says that its answer is lost. */
  async release(run: Run): Promise<void> {
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .delete()
      .from(IdempotencyRecord)
      .where('id = :recordId AND run_id = :runId AND committed_at IS NULL', run)
      .execute();
    if (affected === 0) await this.finish(run, { status: null, body: null, sealedBody: null });
  }

  /** Erases secrets that are older than a minute and records that are older than a day. */
  async sweep(): Promise<void> {
    await this.dataSource
      .createQueryBuilder()
      .update(IdempotencyRecord)
      .set({ sealedBody: null })
      .where(`sealed_body IS NOT NULL AND completed_at <= now() - interval '60 seconds'`)
      .execute();
    let deleted: number;
    do {
      deleted = await this.deleteExpired();
    } while (deleted === SWEEP_BATCH);
  }

  private async deleteExpired(): Promise<number> {
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .delete()
      .from(IdempotencyRecord)
      .where(
        `id IN (SELECT id FROM idempotency_records WHERE expires_at <= now()
                ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED)`,
        { limit: SWEEP_BATCH },
      )
      .execute();
    return affected ?? 0;
  }

  /** A new run where there is none, or where the last one died before it changed anything. */
  private async begin({ recordId, requestDigest }: RequestIdentity): Promise<Run | null> {
    const runId = newId();
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO idempotency_records AS record
         (id, request_digest, run_id, started_at, expires_at)
       VALUES ($1, $2, $3, now(), now() + interval '24 hours')
       ON CONFLICT (id) DO UPDATE SET
         request_digest = excluded.request_digest, run_id = excluded.run_id,
         started_at = excluded.started_at, expires_at = excluded.expires_at,
         committed_at = NULL, completed_at = NULL, status = NULL, body = NULL, sealed_body = NULL
       WHERE record.expires_at <= now()
          OR record.request_digest = excluded.request_digest
             AND record.committed_at IS NULL AND record.completed_at IS NULL
             AND record.started_at < now() - interval '30 seconds'
       RETURNING run_id`,
      [recordId, requestDigest, runId],
    );
    return rows.length > 0 ? { recordId, runId } : null;
  }

  /** What became of the first request; null where its record has gone meanwhile. */
  private async look({ recordId, requestDigest }: RequestIdentity): Promise<KeptAnswer | null> {
    const [found] = await this.dataSource.query<FoundRecord[]>(
      `SELECT request_digest = $2 AS same_request,
              completed_at IS NOT NULL AS completed,
              committed_at IS NOT NULL AND started_at < now() - interval '30 seconds' AS abandoned,
              status, body,
              CASE WHEN completed_at > now() - interval '60 seconds' THEN sealed_body END AS sealed
         FROM idempotency_records WHERE id = $1`,
      [recordId, requestDigest],
    );
    if (!found) return null;
    if (!found.same_request) throw new IdempotencyKeyReused();
    if (found.completed ? found.status === null : found.abandoned) {
      throw new IdempotencyAnswerLost();
    }
    if (found.status === null) throw new IdempotencyInProgress();
    const whole = found.sealed && this.sealer.open('idempotency', recordId, found.sealed);
    return { status: found.status, body: whole ?? found.body };
  }

  private async finish(
    run: Run,
    kept: Pick<IdempotencyRecord, 'status' | 'body' | 'sealedBody'>,
  ): Promise<void> {
    await this.dataSource
      .createQueryBuilder()
      .update(IdempotencyRecord)
      .set({ ...kept, completedAt: () => 'now()' })
      .where('id = :recordId AND run_id = :runId AND completed_at IS NULL', run)
      .execute();
  }
}

interface FoundRecord {
  readonly same_request: boolean;
  readonly completed: boolean;
  /** Committed by a run that can't be running any more. */
  readonly abandoned: boolean;
  readonly status: number | null;
  readonly body: string | null;
  readonly sealed: Buffer | null;
}
