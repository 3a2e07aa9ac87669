import { RecentCopy } from './recent-copy.js';

/** A load that ends when the test says so, on a clock that goes when the test says so. */
class Stage {
  readonly runs: { readonly succeed: () => void; readonly fail: () => void }[] = [];
  readonly copy: RecentCopy<number>;
  private time = 5000;
  private readonly sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  constructor() {
    const clock = {
      now: () => this.time,
      pause: (milliseconds: number) =>
        new Promise<void>((wake) => this.sleepers.push({ until: this.time + milliseconds, wake })),
    };
    this.copy = new RecentCopy(() => this.run(), clock);
  }

  /** @returns when everything that can go on has gone on */
  async pass(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    for (const { until, wake } of this.sleepers) if (until <= this.time) wake();
    await settled();
  }

  async end(run: number, how: 'succeed' | 'fail' = 'succeed'): Promise<void> {
    this.runs[run]![how]();
    await settled();
  }

  /** Answers its own number. */
  private run(): Promise<number> {
    const number = this.runs.length;
    return new Promise((resolve, reject) => {
      this.runs.push({
        succeed: () => {
          resolve(number);
        },
        fail: () => {
          reject(new Error(`load ${number}`));
        },
      });
    });
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a recent copy', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  it('is loaded once for all who ask at once, and again when it is too old', async () => {
    const { copy, runs } = stage;
    const asked = [copy.get(100), copy.get(100), copy.get(0)];
    await stage.end(0);
    expect(await Promise.all(asked)).toEqual([0, 0, 0]);
    await stage.pass(100);
    expect(await copy.get(100)).toBe(0);
    expect(runs).toHaveLength(1);
    const later = copy.get(99);
    await stage.end(1);
    expect(await later).toBe(1);
  });

  it('is as old as the beginning of its load', async () => {
    const { copy, runs } = stage;
    const asked = copy.get(100);
    await stage.pass(101);
    await stage.end(0);
    expect(await asked).toBe(0);
    void copy.get(100);
    expect(runs).toHaveLength(2);
  });

  it('reloads after the question, not with a load that began before it', async () => {
    const { copy, runs } = stage;
    void copy.get(0);
    await stage.pass(1000);
    const reloaded = copy.reload();
    await stage.end(0);
    expect(runs).toHaveLength(2);
    await stage.end(1);
    expect(await reloaded).toBe(1);
  });

  it('reloads once a second, for all who wait together', async () => {
    const { copy, runs } = stage;
    const first = copy.reload();
    await stage.end(0);
    expect(await first).toBe(0);
    await stage.pass(200);
    const asked = [copy.reload(), copy.reload()];
    await stage.pass(799);
    asked.push(copy.reload());
    expect(runs).toHaveLength(1);
    await stage.pass(1);
    expect(runs).toHaveLength(2);
    await stage.end(1);
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
  });

  it('takes the load that somebody else began after the question', async () => {
    const { copy, runs } = stage;
    void copy.get(0);
    await stage.end(0);
    const reloaded = copy.reload();
    await stage.pass(500);
    void copy.get(499);
    await stage.pass(500);
    await stage.end(1);
    expect(await reloaded).toBe(1);
    expect(runs).toHaveLength(2);
  });

  it('fails for those who waited, keeps what it had, and tries again', async () => {
    const { copy, runs } = stage;
    void copy.get(0);
    await stage.end(0);
    await stage.pass(1000);
    const failed = [copy.reload(), copy.reload()].map((each) => each.catch(String));
    await settled();
    await stage.end(1, 'fail');
    expect(await Promise.all(failed)).toEqual(['Error: load 1', 'Error: load 1']);
    expect(await copy.get(1000)).toBe(0);
    const again = copy.get(999);
    expect(runs).toHaveLength(3);
    await stage.end(2);
    expect(await again).toBe(2);
  });
});
