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

/**
 * Keeps the JSON of what is asked for often, of so many characters together at most; the first is
 * forgotten first. Nobody else counts them: not by how many things they are told of is it bounded, since
 * one of them may say a hundred times as much as another.
 */
export class KeptJson<T extends Told> {
  /** In the order in which they were kept. */
  private readonly kept = new Set<T>();
  private characters = 0;
  private made = 0;

  constructor(private readonly mostCharacters: number) {}

  /** @param make what is told of it; it must not change as long as the thing is in memory */
  of(thing: T, make: (thing: T) => string): string {
    if (thing.json !== null) return thing.json;
    const json = make(thing);
    this.made = (this.made + 1) % KEPT_OF_MADE;
    if (this.made === 0) this.keep(thing, json);
    return json;
  }

  private keep(thing: T, json: string): void {
    thing.json = json;
    this.kept.add(thing);
    this.characters += json.length;
    for (const first of this.kept) {
      if (this.characters <= this.mostCharacters) return;
      this.forget(first);
    }
  }

  private forget(thing: T): void {
    this.kept.delete(thing);
    this.characters -= thing.json?.length ?? 0;
    thing.json = null;
  }
}
