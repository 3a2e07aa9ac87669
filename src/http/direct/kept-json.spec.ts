import { KeptJson, type Told } from './kept-json.js';

class Thing implements Told {
  wasTold = false;
  json: string | null = null;

  constructor(readonly name: string) {}
}

describe('JSON that is kept', () => {
  let made: string[] = [];
  const tell = (thing: Thing): string => {
    made.push(thing.name);
    return `{"name":"${thing.name}"}`;
  };
  beforeEach(() => {
    made = [];
  });

  it('is the same whether it was made or kept, and made twice', () => {
    const kept = new KeptJson<Thing>(2);
    const thing = new Thing('a');
    for (let time = 0; time < 5; time++) expect(kept.of(thing, tell)).toBe('{"name":"a"}');
    expect(made).toEqual(['a', 'a']);
  });

  it('is not kept of what is asked for once', () => {
    const kept = new KeptJson<Thing>(2);
    const things = ['a', 'b', 'c'].map((name) => new Thing(name));
    for (const thing of things) kept.of(thing, tell);
    expect(things.map(({ json }) => json)).toEqual([null, null, null]);
  });

  it('is kept of so many things, and the first of them is forgotten', () => {
    const kept = new KeptJson<Thing>(2);
    const things = ['a', 'b', 'c'].map((name) => new Thing(name));
    for (const thing of [...things, ...things]) kept.of(thing, tell);
    expect(things.map(({ json }) => json)).toEqual([null, '{"name":"b"}', '{"name":"c"}']);
    expect(things.map((thing) => kept.of(thing, tell))).toEqual([
      '{"name":"a"}',
      '{"name":"b"}',
      '{"name":"c"}',
    ]);
  });
});
