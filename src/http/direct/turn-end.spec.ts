import { AsyncLocalStorage } from 'node:async_hooks';
import { TurnEnd } from './turn-end.js';

describe('the end of a turn', () => {
  it('comes after everything of the turn, for all who wait for it, in their order', async () => {
    const turnEnd = new TurnEnd();
    const seen: string[] = [];
    const wait = async (name: string): Promise<void> => {
      await turnEnd.reached();
      seen.push(name);
    };
    const first = wait('first');
    await Promise.resolve();
    const second = wait('second');
    // What comes of it in the same turn, however many steps later.
    process.nextTick(() => {
      void Promise.resolve().then(() => {
        process.nextTick(() => seen.push('later step'));
      });
    });
    await Promise.all([first, second]);
    expect(seen).toEqual(['later step', 'first', 'second']);
  });

  it('comes again, also for who begins to wait at one', async () => {
    const turnEnd = new TurnEnd();
    await turnEnd.reached();
    let isReached = false;
    const again = turnEnd.reached().then(() => {
      isReached = true;
    });
    await Promise.resolve();
    expect(isReached).toBe(false);
    await again;
    expect(isReached).toBe(true);
  });

  it('leaves everyone in his own context', async () => {
    const turnEnd = new TurnEnd();
    const storage = new AsyncLocalStorage<string>();
    const within = (name: string): Promise<string | undefined> =>
      storage.run(name, async () => {
        await turnEnd.reached();
        return storage.getStore();
      });
    expect(await Promise.all([within('one'), within('other')])).toEqual(['one', 'other']);
  });
});
