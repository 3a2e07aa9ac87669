import { Injectable } from '@nestjs/common';
import { DatabaseClock } from './database-clock.js';
import { Lease, type Moment } from './lease.js';
import { type Reading, type SeenChange } from './log-connection.js';
import { RecentChanges } from './recent-changes.js';

/** Rows of the log are kept so long at least, in milliseconds. */
export const KEPT_MS = 60 * 60_000;
/** Whoever has not read for so long may have missed rows. */
const MISSED_AFTER_MS = KEPT_MS / 2;

/** What this node knows of the log of changes, and whether that is recent enough to go by. */
@Injectable()
export class ChangeView {
  readonly changes = new RecentChanges();
  readonly lease = new Lease();
  private lastRead: Moment | null = null;
  private life: string | null = null;
  private writtenTo: string | null = null;
  private readTo: string | null = null;
  /** Those at or above the watermark, which every read shows once more. */
  private applied: ReadonlySet<string> = new Set();

  constructor(private readonly clock: DatabaseClock) {}

  /** From where the next read has to look; null before the first one. */
  get watermark(): string | null {
    return this.readTo;
  }

  /** The primary's life (`Reading.incarnation`) at the last read; null before the first one. */
  get incarnation(): string | null {
    return this.life;
  }

  /** How far the primary's write-ahead log had come at the last read; null before the first one. */
  get walPosition(): string | null {
    return this.writtenTo;
  }

  /** @param began when the read began, by which its lease is counted */
  apply(reading: Reading, began: Moment): void {
    this.clock.compare(reading.databaseMs, began.wall, this.lease.moment().wall);
    if (this.mayHaveMissed(reading)) this.changes.noteEverything();
    const seen = reading.changes ?? [];
    const news = seen.filter((change) => !this.applied.has(nameOf(change)));
    for (const { subject } of news) this.changes.note(subject);
    const open = seen.filter(({ transactionId }) => transactionId >= Number(reading.watermark));
    this.applied = new Set(open.map(nameOf));
    this.readTo = reading.watermark;
    this.life = reading.incarnation;
    this.writtenTo = reading.walPosition;
    this.lastRead = began;
    this.lease.renew(began);
  }

  private mayHaveMissed({ incarnation, changes }: Reading): boolean {
    if (changes === null || this.lastRead === null || incarnation !== this.life) return true;
    return this.lease.sinceMs(this.lastRead) > MISSED_AFTER_MS;
  }
}

function nameOf({ transactionId, subject, changedAt }: SeenChange): string {
  return `${transactionId} ${changedAt} ${subject}`;
}
