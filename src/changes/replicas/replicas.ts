import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type DataSourceOptions } from 'typeorm';
import { RecurringWork } from '../../database/recurring-work.js';
import { readingElsewhere } from '../../database/single-connection.js';
import { Transactions } from '../../database/transactions.js';
import { Problem } from '../../problem.js';
import { ChangeView } from '../change-view.js';
import { Replica, ReplicaBehind, type Required } from './replica.js';

/** How each replica is reached. */
export const REPLICA_OPTIONS = Symbol('REPLICA_OPTIONS');

/** How often is looked after those that are not connected, and after the primary, in milliseconds. */
const CARE_MS = 1000;

const NOTE = `INSERT INTO incarnations (name, seen_at) VALUES ($1, now()) ON CONFLICT DO NOTHING`;
const FORGET = `DELETE FROM incarnations WHERE name <> $1 AND seen_at < now() - interval '30 days'`;

/** What became of the reads for which a replica was asked. */
interface Outcomes {
  /** It answered. */
  answered: number;
  /** It had not yet seen what this node knows of. */
  behind: number;
  /** It did not answer. */
  failed: number;
}

/**
 * Reads that a replica may answer: one that has seen everything that this node has read in the log of
 * changes, so no older than what the node answers from memory. Whoever changes something here is told
 * so after the node has read the log again; what he reads afterwards shows it. Without the lease, and
 * where no replica is that far or none answers, the primary is asked.
 */
@Injectable()
export class Replicas implements OnApplicationBootstrap, OnModuleDestroy {
  readonly outcomes: Outcomes = { answered: 0, behind: 0, failed: 0 };
  private readonly logger = new Logger(Replicas.name);
  private readonly replicas: readonly Replica[];
  private readonly caring: RecurringWork;
  private turn = 0;
  private noted: string | null = null;

  constructor(
    @Inject(REPLICA_OPTIONS) options: readonly DataSourceOptions[],
    private readonly view: ChangeView,
    private readonly transactions: Transactions,
  ) {
    this.replicas = options.map((each) => new Replica(each));
    this.caring = new RecurringWork('the care for read replicas', CARE_MS, () => this.care());
  }

  onApplicationBootstrap(): void {
    if (this.replicas.length > 0) this.caring.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    await this.caring.stop();
    await Promise.all(this.replicas.map((each) => each.close()));
  }

  /** Whether it is worth asking one now. */
  get mayAnswer(): boolean {
    return this.required() !== null;
  }

  /** Whatever database answers. `work` changes nothing, and may be done again at the primary. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    const found = await this.tryRead(work);
    return found ? found.value : work();
  }

  /** The same where a replica answers, otherwise null. */
  async tryRead<T>(work: () => Promise<T>): Promise<{ readonly value: T } | null> {
    const required = this.required();
    if (required === null) return null;
    for (const replica of this.inTurn()) {
      try {
        const value = await readingElsewhere(replica.having(required), work);
        replica.works();
        this.outcomes.answered += 1;
        return { value };
      } catch (error) {
        // It is the answer.
        if (error instanceof Problem) throw error;
        this.note(replica, error);
      }
    }
    return null;
  }

  private note(replica: Replica, error: unknown): void {
    if (error instanceof ReplicaBehind) this.outcomes.behind += 1;
    else {
      this.outcomes.failed += 1;
      replica.fail(error);
    }
  }

  /** Null where nothing may be read from a replica now. */
  private required(): Required | null {
    const { incarnation, lease, walPosition } = this.view;
    if (this.replicas.length === 0 || !lease.isHeld) return null;
    if (incarnation === null || walPosition === null || incarnation !== this.noted) return null;
    return { incarnation, walPosition };
  }

  /** Each time the next one comes first. */
  private inTurn(): Replica[] {
    const usable = this.replicas.filter(({ isUsable }) => isUsable);
    this.turn += 1;
    const first = this.turn % Math.max(usable.length, 1);
    return [...usable.slice(first), ...usable.slice(0, first)];
  }

  private async care(): Promise<void> {
    await this.noteIncarnation();
    await Promise.all(this.replicas.map((each) => each.open()));
  }

  private async noteIncarnation(): Promise<void> {
    const { incarnation } = this.view;
    if (incarnation === null || incarnation === this.noted) return;
    await this.transactions.outside.query(NOTE, [incarnation]);
    await this.transactions.outside.query(FORGET, [incarnation]);
    this.noted = incarnation;
    this.logger.debug('the life of the primary was noted, by which replicas show what they follow');
  }
}
