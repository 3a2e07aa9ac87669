import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { CoalescedWork } from '../database/coalesced-work.js';
import { ChangeView } from './change-view.js';
import { estimatedSize } from './estimated-size.js';
import { LEASE_MS, type Moment } from './lease.js';
import { Replicas } from './replicas/replicas.js';

/** What is looked for, in full: entries, and look-ups under way, are told apart by all of it. */
export interface LookUp {
  /** What kind of thing it is. */
  readonly purpose: string;
  /** UUID of the organization within which it is looked for; null for all of them. */
  readonly tenant: string | null;
  /** The whole hash or id. */
  readonly name: string;
}

/** What the database says of it. */
export interface Found<T> {
  /** Null where there is no such thing. */
  readonly value: T | null;
  /** All subjects whose change makes it stale. */
  readonly dependsOn: readonly string[];
  /** What will be made of the value and stay with it, in bytes; 0 where it is left out. */
  readonly laterBytes?: number;
}

interface Entry {
  readonly value: unknown;
  readonly dependsOn: readonly string[];
  /** Where the node stood in the log before the database was asked. */
  readonly position: number;
  readonly askedAt: Moment;
}

/** Look-ups that one statement answers. */
interface Flight {
  readonly askedAt: Moment;
  readonly entries: Promise<ReadonlyMap<string, Entry>>;
}

/** Asks the database; the answers stand in the order of the look-ups. */
type Load<L, T> = (missing: readonly L[]) => Promise<readonly Found<T>[]>;

type SharedWork = CoalescedWork<LookUp, Found<unknown>>;

/** What does not change all the same is asked for again after so long, in milliseconds: last uses. */
const PRESENT_FOR_MS = 10 * 60_000;
/** That nothing was found holds so long, in milliseconds, and for so many look-ups. */
const ABSENT_FOR_MS = 1000;
const MOST_ABSENT = 10_000;
/** Look-ups of one statement, and statements of one purpose at the same time. */
const MOST_TOGETHER = 100;
const LANES = 2;
const MIB = 1024 * 1024;
/**
 * What an entry takes beside its value, in bytes: its names and its places in the tables, less what the
 * values of an organization have in common. Measured: 1.2 KB for a key, 1.3 with this.
 */
const OVERHEAD_BYTES = 350;

/**
 * What the database has said of credentials, in memory up to a bound. An entry is good as long as
 * nothing that it depends on has changed since the database was asked, as far as the node's lease on
 * the log says so; without the lease every look-up asks the database. What is looked up by several
 * at once is asked for once, and different things by one statement, which begins after all of them asked.
 */
@Injectable()
export class LookUpCache {
  private readonly present: LRUCache<string, Entry>;
  private readonly absent = new LRUCache<string, Entry>({ max: MOST_ABSENT });
  private readonly flights = new Map<string, Flight>();
  /** By purpose: what is asked of the database together. */
  private readonly shared = new Map<string, SharedWork>();
  private hitCount = 0;
  private missCount = 0;

  constructor(
    @Inject(ChangeView) private readonly view: Pick<ChangeView, 'changes' | 'lease'>,
    @Inject(RUNTIME) { config }: { readonly config: Pick<Runtime['config'], 'cacheMb'> },
    @Inject(Replicas) private readonly replicas: Pick<Replicas, 'mayAnswer' | 'tryRead'>,
  ) {
    this.present = new LRUCache({ maxSize: config.cacheMb * MIB });
  }

  /** Look-ups that were answered from memory, and those that were not. */
  get counts(): { readonly hits: number; readonly misses: number } {
    return { hits: this.hitCount, misses: this.missCount };
  }

  /** Entries, those of nothing included, and what they take of memory, estimated. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return {
      entries: this.present.size + this.absent.size,
      bytes: this.present.calculatedSize,
    };
  }

  /** What is in memory of it, be it that there is nothing; undefined where the database has to be asked. */
  recall<T>(lookUp: LookUp): Pick<Found<T>, 'value'> | undefined {
    const entry = this.remembered(keyOf(lookUp));
    if (entry) this.hitCount += 1;
    return entry as Found<T> | undefined;
  }

  /** What there is of each, in order; `load` is asked once for all that is not in memory. */
  find<T, L extends LookUp>(lookUps: readonly L[], load: Load<L, T>): Promise<(T | null)[]> {
    return this.lookUp(lookUps, (missing) => this.ask(missing, load));
  }

  /** The same, where `load` may also be asked for what others look for at the same time. */
  findTogether<T, L extends LookUp>(
    lookUps: readonly L[],
    load: Load<L, T>,
  ): Promise<(T | null)[]> {
    return this.lookUp(lookUps, (missing) => this.askTogether(missing, load));
  }

  private async lookUp<T, L extends LookUp>(
    lookUps: readonly L[],
    ask: Load<L, T>,
  ): Promise<(T | null)[]> {
    const remembered = lookUps.map((each) => this.remembered(keyOf(each)));
    const missing = lookUps.filter((_, index) => !remembered[index]);
    this.hitCount += lookUps.length - missing.length;
    this.missCount += missing.length;
    const loaded = missing.length > 0 ? (await this.fetch(missing, ask)).values() : null;
    return remembered.map((entry) => (entry ?? loaded?.next().value)?.value as T | null);
  }

  private remembered(key: string): Entry | undefined {
    const entry = this.present.get(key) ?? this.absent.get(key);
    return entry && this.isGood(entry) ? entry : undefined;
  }

  private isGood({ value, dependsOn, position, askedAt }: Entry): boolean {
    const { lease, changes } = this.view;
    if (!lease.isHeld || changes.hasChanged(position, dependsOn)) return false;
    if (value === null && changes.mayHaveAppeared(position)) return false;
    return lease.sinceMs(askedAt) < (value === null ? ABSENT_FOR_MS : PRESENT_FOR_MS);
  }

  private async fetch<T, L extends LookUp>(
    missing: readonly L[],
    ask: Load<L, T>,
  ): Promise<Entry[]> {
    const keys = missing.map(keyOf);
    const underWay = keys.map((key) => this.joinable(key));
    const own = missing.filter((_, index) => !underWay[index]);
    const started = own.length > 0 ? this.begin(own, ask) : null;
    const entries = missing.map(async (lookUp, index) => {
      const key = keyOf(lookUp);
      const flight = underWay[index];
      if (!flight) return entryIn(await started?.entries, key);
      // Whoever asks is later than the question that he joined: it may have been answered too early.
      const entry = entryIn(await flight.entries, key);
      return this.isGood(entry) ? entry : entryIn(await this.begin([lookUp], ask).entries, key);
    });
    return Promise.all(entries);
  }

  private joinable(key: string): Flight | undefined {
    const flight = this.flights.get(key);
    const { lease } = this.view;
    return flight && lease.isHeld && lease.sinceMs(flight.askedAt) < LEASE_MS ? flight : undefined;
  }

  private begin<T, L extends LookUp>(lookUps: readonly L[], ask: Load<L, T>): Flight {
    const { position } = this.view.changes;
    const askedAt = this.view.lease.moment();
    const keys = lookUps.map(keyOf);
    const entries = ask(lookUps).then((found) => {
      // Member by member: what is made by spreading takes three times as much memory.
      const pairs = found.map(
        ({ value, dependsOn }, index) =>
          [keys[index] ?? '', { value, dependsOn, position, askedAt }] as const,
      );
      for (const [index, [key, entry]] of pairs.entries()) {
        this.remember(key, entry, found[index]?.laterBytes);
      }
      return new Map(pairs);
    });
    const flight = { askedAt, entries };
    for (const key of keys) this.flights.set(key, flight);
    const land = (): void => {
      for (const key of keys) if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    entries.then(land, land);
    return flight;
  }

  /** By one statement with what others ask meanwhile, of the same kind and among all organizations. */
  private askTogether<T, L extends LookUp>(
    lookUps: readonly L[],
    load: Load<L, T>,
  ): Promise<readonly Found<T>[]> {
    const [{ purpose, tenant } = { purpose: '', tenant: null }] = lookUps;
    // Within one organization few ask at once.
    if (tenant !== null) return this.ask(lookUps, load);
    const shared = this.shared.get(purpose) ?? this.share(purpose, load);
    return Promise.all(lookUps.map((each) => shared.do(each))) as Promise<Found<T>[]>;
  }

  /** With the question of the first who asks: of one purpose, among all organizations, there is one. */
  private share<T, L extends LookUp>(purpose: string, load: Load<L, T>): SharedWork {
    const shared: SharedWork = new CoalescedWork<LookUp, Found<unknown>>({
      batchSize: MOST_TOGETHER,
      lanes: LANES,
      work: (lookUps) => this.ask(lookUps as readonly L[], load),
    });
    this.shared.set(purpose, shared);
    return shared;
  }

  private ask<T, L extends LookUp>(
    lookUps: readonly L[],
    load: Load<L, T>,
  ): Promise<readonly Found<T>[]> {
    return this.replicas.mayAnswer ? this.askReplicas(lookUps, load) : load(lookUps);
  }

  /** What a replica does not have may be too new for it. */
  private async askReplicas<T, L extends LookUp>(
    lookUps: readonly L[],
    load: Load<L, T>,
  ): Promise<readonly Found<T>[]> {
    const found = (await this.replicas.tryRead(() => load(lookUps)))?.value;
    if (!found) return load(lookUps);
    const absent = lookUps.filter((_, index) => found[index]?.value === null);
    if (absent.length === 0) return found;
    const asked = (await load(absent)).values();
    return found.map((each) => (each.value === null ? (asked.next().value ?? each) : each));
  }

  private remember(key: string, entry: Entry, laterBytes = 0): void {
    if (entry.value === null) {
      this.present.delete(key);
      this.absent.set(key, entry);
    } else {
      this.absent.delete(key);
      const size = OVERHEAD_BYTES + estimatedSize(entry.value) + laterBytes;
      this.present.set(key, entry, { size });
    }
  }
}

function keyOf({ purpose, tenant, name }: LookUp): string {
  return `${purpose} ${tenant ?? '*'} ${name}`;
}

function entryIn(entries: ReadonlyMap<string, Entry> | undefined, key: string): Entry {
  const entry = entries?.get(key);
  if (!entry) throw new Error('a look-up was not answered');
  return entry;
}
