import pg from 'pg';

/**
 * A connection whose loss is not the end of the process. The pool listens to idle connections and
 * TypeORM to those that it uses, but in between nobody does, and an `error` event that nobody
 * hears ends Node. Whoever uses the connection next learns of the loss by its own statement.
 */
export class PoolClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
