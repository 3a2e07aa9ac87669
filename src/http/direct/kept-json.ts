/** Something in memory of which JSON is told. */
export interface Told {
  /** Null where it has to be made. */
  json: string | null;
}

/**
 * One text of so many that are made is kept: whoever is asked for often is among them soon, whoever is
 * asked for once hardly ever. Keeping all would fill the old part of memory with what nobody asks for
 * again. A prime, since requests may come round in an order of their own.
 */
const KEPT_OF_MADE = 17;

/** Keeps the JSON of what is asked for often, of so many things at most; the first is forgotten first. */
export class KeptJson<T extends Told> {
  private readonly kept: T[] = [];
  private next = 0;
  private made = 0;

  constructor(private readonly most: number) {}

  /** @param make what is told of it; it must not change as long as the thing is in memory */
  of(thing: T, make: (thing: T) => string): string {
    if (thing.json !== null) return thing.json;
    const json = make(thing);
    this.made = (this.made + 1) % KEPT_OF_MADE;
    if (this.made === 0) this.keep(thing, json);
    return json;
  }

  private keep(thing: T, json: string): void {
    const forgotten = this.kept[this.next];
    if (forgotten) forgotten.json = null;
    this.kept[this.next] = thing;
    this.next = (this.next + 1) % this.most;
    thing.json = json;
  }
}
