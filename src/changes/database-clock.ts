import { Injectable } from '@nestjs/common';

/** Beyond it this node's clock says nothing about what has expired, in milliseconds. */
const LARGEST_OFFSET_MS = 60_000;

/**
 * The database's time: by this node's clock and what it was seen to be off. All nodes judge what has
 * expired by one clock, however their own are set.
 */
@Injectable()
export class DatabaseClock {
  /** To be added to this node's clock, in milliseconds. */
  private offset = 0;

  get offsetMs(): number {
    return this.offset;
  }

  get isNear(): boolean {
    return Math.abs(this.offset) <= LARGEST_OFFSET_MS;
  }

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /**
   * @param databaseMs what the database's clock said, in milliseconds since the epoch
   * @param askedMs this node's, when it asked
   * @param answeredMs and when it had the answer
   */
  compare(databaseMs: number, askedMs: number, answeredMs: number): void {
    this.offset = Math.round(databaseMs - (askedMs + answeredMs) / 2);
  }
}
