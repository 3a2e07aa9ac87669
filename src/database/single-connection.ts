import { DataSource, type QueryRunner, type ReplicationMode } from 'typeorm';
import { PassingStorage } from './passing-storage.js';

/** The transaction that the current work runs in, while it is open. */
const transaction = new PassingStorage<{ isOpen: boolean }>();

/** Marks `work` as the inside of a transaction until it has settled. */
export async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { isOpen: true };
  try {
    return await transaction.run(mark, work);
  } finally {
    mark.isOpen = false;
  }
}

/** Another database with the same tables. */
export interface Elsewhere {
  createQueryRunner(): QueryRunner;
}

/** Where the current work reads, if not in the database itself; until that work has settled. */
const elsewhere = new PassingStorage<{ source: Elsewhere | null }>();

/** Has `work`, and all that it calls, read there. */
export async function readingElsewhere<T>(source: Elsewhere, work: () => Promise<T>): Promise<T> {
  const mark: { source: Elsewhere | null } = { source };
  try {
    return await elsewhere.run(mark, work);
  } finally {
    mark.source = null;
  }
}

/**
 * Refuses work inside a transaction that asks the pool for a second connection instead of using
 * the transaction's manager. As many such requests as the pool has connections would wait for each
 * other for ever; so the first one fails, in every test, rather than the busiest day.
 */
export class SingleConnectionDataSource extends DataSource {
  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    if (transaction.get()?.isOpen) {
      throw new Error('inside a transaction, use its manager: a second connection was asked for');
    }
    return elsewhere.get()?.source?.createQueryRunner() ?? super.createQueryRunner(mode);
  }
}
