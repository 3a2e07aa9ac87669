/** Something in memory of which JSON is told. */
export interface Told {
  wasTold: boolean;
  /** Null where it has to be made. */
  json: string | null;
}

/**
 * Keeps the JSON of what is asked for again and again: from the second time on, and of so many things at
 * most, whichever was kept first being forgotten first. What is asked for once leaves nothing behind.
 */
export class KeptJson<T extends Told> {
  private readonly kept: T[] = [];
  private next = 0;

  constructor(private readonly most: number) {}

  /** @param make what is told of it; it must not change as long as the thing is in memory */
  of(thing: T, make: (thing: T) => string): string {
    return thing.json ?? this.made(thing, make(thing));
  }

  private made(thing: T, json: string): string {
    if (thing.wasTold) this.keep(thing, json);
    thing.wasTold = true;
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
