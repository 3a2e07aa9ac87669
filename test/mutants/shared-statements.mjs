const WORK = { file: 'src/database/coalesced-work.ts', tests: ['src/database/coalesced-work'] };

/** Statements that concurrent requests share, processes that share a port, metrics. */
export const MUTANTS = [
  {
    ...WORK,
    name: 'a failed batch is told to the first of its requests alone',
    rows: ['issue 6'],
    find: `for (const { reject } of batch) reject(error);`,
    replace: `batch[0]?.reject(error);
      for (const { resolve } of batch.slice(1)) resolve(undefined as R);`,
    testNamePattern: 'fails exactly those',
  },
  {
    ...WORK,
    name: 'nothing gathers while a statement is under way',
    rows: ['issue 6'],
    find: `while (this.waiting.length > 0 && this.underWay < lanes) {`,
    replace: `void lanes;
    while (this.waiting.length > 0) {`,
    testNamePattern: 'no more at once',
  },
  {
    ...WORK,
    name: 'a batch holds more than one statement may',
    rows: ['issue 6'],
    find: `this.waiting.splice(0, batchSize)`,
    replace: `this.waiting.splice(0, batchSize + 1)`,
    testNamePattern: 'no more at once',
  },
  {
    file: 'src/oauth/tokens/token-records.ts',
    tests: ['test/token-coalescing'],
    name: 'tokens are answered before they are committed',
    rows: ['issue 6'],
    find: `    await this.inserts.do(token);`,
    replace: `    this.inserts.do(token).catch(() => undefined);
    await Promise.resolve();`,
    testNamePattern: 'fail exactly where',
  },
  {
    file: 'src/database/pool-client.ts',
    tests: ['test/token-coalescing'],
    name: 'a connection that PostgreSQL has ended is handed out once more',
    rows: ['issue 6'],
    find: `if (error.severity === 'FATAL') this.emit('error', error);`,
    replace: `void error;`,
    testNamePattern: 'fail exactly where',
  },
  {
    file: 'src/http/server/metrics-visibility.ts',
    tests: ['test/metrics'],
    name: 'whoever asks learns that there are metrics',
    rows: ['S26'],
    find: `isMetrics(askedPathOf(request)) && `,
    replace: `isMetrics('/none') && `,
    testNamePattern: 'S26: are told to operators',
  },
  {
    file: 'src/workers.ts',
    tests: ['test/workers'],
    name: 'a worker that has died is not replaced',
    rows: ['issue 6'],
    find: `    this.forkAgain();
  }

  private`,
    replace: `  }

  private`,
    testNamePattern: 'lose nothing',
  },
];
