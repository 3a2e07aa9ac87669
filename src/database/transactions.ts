import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { finishing } from './last-work.js';
import { PassingStorage } from './passing-storage.js';
import { insideTransaction } from './single-connection.js';

/** Work that belongs to whatever transaction the current request commits. */
type BeforeCommit = (manager: EntityManager) => Promise<void>;

const beforeCommit = new PassingStorage<BeforeCommit>();

/**
 * Runs `work`; each transaction that it opens does `also` last, before it commits. So a request
 * can leave a mark that is there exactly if its change is.
 */
export function withBeforeCommit<T>(also: BeforeCommit, work: () => Promise<T>): Promise<T> {
  return beforeCommit.run(also, work);
}

/** Opens transactions (READ COMMITTED). */
@Injectable()
export class Transactions {
  private readonly followUps: (() => Promise<void>)[] = [];

  constructor(private readonly dataSource: DataSource) {}

  /** Has done after each commit what its caller then waits for. It must not reject. */
  afterEachCommit(followUp: () => Promise<void>): void {
    this.followUps.push(followUp);
  }

  /** For single statements, each of which commits by itself; those that change nothing of weight. */
  get outside(): EntityManager {
    return this.dataSource.manager;
  }

  /** Commits when `work` resolves, rolls back when it rejects. What was put off is done last. */
  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.dataSource.transaction((manager) =>
      insideTransaction(async () => {
        const outcome = await finishing(manager, () => work(manager));
        await beforeCommit.get()?.(manager);
        return outcome;
      }),
    );
    await this.followUp();
    return result;
  }

  /** A single statement that alters what this node may remember, and commits by itself. */
  async runAlone<T>(statement: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = await statement(this.dataSource.manager);
    await this.followUp();
    return result;
  }

  /** Reads that all see the database as it was at the first of them. */
  snapshot<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('REPEATABLE READ', (manager) =>
      insideTransaction(() => work(manager)),
    );
  }

  private async followUp(): Promise<void> {
    for (const followUp of this.followUps) await followUp();
  }
}
