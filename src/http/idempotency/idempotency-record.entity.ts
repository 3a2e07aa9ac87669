import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that carried an `Idempotency-Key`. */
@Entity('idempotency_records')
@Index(['completedAt'], { where: '"sealed_body" IS NOT NULL' })
export class IdempotencyRecord {
  /** Digest of principal, method, path and the client's key. */
  @PrimaryColumn('bytea')
  id: Buffer;

  /** Digest of query and body, to tell a repetition from a different request. */
  @Column('bytea', { name: 'request_digest' })
  requestDigest: Buffer;

  /** Names one run; a run that was taken over can neither commit nor complete. */
  @Column('uuid', { name: 'run_id' })
  runId: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  /** Set in the transaction of the change that the request made. */
  @Column('timestamptz', { name: 'committed_at', nullable: true })
  committedAt: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt: Date | null;

  /** Null in a completed record where the change was made and the answer is lost. */
  @Column('integer', { nullable: true })
  status: number | null;

  /** The answer, JSON, without its secrets; null for an empty one. */
  @Column('text', { nullable: true })
  body: string | null;

  /** The whole answer, encrypted, for 60 seconds. */
  @Column('bytea', { name: 'sealed_body', nullable: true })
  sealedBody: Buffer | null;

  @Column('timestamptz', { name: 'expires_at' })
  @Index()
  expiresAt: Date;
}
