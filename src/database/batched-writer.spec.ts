import { BatchedWriter } from './batched-writer.js';

const HOUR_MS = 3_600_000;

type Batch = Record<string, string>;

/** Notes every batch; a test may make writes fail or wait. */
function writerOf(intervalMs: number, write?: (batch: Batch) => Promise<void> | void) {
  const written: Batch[] = [];
  const failures: unknown[] = [];
  const writer = new BatchedWriter<string>({
    intervalMs,
    merge: (older, newer) => older + newer,
    write: async (entries) => {
      const batch = Object.fromEntries(entries);
      await write?.(batch);
      written.push(batch);
    },
    onFailure: (error) => failures.push(error),
  });
  return { writer, written, failures };
}

function pending() {
  let resolve: (() => void) | undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve?.() };
}

describe('the batched writer', () => {
  it('merges by row and writes everything together', async () => {
    const { writer, written } = writerOf(HOUR_MS);
    writer.add('a', '1');
    writer.add('b', '1');
    writer.add('a', '2');
    await writer.close();
    expect(written).toEqual([{ a: '12', b: '1' }]);
  });

  it('writes by itself once the interval is over', async () => {
    const batch = await new Promise<Batch>((resolve) => {
      writerOf(1, resolve).writer.add('a', '1');
    });
    expect(batch).toEqual({ a: '1' });
  });

  it('writes nothing where nothing waits', async () => {
    const { writer, written } = writerOf(HOUR_MS);
    await writer.flush();
    await writer.close();
    expect(written).toEqual([]);
  });

  it('writes at most 200 rows in one statement', async () => {
    const { writer, written } = writerOf(HOUR_MS);
    for (let row = 0; row < 500; row++) writer.add(String(row), '1');
    await writer.close();
    expect(written.map((batch) => Object.keys(batch).length)).toEqual([200, 200, 100]);
  });

  it('keeps what a failed write held, before what came meanwhile', async () => {
    let isDown = true;
    const { writer, written, failures } = writerOf(HOUR_MS, () => {
      if (!isDown) return;
      writer.add('a', '2');
      throw new Error('the database is away');
    });
    writer.add('a', '1');
    writer.add('b', '1');
    await writer.flush();
    expect(failures).toEqual([new Error('the database is away')]);
    isDown = false;
    await writer.close();
    expect(written).toEqual([{ a: '12', b: '1' }]);
  });

  it('tries again by itself after a failure', async () => {
    let attempts = 0;
    const batch = await new Promise<Batch>((resolve) => {
      const { writer } = writerOf(1, (each) => {
        if (++attempts === 1) throw new Error('the database is away');
        resolve(each);
      });
      writer.add('a', '1');
    });
    expect([attempts, batch]).toEqual([2, { a: '1' }]);
  });

  it('closes only when a write in progress and the rest behind it are done', async () => {
    const { promise: running, resolve: finish } = pending();
    const { writer, written } = writerOf(HOUR_MS, () => running);
    writer.add('a', '1');
    const first = writer.flush();
    await Promise.resolve();
    writer.add('a', '2');
    const closed = writer.close();
    expect(written).toEqual([]);
    finish();
    await Promise.all([first, closed]);
    expect(written).toEqual([{ a: '1' }, { a: '2' }]);
  });
});
