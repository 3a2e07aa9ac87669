import { CoalescedWork } from './coalesced-work.js';

/** A batch that was begun, and what ends it. */
interface Begun {
  readonly items: readonly number[];
  finish(): void;
  fail(error: Error): void;
}

/** Work that waits to be told how it ends; an item's result is its double. */
function workInHand(
  lanes: number,
  batchSize = 100,
): { work: CoalescedWork<number, number>; begun: Begun[] } {
  const begun: Begun[] = [];
  const work = new CoalescedWork<number, number>({
    batchSize,
    lanes,
    work: (items) =>
      new Promise((resolve, reject) => {
        begun.push({
          items,
          finish: () => {
            resolve(items.map((item) => item * 2));
          },
          fail: reject,
        });
      }),
  });
  return { work, begun };
}

/** The end of the event loop's turn, when work begins. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const doAll = (
  work: CoalescedWork<number, number>,
  items: number[],
): Promise<PromiseSettledResult<number>[]> =>
  Promise.allSettled(items.map((item) => work.do(item)));

describe('coalesced work', () => {
  it('does in one batch what came in one turn of the event loop', async () => {
    const { work, begun } = workInHand(1);
    const results = Promise.all([1, 2, 3].map((item) => work.do(item)));
    await endOfTurn();
    expect(begun.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    begun[0]!.finish();
    await expect(results).resolves.toEqual([2, 4, 6]);
  });

  it('gathers what comes while all lanes are taken', async () => {
    const { work, begun } = workInHand(2);
    const first = work.do(1);
    await endOfTurn();
    const second = work.do(2);
    await endOfTurn();
    const rest = doAll(work, [3, 4, 5]);
    await endOfTurn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2]]);
    begun[0]!.finish();
    await first;
    await endOfTurn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2], [3, 4, 5]]);
    begun[1]!.finish();
    begun[2]!.finish();
    await expect(second).resolves.toBe(4);
    expect((await rest).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  it('does no more at once than a batch holds, and none twice', async () => {
    const { work, begun } = workInHand(1, 2);
    const all = doAll(work, [1, 2, 3, 4, 5]);
    for (let batch = 0; batch < 3; batch++) {
      await endOfTurn();
      expect(begun).toHaveLength(batch + 1);
      begun[batch]!.finish();
      await endOfTurn();
    }
    await all;
    expect(begun.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fails exactly those of a batch that fails, and goes on', async () => {
    const { work, begun } = workInHand(1);
    const failing = doAll(work, [1, 2]);
    await endOfTurn();
    const later = doAll(work, [3, 4]);
    const fault = new Error('connection lost');
    begun[0]!.fail(fault);
    expect(await failing).toEqual(Array(2).fill({ status: 'rejected', reason: fault }));
    await endOfTurn();
    begun[1]!.finish();
    expect(await later).toEqual([
      { status: 'fulfilled', value: 6 },
      { status: 'fulfilled', value: 8 },
    ]);
  });

  it('answers nobody by a batch that has not a result for each', async () => {
    const work = new CoalescedWork<number, number>({
      batchSize: 9,
      lanes: 1,
      work: () => Promise.resolve([1]),
    });
    expect((await doAll(work, [1, 2])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
  });
});
