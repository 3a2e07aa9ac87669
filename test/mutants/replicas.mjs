const REPLICA = { file: 'src/changes/replicas/replica.ts', tests: ['test/replicas'] };
const REPLICAS = { file: 'src/changes/replicas/replicas.ts', tests: ['test/replicas'] };

/** What a read replica may answer. */
export const MUTANTS = [
  {
    ...REPLICA,
    name: 'a replica answers however far it is behind',
    rows: ['issue 6'],
    find: `AND pg_last_wal_replay_lsn() >= $1::pg_lsn`,
    replace: `AND $1::pg_lsn IS NOT NULL`,
    testNamePattern: 'nothing that they have not seen|what he has changed',
  },
  {
    ...REPLICA,
    name: 'a replica of another primary is believed',
    rows: ['issue 6'],
    find: `EXISTS (SELECT FROM incarnations WHERE name = $2)`,
    replace: `$2::text IS NOT NULL`,
    testNamePattern: 'by numbers alone',
  },
  {
    file: 'src/changes/look-up-cache.ts',
    tests: ['test/replicas'],
    name: 'what a replica does not have does not exist',
    rows: ['issue 6'],
    find: `if (absent.length === 0) return found;`,
    replace: `if (absent.length >= 0) return found;`,
    testNamePattern: 'too new for them',
  },
  {
    ...REPLICAS,
    name: 'a replica that does not answer is an error',
    rows: ['issue 6'],
    find: `if (error instanceof Problem) throw error;`,
    replace: `if (!(error instanceof ReplicaBehind)) throw error;`,
    testNamePattern: 'go away and come again',
  },
  {
    file: 'src/audit/audit.service.ts',
    tests: ['test/replicas'],
    name: 'exports burden the primary',
    rows: ['issue 6'],
    find: `await this.replicas.read(() => this.list(organizationId, page, EXPORT_BATCH))`,
    replace: `await this.list(organizationId, page, EXPORT_BATCH)`,
    testNamePattern: 'answer exports',
  },
];
