import { equalInConstantTime } from '../../access/secrets/secret.js';
import { agreesWithColumns, type StoredColumns } from './canonical-event.js';
import { type ChainPoint, type ChainSeals } from './chain-seals.js';

/** An event as it lies in the database. */
export interface StoredEvent extends StoredColumns {
  readonly sequence: number;
  readonly canonical: string;
  readonly hash: Buffer;
}

/** Follows a chain event by event, and says where it breaks. */
export class ChainVerifier {
  /** The last event that was found as it was written. */
  end: ChainPoint;
  /** How many were found as they were written. */
  checked = 0;
  /** UUID of the first event that is not; null while there is none. */
  brokenId: string | null = null;

  /**
   * @param start the place before the first event
   * @param landmarks places that the chain has been at; those up to the start say nothing here
   */
  constructor(
    private readonly chain: string,
    start: ChainPoint,
    private readonly landmarks: readonly ChainPoint[],
    private readonly seals: ChainSeals,
  ) {
    this.end = start;
  }

  /** @returns whether the event is the next one of the chain, as it was written */
  accept(event: StoredEvent): boolean {
    if (this.brokenId !== null) return false;
    if (!this.isNext(event)) {
      this.brokenId = event.id;
      return false;
    }
    this.end = { sequence: event.sequence, hash: event.hash };
    this.checked++;
    return true;
  }

  /** Whether the whole chain was seen: up to this place, and past every landmark. */
  endsAt(place: ChainPoint): boolean {
    return (
      this.brokenId === null &&
      isSamePlace(this.end, place) &&
      this.landmarks.every(({ sequence }) => sequence <= this.end.sequence)
    );
  }

  private isNext(event: StoredEvent): boolean {
    const { sequence, canonical, hash } = event;
    return (
      sequence === this.end.sequence + 1 &&
      this.seals.isEvent(this.chain, this.end, canonical, hash) &&
      agreesWithColumns(canonical, event) &&
      this.landmarks.every((mark) => mark.sequence !== sequence || isSamePlace(mark, event))
    );
  }
}

/** Whether both are the same event of the same chain. */
function isSamePlace(one: ChainPoint, other: ChainPoint): boolean {
  return one.sequence === other.sequence && equalInConstantTime(one.hash, other.hash);
}
