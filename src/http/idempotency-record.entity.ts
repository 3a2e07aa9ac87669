import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that carried an `Idempotency-Key`. */
@Entity('idempotency_records')
export class IdempotencyRecord {
  /** Digest of principal, method, path and the client's key. */
  @PrimaryColumn('bytea')
  id: Buffer;

  /** Digest of the body, to tell a repetition from a different request. */
  @Column('bytea', { name: 'request_digest' })
  requestDigest: Buffer;

  /** Names one run; a run that was taken over can't complete the record. */
  @Column('uuid', { name: 'run_id' })
  runId: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  /** Set in the transaction of the change that the request made. */
  @Column('timestamptz', { name: 'committed_at', nullable: true })
  committedAt: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt: Date | null;

  @Column('integer', { nullable: true })
  status: number | null;

  /** The answer without its secrets. */
  @Column('text', { nullable: true })
  body: string | null;

  /** The whole answer, encrypted, for 60 seconds. */
  @Column('bytea', { name: 'sealed_body', nullable: true })
  sealedBody: Buffer | null;

  @Column('timestamptz', { name: 'expires_at' })
  @Index()
  expiresAt: Date;
}
