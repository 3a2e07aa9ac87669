const LOCK = `  await manager.query(
    sharing === 'shared'
      ? 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))'
      : 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    [organizationId],
  );`;
const RACE = { tests: ['test/last-owner'], testNamePattern: 'S63' };

/** Rules that hold for all members of an organization together. */
export const MUTANTS = [
  {
    ...RACE,
    name: 'the last owner is looked for and then taken, without a lock',
    rows: ['S63', 'A80'],
    file: 'src/organizations/organization-lock.ts',
    find: LOCK,
    replace: '  void sharing;',
  },
  {
    ...RACE,
    name: 'the same in transactions that are REPEATABLE READ',
    rows: ['S63', 'A80'],
    file: 'src/organizations/organization-lock.ts',
    find: LOCK,
    replace: `  void sharing;\n  await manager.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');`,
  },
  {
    ...RACE,
    name: 'changes of an organization lock each other out at no time',
    rows: ['S63', 'A80'],
    file: 'src/organizations/organization-lock.ts',
    find: `      : 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',`,
    replace: `      : 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))',`,
  },
  {
    file: 'src/organizations/members/member-changes.service.ts',
    name: 'what someone made outlives his removal',
    rows: ['S33'],
    find: `      await this.departures.end(manager, actor, target);`,
    replace: '',
    tests: ['test/offboarding'],
  },
  {
    file: 'src/organizations/organization-changes.service.ts',
    name: 'a sign-in never gets old',
    rows: ['S19'],
    find: `Date.now() - signedInAt.getTime() > minutes * MINUTE_MS`,
    replace: `signedInAt.getTime() > minutes * MINUTE_MS * Infinity`,
    tests: ['test/policies'],
    testNamePattern: 'S19',
  },
];
