import pg from 'pg';

/**
 * A connection whose loss is not the end of the process. The pool listens to idle connections and
 * TypeORM to those that it uses, but in between nobody does, and an `error` event that nobody
 * hears ends Node. Whoever uses the connection next learns of the loss by its own statement.
 *
 * A fatal error is PostgreSQL's last word on a connection. Its statement is told of it before the
 * socket closes, so the pool would hand the connection out once more, to a request that has nothing to
 * do with it; hence it counts as lost from that word on.
 */
export class PoolClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    this.once('connect', () => {
      this.connection.on('errorMessage', (error: Error & { severity?: string }) => {
        if (error.severity === 'FATAL') this.emit('error', error);
      });
    });
  }
}
