const LOG = { file: 'src/changes/log-connection.ts', tests: ['test/changes'] };
const OPEN = { testNamePattern: 'while an earlier transaction is still open' };
const CACHE = { file: 'src/changes/look-up-cache.ts', tests: ['src/changes/look-up-cache'] };

/** What nodes remember of credentials, and how they learn that it has changed. */
export const MUTANTS = [
  {
    ...LOG,
    ...OPEN,
    name: 'the watermark moves before what is below it was applied',
    rows: ['3.4'],
    find: `FROM changes WHERE transaction_id >= $1::bigint
              )`,
    replace: `FROM changes
              WHERE transaction_id >= greatest($1::bigint,
                      pg_snapshot_xmin(pg_current_snapshot())::text::bigint))`,
  },
  {
    ...LOG,
    ...OPEN,
    name: 'only what is below the oldest open transaction is applied',
    rows: ['3.4'],
    find: `FROM changes WHERE transaction_id >= $1::bigint
              )`,
    replace: `FROM changes
              WHERE transaction_id >= $1::bigint
                AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)`,
  },
  {
    file: 'src/changes/change-reader.ts',
    tests: ['test/changes'],
    testNamePattern: 'what one node changes',
    name: 'whoever changes something is answered before his own node knows',
    rows: ['3.4'],
    find: `transactions.afterEachCommit(() => this.catchUp());`,
    replace: `transactions.afterEachCommit(() => Promise.resolve());`,
  },
  {
    ...CACHE,
    name: 'what was read before a change is kept when it arrives after it',
    rows: ['3.4'],
    find: `[keys[index] ?? '', { value, dependsOn, position, askedAt }] as const,`,
    replace: `[
            keys[index] ?? '',
            { value, dependsOn, position: this.view.changes.position, askedAt },
          ] as const,`,
    testNamePattern: 'arrived after it',
  },
  {
    ...CACHE,
    name: 'whoever joins a look-up is content with what was read before he asked',
    rows: ['3.4'],
    find: `return this.isGood(entry) ? entry : entryIn(`,
    replace: `return this.isGood(entry) || entry.position >= 0 ? entry : entryIn(`,
    testNamePattern: 'whoever asks after a change',
  },
  {
    ...CACHE,
    name: 'the lease is not looked at when a request is answered',
    rows: ['row 6'],
    find: `if (!lease.isHeld || changes.hasChanged(position, dependsOn)) return false;`,
    replace: `if (changes.hasChanged(position, dependsOn)) return false;`,
    testNamePattern: 'when the lease is over',
  },
  {
    ...CACHE,
    name: 'that there is nothing is remembered for ten minutes',
    rows: ['3.4'],
    find: `const ABSENT_FOR_MS = 1000;`,
    replace: `const ABSENT_FOR_MS = PRESENT_FOR_MS;`,
    testNamePattern: 'for a second that there is nothing',
  },
  {
    ...CACHE,
    name: 'what one organization may see is told to the other',
    rows: ['A75'],
    find: "return `${purpose} ${tenant ?? '*'} ${name}`;",
    replace: 'return `${purpose} ${tenant ? "" : "*"} ${name}`;',
    testNamePattern: 'tells apart',
  },
  {
    ...CACHE,
    name: 'a look-up is told apart by the beginning of its hash',
    rows: ['A82'],
    find: "return `${purpose} ${tenant ?? '*'} ${name}`;",
    replace: "return `${purpose} ${tenant ?? '*'} ${name.slice(0, 4)}`;",
    testNamePattern: 'tells apart',
  },
  {
    ...CACHE,
    name: 'what is asked for twenty times at once is looked up twenty times',
    rows: ['X1'],
    find: `for (const key of keys) this.flights.set(key, flight);`,
    replace: ``,
    testNamePattern: 'twenty look for at once',
  },
  {
    file: 'src/changes/database-clock.ts',
    name: 'each node judges by its own clock',
    rows: ['row 33'],
    find: `return new Date(Date.now() + this.offset);`,
    replace: `return new Date(Date.now() + 0 * this.offset);`,
    tests: ['test/clock-skew'],
  },
  {
    file: 'src/changes/database-clock.ts',
    name: 'a node is ready whatever its clock says',
    rows: ['row 33'],
    find: `return Math.abs(this.offset) <= LARGEST_OFFSET_MS;`,
    replace: `return Math.abs(this.offset) <= 1000 * LARGEST_OFFSET_MS;`,
    tests: ['test/clock-skew'],
  },
  {
    ...CACHE,
    name: 'look-ups within organizations share the statement of the first of them',
    rows: ['S28'],
    find: `if (tenant !== null) return this.ask(lookUps, load);`,
    replace: `void tenant;`,
    testNamePattern: 'by one statement',
  },
];
