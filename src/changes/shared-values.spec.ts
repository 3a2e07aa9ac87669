import { SharedValues } from './shared-values.js';

describe('shared values', () => {
  it('are made once for each text, and forgotten only when there are too many', () => {
    const made: string[] = [];
    const values = new SharedValues((text) => {
      made.push(text);
      return { text };
    });
    expect(values.of('a')).toEqual({ text: 'a' });
    expect(values.of('a')).toBe(values.of('a'));
    for (let number = 0; number < 10_000; number++) values.of(String(number));
    values.of('a');
    expect(made.filter((text) => text === 'a')).toHaveLength(2);
  });
});
