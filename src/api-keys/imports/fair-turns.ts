import { type Problem } from '../../problem.js';

/** Whose turn it is to be, and what is said where there is no room to wait. */
interface Turn {
  /** Turns go round among these. */
  readonly whose: string;
  readonly busy: new () => Problem;
}

interface Waiting {
  readonly begin: () => void;
  readonly turnAway: () => void;
}

/**
 * Lets costly work happen one at a time, a turn of each whose work waits, so that the much or slow work
 * of one keeps nobody else waiting for longer than one turn of his.
 */
export class FairTurns {
  private isRunning = false;
  private waitingCount = 0;
  /** By whose they are, the next one first. */
  private readonly lines = new Map<string, Waiting[]>();

  /** @param mostWaiting of all together */
  constructor(private readonly mostWaiting: number) {}

  /** @throws the turn's problem where too many wait already, or one with fewer came later */
  async take<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    if (this.isRunning) await this.wait(turn);
    this.isRunning = true;
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private wait({ whose, busy }: Turn): Promise<void> {
    if (this.waitingCount >= this.mostWaiting && !this.makeRoomFor(whose)) throw new busy();
    return new Promise((begin, reject) => {
      const line = this.lines.get(whose) ?? [];
      const turnAway = (): void => {
        reject(new busy());
      };
      line.push({ begin, turnAway });
      this.lines.set(whose, line);
      this.waitingCount += 1;
    });
  }

  /** The last one of the longest line goes, unless it is the line that would grow. */
  private makeRoomFor(whose: string): boolean {
    const [longest = []] = [...this.lines.values()].sort((one, other) => other.length - one.length);
    const own = this.lines.get(whose) ?? [];
    if (longest.length <= own.length + 1) return false;
    longest.pop()?.turnAway();
    this.waitingCount -= 1;
    return true;
  }

  /** To the next line, which is the last one from then on. */
  private passOn(): void {
    const [first] = this.lines;
    if (!first) {
      this.isRunning = false;
      return;
    }
    const [whose, line] = first;
    const next = line.shift();
    this.lines.delete(whose);
    if (line.length > 0) this.lines.set(whose, line);
    this.waitingCount -= 1;
    next?.begin();
  }
}
