import { AsyncResource } from 'node:async_hooks';

export interface CoalescedWorkOptions<T, R> {
  /** Most items that are done together. */
  readonly batchSize: number;
  /** Most batches at the same time; what comes while so many are under way gathers. */
  readonly lanes: number;
  /**
   * Does all items by one statement, which either counts as a whole or not at all.
   *
   * @returns a result for each, in their order
   */
  work(items: readonly T[]): Promise<readonly R[]>;
  /** Told of each batch that is begun. */
  readonly onBatch?: (size: number) => void;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does what concurrent requests ask for by one statement instead of one each, as a group commit does.
 * Nothing is put off: an item begins at the end of the event loop's turn in which it came, or, while
 * all lanes are taken, as soon as one is free, with everything else that waits. So it waits for one
 * other statement at most, unless more wait than a batch holds, and alone it waits for none.
 */
export class CoalescedWork<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private underWay = 0;
  private isScheduled = false;
  /** Outside the request, and its transaction, that happens to be the first of a batch. */
  private readonly schedule: () => void;

  constructor(private readonly options: CoalescedWorkOptions<T, R>) {
    this.schedule = AsyncResource.bind(() => {
      this.isScheduled = true;
      setImmediate(() => {
        this.isScheduled = false;
        this.begin();
      });
    });
  }

  /** Resolves when the item is done; rejects, with all others of its batch, when the batch fails. */
  do(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isScheduled && this.underWay < this.options.lanes) this.schedule();
    });
  }

  private begin(): void {
    const { batchSize, lanes } = this.options;
    while (this.waiting.length > 0 && this.underWay < lanes) {
      void this.doBatch(this.waiting.splice(0, batchSize));
    }
  }

  private async doBatch(batch: readonly Waiting<T, R>[]): Promise<void> {
    this.underWay += 1;
    this.options.onBatch?.(batch.length);
    try {
      const results = await this.options.work(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error('each item of a batch has one result');
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.underWay -= 1;
      this.begin();
    }
  }
}
