import { KeptJson, type Told } from './kept-json.js';

class Thing implements Told {
  json: string | null = null;

  constructor(readonly name: string) {}
}

const things = (count: number): Thing[] =>
  Array.from({ length: count }, (_, index) => new Thing(`${index}`));
const keptOf = (all: readonly Thing[]): Thing[] => all.filter(({ json }) => json !== null);

describe('JSON that is kept', () => {
  let made = 0;
  const tell = ({ name }: Thing): string => {
    made += 1;
    return `{"name":"${name}"}`;
  };
  beforeEach(() => {
    made = 0;
  });

  it('is the same whether it was made or kept, and soon made no more', () => {
    const kept = new KeptJson<Thing>(10_000);
    const all = things(100);
    for (let round = 0; round < 100; round++) {
      for (const thing of all) expect(kept.of(thing, tell)).toBe(`{"name":"${thing.name}"}`);
    }
    expect(keptOf(all)).toEqual(all);
    expect(made).toBeLessThan(2000);
  });

  it('is kept of few things that are asked for once', () => {
    const kept = new KeptJson<Thing>(100_000);
    const all = things(1000);
    for (const thing of all) kept.of(thing, tell);
    expect(keptOf(all).length).toBeLessThan(100);
  });

  it('has so many characters and no more, however many things are asked for', () => {
    const kept = new KeptJson<Thing>(100);
    const all = things(100);
    for (let round = 0; round < 20; round++) for (const thing of all) kept.of(thing, tell);
    // `{"name":"12"}`, of some with one digit.
    expect(keptOf(all)).toHaveLength(7);
  });

  it('makes room for a long text by forgetting several, and keeps none that is too long', () => {
    const kept = new KeptJson<Thing>(100);
    const [long, tooLong] = [new Thing('x'.repeat(60)), new Thing('x'.repeat(200))];
    const short = things(5);
    const askFor = (thing: Thing): void => {
      for (let time = 0; time < 17; time++) kept.of(thing, tell);
    };
    for (const each of short) askFor(each);
    expect(keptOf(short)).toEqual(short);
    askFor(long);
    expect(keptOf([...short, long])).toEqual([...short.slice(3), long]);
    askFor(tooLong);
    expect(keptOf([...short, long, tooLong])).toEqual([]);
    askFor(long);
    expect(keptOf([long])).toEqual([long]);
  });
});
