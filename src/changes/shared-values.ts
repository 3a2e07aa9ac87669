import { LRUCache } from 'lru-cache';

const MOST = 10_000;

/**
 * Values that many entries in memory have in common, kept once: rows come from the database each with
 * its own copy of the ids, texts and rules that all rows of an organization have.
 */
export class SharedValues<T extends object | string> {
  private readonly values = new LRUCache<string, T>({ max: MOST });

  /** @param make the value of a text; nobody may change what it returns */
  constructor(private readonly make: (text: string) => T) {}

  of(text: string): T {
    let value = this.values.get(text);
    if (value === undefined) {
      value = this.make(text);
      this.values.set(text, value);
    }
    return value;
  }
}
