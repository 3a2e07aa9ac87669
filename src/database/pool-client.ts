import pg from 'pg';

/**
 * How much later than its own limit of a statement the server may answer, in milliseconds: COMMIT has no
 * limit there, and waits for a synchronous standby that takes its time.
 */
const GRACE_MS = 4000;
const LOOKS_EVERY_MS = 500;

/**
 * A connection whose loss is not the end of the process. The pool listens to idle connections and
 * TypeORM to those that it uses, but in between nobody does, and an `error` event that nobody
 * hears ends Node. Whoever uses the connection next learns of the loss by its own statement.
 *
 * A fatal error is PostgreSQL's last word on a connection. Its statement is told of it before the
 * socket closes, so the pool would hand the connection out once more, to a request that has nothing to
 * do with it; hence it counts as lost from that word on.
 *
 * So it does where the server has let its own `statement_timeout` pass without a word: its host has
 * vanished, or it stands still. The system would wait for a quarter of an hour, and all that shares a
 * statement with others (`CoalescedWork`) would wait with it.
 */
export class PoolClient extends pg.Client {
  /** Since when, in the monotonic clock's milliseconds, an answer is waited for; null for none. */
  private waitingSinceMs: number | null = null;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    this.once('connect', () => {
      this.connection.on('errorMessage', (error: Error & { severity?: string }) => {
        if (error.severity === 'FATAL') this.emit('error', error);
      });
      const limit = typeof config === 'object' ? config.statement_timeout : undefined;
      if (limit) this.giveUpAfter(limit + GRACE_MS);
    });
  }

  private giveUpAfter(limitMs: number): void {
    const ask = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    this.query = ((...parameters: unknown[]) => {
      this.waitingSinceMs ??= performance.now();
      return ask(...parameters);
    }) as typeof this.query;
    // Each statement that waited for another one has its own time.
    this.connection.on('readyForQuery', () => {
      if (this.waitingSinceMs !== null) this.waitingSinceMs = performance.now();
    });
    this.on('drain', () => {
      this.waitingSinceMs = null;
    });
    const look = setInterval(() => {
      if (this.waitingSinceMs === null) return;
      if (performance.now() - this.waitingSinceMs < limitMs) return;
      this.connection.stream.destroy(new Error('Connection terminated: the server says nothing'));
    }, LOOKS_EVERY_MS).unref();
    this.once('end', () => {
      clearInterval(look);
    });
  }
}
