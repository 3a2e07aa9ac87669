import { Lease, LEASE_MS } from './lease.js';
import { type Found, type LookUp, LookUpCache } from './look-up-cache.js';
import { RecentChanges } from './recent-changes.js';

const SECOND_MS = 1000;
const NO_REPLICAS = { mayAnswer: false, tryRead: () => Promise.resolve(null) };

/** A cache of a node whose clock only a test moves, and the database behind it. */
function node({ cacheMb = 1 } = {}) {
  let now = 0;
  const clock = (): number => now;
  const lease = new Lease({ monotonic: clock, wall: clock });
  const changes = new RecentChanges();
  const cache = new LookUpCache({ lease, changes }, { config: { cacheMb } }, NO_REPLICAS);
  const rows = new Map<string, string>();
  const asked: string[][] = [];
  let gate: Promise<void> = Promise.resolve();
  const load = async (lookUps: readonly LookUp[]): Promise<Found<string>[]> => {
    asked.push(lookUps.map(({ name }) => name));
    const answers = lookUps.map(({ name, tenant }) => ({
      value: rows.get(`${tenant ?? ''}${name}`) ?? null,
      dependsOn: [`row ${name}`],
    }));
    await gate;
    return answers;
  };
  const renew = (): void => {
    lease.renew(lease.moment());
  };
  renew();
  return {
    rows,
    asked,
    cache,
    renew,
    changed: (name: string) => {
      changes.note(`row ${name}`);
    },
    passed: (ms: number) => {
      now += ms;
    },
    find: (...names: string[]) => cache.find(names.map(lookUpOf), load),
    findTogether: (name: string, more: Partial<LookUp> = {}) =>
      cache.findTogether([{ ...lookUpOf(name), ...more }], load),
    findIn: (tenant: string, name: string) => cache.find([{ ...lookUpOf(name), tenant }], load),
    findAs: (purpose: string, name: string) => cache.find([{ ...lookUpOf(name), purpose }], load),
    /** Answers of the database wait until it is opened. */
    close: () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => {
        gate = Promise.resolve();
        open();
      };
    },
  };
}

const lookUpOf = (name: string): LookUp => ({ purpose: 'row', tenant: null, name });

describe('look-ups from memory', () => {
  it('asks the database once', async () => {
    const { rows, asked, find, cache } = node();
    rows.set('a', 'A');
    expect([await find('a'), await find('a')]).toEqual([['A'], ['A']]);
    expect(asked).toEqual([['a']]);
    expect(cache.counts).toEqual({ hits: 1, misses: 1 });
  });

  it('asks for all that is missing together, and answers in order', async () => {
    const { rows, asked, find } = node();
    for (const name of ['a', 'b', 'c']) rows.set(name, name.toUpperCase());
    await find('b');
    expect(await find('a', 'b', 'x', 'c', 'a')).toEqual(['A', 'B', null, 'C', 'A']);
    expect(asked).toEqual([['b'], ['a', 'x', 'c', 'a']]);
  });

  it('asks again once what the answer depends on has changed, and only then', async () => {
    const { rows, asked, find, changed } = node();
    rows.set('a', 'A').set('b', 'B');
    await find('a', 'b');
    rows.set('a', 'A2');
    changed('a');
    expect(await find('a', 'b')).toEqual(['A2', 'B']);
    expect(asked).toEqual([['a', 'b'], ['a']]);
  });

  it('does not keep what was read before a change and arrived after it', async () => {
    const { rows, find, changed, close } = node();
    rows.set('a', 'old');
    const open = close();
    const early = find('a');
    rows.set('a', 'new');
    changed('a');
    open();
    // It was asked before the change.
    expect(await early).toEqual(['old']);
    expect(await find('a')).toEqual(['new']);
  });

  it('does not hand whoever asks after a change what was read before it', async () => {
    const { rows, find, changed, close } = node();
    rows.set('a', 'old');
    const open = close();
    const early = find('a');
    rows.set('a', 'new');
    changed('a');
    const late = find('a');
    open();
    expect([await early, await late]).toEqual([['old'], ['new']]);
  });

  it('asks once for what twenty look for at once', async () => {
    const { rows, asked, find } = node();
    rows.set('a', 'A');
    const found = await Promise.all(Array.from({ length: 20 }, () => find('a')));
    expect(found).toEqual(Array.from({ length: 20 }, () => ['A']));
    expect(asked).toEqual([['a']]);
  });

  it('asks for what different ones look for at once by one statement, where that may be', async () => {
    const { rows, asked, findTogether } = node();
    rows.set('a', 'A').set('b', 'B').set('onec', 'C');
    const found = await Promise.all([
      findTogether('a'),
      findTogether('b'),
      findTogether('a'),
      findTogether('x'),
      findTogether('c', { tenant: 'one' }),
      findTogether('b', { purpose: 'column' }),
    ]);
    expect(found).toEqual([['A'], ['B'], ['A'], [null], ['C'], ['B']]);
    expect(asked.toSorted()).toEqual([['a', 'b', 'x'], ['b'], ['c']]);
    // From memory now, each by itself.
    expect([await findTogether('a'), await findTogether('b')]).toEqual([['A'], ['B']]);
    expect(asked).toHaveLength(3);
  });

  it('asks for nothing that was looked for before a change together with what comes after it', async () => {
    const { rows, findTogether, changed, close } = node();
    rows.set('a', 'old').set('b', 'B');
    const open = close();
    const early = findTogether('a');
    await new Promise(setImmediate);
    rows.set('a', 'new');
    changed('a');
    const late = Promise.all([findTogether('a'), findTogether('b')]);
    open();
    expect([await early, await late]).toEqual([['old'], [['new'], ['B']]]);
  });

  it('asks each time when the lease is over, and not before', async () => {
    const { rows, asked, find, passed, renew } = node();
    rows.set('a', 'A');
    await find('a');
    passed(LEASE_MS - 1);
    await find('a');
    expect(asked).toHaveLength(1);
    passed(1);
    await find('a');
    await find('a');
    expect(asked).toHaveLength(3);
    renew();
    await find('a');
    expect(asked).toHaveLength(3);
  });

  it('remembers for a second that there is nothing', async () => {
    const { rows, find, passed, renew } = node();
    expect(await find('a')).toEqual([null]);
    rows.set('a', 'A');
    passed(SECOND_MS - 1);
    renew();
    expect(await find('a')).toEqual([null]);
    passed(1);
    expect(await find('a')).toEqual(['A']);
  });

  it('A75, A82: tells apart by tenant, by purpose and by the whole name', async () => {
    const { rows, findIn, findAs, find, asked } = node();
    rows.set('one a', 'A');
    expect(await findIn('two ', 'a')).toEqual([null]);
    expect(await findIn('one ', 'a')).toEqual(['A']);
    rows.set('name', 'B');
    expect(await find('names')).toEqual([null]);
    expect(await find('name')).toEqual(['B']);
    await findAs('other', 'name');
    expect(asked).toHaveLength(5);
  });

  it('keeps no more than fits', async () => {
    const { rows, find, cache } = node({ cacheMb: 1 });
    const big = 'x'.repeat(10_000);
    for (let row = 0; row < 200; row++) {
      rows.set(`${row}`, big);
      await find(`${row}`);
    }
    const { bytes, entries } = cache.size;
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(entries).toBeGreaterThan(80);
    expect(entries).toBeLessThan(105);
  });

  it('counts what will be made of a value with it', async () => {
    const sizeWith = async (more: { laterBytes?: number }): Promise<number> => {
      const { cache } = node();
      const load = () => Promise.resolve([{ value: 'A', dependsOn: [], ...more }]);
      await cache.find([lookUpOf('a')], load);
      return cache.size.bytes;
    };
    expect((await sizeWith({ laterBytes: 600 })) - (await sizeWith({}))).toBe(600);
  });

  it('remembers no more than ten thousand things that are not there', async () => {
    const { find, cache } = node();
    for (let row = 0; row < 10_100; row++) await find(`${row}`);
    expect(cache.size.entries).toBe(10_000);
  });

  it('keeps nothing of a look-up that failed', async () => {
    const { rows, find, cache } = node();
    const failing = cache.find([lookUpOf('a')], () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    rows.set('a', 'A');
    expect(await find('a')).toEqual(['A']);
  });
});
