import { subjects } from './subjects.js';

const ORGANIZATION = subjects.organization('');
/** So many subjects are remembered; a change of an older one is taken for one of everything. */
const MOST_SUBJECTS = 100_000;

/**
 * The changes that this node has seen, in its own order. What was read when the node stood at some
 * position is good as long as nothing that it depends on has changed since. So there is nothing to
 * evict, and what was read before a change and arrives after it is as stale as what lay there.
 */
export class RecentChanges {
  private readonly positions = new Map<string, number>();
  /** What was read before is stale, whatever it depends on. */
  private floor = 0;
  private last = 0;
  private organizationsChangedAt = 0;

  constructor(private readonly most = MOST_SUBJECTS) {}

  /** To be taken before something is read. */
  get position(): number {
    return this.last;
  }

  note(subject: string): void {
    if (subject === subjects.everything) {
      this.noteEverything();
      return;
    }
    this.positions.delete(subject);
    this.positions.set(subject, ++this.last);
    if (subject.startsWith(ORGANIZATION)) this.organizationsChangedAt = this.last;
    if (this.positions.size <= this.most) return;
    for (const [oldest, position] of this.positions) {
      this.positions.delete(oldest);
      this.floor = position;
      return;
    }
  }

  /** Nothing that was read before is good any more. */
  noteEverything(): void {
    this.positions.clear();
    this.floor = ++this.last;
  }

  /** Whether what was not there may be by now: an organization that is restored brings it all back. */
  mayHaveAppeared(since: number): boolean {
    return since < this.organizationsChangedAt;
  }

  hasChanged(since: number, dependsOn: readonly string[]): boolean {
    if (since < this.floor) return true;
    for (const subject of dependsOn) {
      const position = this.positions.get(subject);
      if (position !== undefined && position > since) return true;
    }
    return false;
  }
}
