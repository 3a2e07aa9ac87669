import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { CHANNEL } from './log-connection.js';

/** What has not come by then is not waited for, in milliseconds. */
const LIMIT_MS = 1000;

/**
 * Finds out whether hints (NOTIFY) reach this node. Behind a pooler that lends connections for a
 * transaction nobody listens, and nothing says so: changes are then seen by asking alone.
 */
@Injectable()
export class HintProbe {
  private readonly logger = new Logger(HintProbe.name);
  private expected: { readonly payload: string; readonly heard: () => void } | null = null;
  private works: boolean | null = null;

  constructor(private readonly transactions: Transactions) {}

  /** Null before it is known. */
  get areHeard(): boolean | null {
    return this.works;
  }

  /** Sends a hint from the pool to the connection that listens. Never rejects. */
  async probe(): Promise<void> {
    const payload = randomUUID();
    const answered = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), LIMIT_MS).unref();
      const heard = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.expected = { payload, heard };
    });
    try {
      await this.transactions.outside.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]);
      this.conclude(await answered);
    } catch (error) {
      this.logger.debug('hints of changes could not be tried out', error);
    }
  }

  heard(payload: string): void {
    if (payload === this.expected?.payload) this.expected.heard();
  }

  private conclude(works: boolean): void {
    if (works === this.works) return;
    this.works = works;
    if (works) this.logger.log('changes are seen as they are made: LISTEN works');
    else {
      this.logger.warn(
        'changes are seen within a quarter of a second: LISTEN does not reach the database (is a pooler in between?)',
      );
    }
  }
}
