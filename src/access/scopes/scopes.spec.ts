import { ScopeCatalogue } from './scopes.js';

/** What every plain object answers to. */
const INHERITED = ['constructor', 'hasOwnProperty', 'toString', '__proto__'];

describe('scopes', () => {
  it.each(INHERITED)('%s is a scope like any other: unknown, and part of nothing', (scope) => {
    const catalogue = new ScopeCatalogue([]);
    expect(catalogue.isKnown(scope)).toBe(false);
    expect(catalogue.covers(catalogue.expand(['*']), scope)).toBe(false);
    expect([...catalogue.expand([scope])]).toEqual([scope]);
  });

  it.each(INHERITED)('%s stands for itself where the host registers it', (scope) => {
    const catalogue = new ScopeCatalogue([scope]);
    expect(catalogue.isKnown(scope)).toBe(true);
    expect(catalogue.covers(catalogue.expand(['*']), scope)).toBe(true);
    expect(catalogue.covers(catalogue.expand(['read']), scope)).toBe(false);
    expect([...catalogue.effective([scope], null)]).toEqual([scope]);
  });
});
