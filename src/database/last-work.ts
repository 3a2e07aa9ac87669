import { type EntityManager } from 'typeorm';

/** Does in one go what was put off for it during a transaction. */
export type Finish<T> = (manager: EntityManager, items: readonly T[]) => Promise<void>;

interface PutOff {
  readonly finish: Finish<unknown>;
  readonly item: unknown;
}

const putOff = new WeakMap<EntityManager, PutOff[]>();

/**
 * Leaves `item` to the very end of the transaction, where `finish` gets all that were left to it.
 * For locks that many transactions need: taken last, they are held shortest, and whoever holds one
 * waits for nothing else any more.
 *
 * @throws Error outside of `Transactions.run`
 */
export function leaveToTheEnd<T>(manager: EntityManager, finish: Finish<T>, item: T): void {
  const list = putOff.get(manager);
  if (!list) throw new Error('only a transaction that Transactions.run has opened has an end');
  list.push({ finish: finish as Finish<unknown>, item });
}

/** Does the work, and then what it has left to the end. */
export async function finishing<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
  const list: PutOff[] = [];
  putOff.set(manager, list);
  forgetWithSavepoints(manager, list);
  const result = await work();
  putOff.delete(manager);
  for (const finish of new Set(list.map((each) => each.finish))) {
    const its = list.filter((each) => each.finish === finish);
    await finish(
      manager,
      its.map(({ item }) => item),
    );
  }
  return result;
}

/** What a nested transaction has left to the end is undone with it. */
function forgetWithSavepoints(manager: EntityManager, list: PutOff[]): void {
  const nest = manager.transaction.bind(manager) as (...given: unknown[]) => Promise<unknown>;
  const forgetting = async (...given: unknown[]): Promise<unknown> => {
    const kept = list.length;
    try {
      return await nest(...given);
    } catch (error) {
      list.length = kept;
      throw error;
    }
  };
  Object.assign(manager, { transaction: forgetting });
}
