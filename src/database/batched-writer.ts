/** How entries for the same row become one, and how a batch is written. */
export interface BatchedWriterOptions<T> {
  /** How long an entry waits at most before it is written, in milliseconds. */
  readonly intervalMs: number;
  /** May change `older` and return it: what is new with each use costs the most where it stays. */
  merge(older: T, newer: T): T;
  /** Writes all entries by one statement; rejects when none of them was written. */
  write(entries: ReadonlyMap<string, T>): Promise<void>;
  /** The entries are kept and tried again with the next batch. */
  onFailure(error: unknown): void;
}

/** Most rows of one statement: making it is work between which requests want to be answered. */
const BATCH_SIZE = 200;

/**
 * Gathers small writes (last use, counters) in memory, merged by row, and writes them together:
 * never one write a request. A crash loses at most what was added within the last interval;
 * `close` loses nothing, unless that last write fails.
 */
export class BatchedWriter<T> {
  private pending = new Map<string, T>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: BatchedWriterOptions<T>) {}

  /** Remembers a write for this row. */
  add(row: string, entry: T): void {
    const older = this.pending.get(row);
    this.pending.set(row, older === undefined ? entry : this.options.merge(older, entry));
    this.schedule();
  }

  /** Writes everything that is waiting. Never rejects: what fails waits on. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writePending());
    return this.writing;
  }

  /** Writes the rest and stops waiting; for the end of the process. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
    clearTimeout(this.timer);
  }

  private async writePending(): Promise<void> {
    const rows = [...this.pending];
    this.pending = new Map();
    for (let start = 0; start < rows.length; start += BATCH_SIZE) {
      const batch = rows.slice(start, start + BATCH_SIZE);
      try {
        await this.options.write(new Map(batch));
      } catch (error) {
        for (const [row, entry] of batch) this.keep(row, entry);
        this.schedule();
        this.options.onFailure(error);
      }
    }
  }

  /** Takes back what could not be written; what came meanwhile is newer. */
  private keep(row: string, entry: T): void {
    const newer = this.pending.get(row);
    this.pending.set(row, newer === undefined ? entry : this.options.merge(entry, newer));
  }

  /** One timer while something waits; it keeps no process alive. */
  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, this.options.intervalMs).unref();
  }
}
