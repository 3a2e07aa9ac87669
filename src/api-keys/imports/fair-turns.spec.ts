import { TooManyRequests } from '../../problem.js';
import { FairTurns } from './fair-turns.js';

class Busy extends TooManyRequests {
  constructor() {
    super(1);
  }
}

/** Work that ends when it is told to, each after the one before it. */
class Bench {
  readonly begun: string[] = [];
  readonly refused: string[] = [];
  private readonly ends: (() => void)[] = [];
  private readonly turns: FairTurns;

  constructor(mostWaiting: number) {
    this.turns = new FairTurns(mostWaiting);
  }

  /** One for each name: `a1` is the first one of `a`. */
  ask(...names: string[]): void {
    for (const name of names) {
      const whose = name.charAt(0);
      this.turns
        .take({ whose, busy: Busy }, () => {
          this.begun.push(name);
          return new Promise<void>((resolve) => this.ends.push(resolve));
        })
        .catch((error: unknown) => {
          if (!(error instanceof Busy)) throw error;
          this.refused.push(name);
        });
    }
  }

  /** Lets all of it come to its end. */
  async finish(): Promise<void> {
    await settled();
    for (let end = this.ends.shift(); end; end = this.ends.shift()) {
      end();
      await settled();
    }
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('goes round among those whose work waits', async () => {
  const bench = new Bench(10);
  bench.ask('a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2');
  await bench.finish();
  expect(bench.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  expect(bench.refused).toEqual([]);
});

it('does one at a time, and goes on after work that failed', async () => {
  const turns = new FairTurns(10);
  let running = 0;
  const work = async (fails: boolean): Promise<number> => {
    running += 1;
    const most = running;
    await settled();
    running -= 1;
    if (fails) throw new Error('failed');
    return most;
  };
  const done = await Promise.allSettled(
    [false, true, false].map((fails) => turns.take({ whose: 'a', busy: Busy }, () => work(fails))),
  );
  expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await turns.take({ whose: 'a', busy: Busy }, () => work(false))).toBe(1);
  expect(done[2]).toMatchObject({ value: 1 });
});

it('refuses who comes when so many wait', async () => {
  const bench = new Bench(2);
  bench.ask('a1', 'a2', 'a3', 'a4', 'a5');
  await bench.finish();
  expect([bench.begun, bench.refused]).toEqual([
    ['a1', 'a2', 'a3'],
    ['a4', 'a5'],
  ]);
  bench.ask('a6');
  await bench.finish();
  expect(bench.begun.at(-1)).toBe('a6');
});

it('turns the last one of the longest line away for who has fewer waiting', async () => {
  const bench = new Bench(4);
  bench.ask('a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1', 'b3', 'a6');
  await bench.finish();
  expect(bench.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'b2']);
  expect(bench.refused.toSorted()).toEqual(['a3', 'a4', 'a5', 'a6', 'b3']);
});
