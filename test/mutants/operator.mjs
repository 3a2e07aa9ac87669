const GUARD = { file: 'src/access/access.guard.ts', tests: ['test/operator-access'] };
const LISTENER = { file: 'src/http/server/admin-listener.ts', tests: ['test/operator-access'] };
const STANDING = {
  file: 'src/organizations/organization-standing.service.ts',
  tests: ['test/operator-organizations'],
};
const DELETION = {
  file: 'src/organizations/user-deletion.service.ts',
  tests: ['test/operator-users'],
};

/** What those who run a deployment may do, and nobody else. */
export const MUTANTS = [
  {
    ...GUARD,
    name: 'people may do what operators may',
    rows: ['A33'],
    find: `return rule.user === true;`,
    replace: `return (rule.user ?? rule.operator) === true;`,
    testNamePattern: 'A33',
  },
  {
    ...GUARD,
    name: 'operators may do what people may',
    rows: ['A80'],
    find: `return rule.operator === true;`,
    replace: `return (rule.operator ?? rule.user) === true;`,
    testNamePattern: 'A80',
  },
  {
    file: 'src/access/secrets/configured-token.ts',
    name: 'any token of the right shape is an operator',
    rows: ['A33', 'A42'],
    find: `equalInConstantTime(known, digest)`,
    replace: `known.length === digest.length`,
    tests: ['test/operator-access'],
    testNamePattern: 'A33',
  },
  {
    file: 'src/app.module.ts',
    name: '/v1/admin is there without a token',
    rows: ['A18'],
    find: `...(config.operatorTokens.length > 0 ?`,
    replace: `...(config.operatorTokens.length >= 0 ?`,
    tests: ['test/operator-access'],
    testNamePattern: 'A18',
  },
  {
    ...LISTENER,
    name: 'the port of the API serves /v1/admin as well',
    rows: ['S26'],
    find: `return isForOperators(path);`,
    replace: `return false;`,
    testNamePattern: 'S26',
  },
  {
    ...LISTENER,
    name: 'the port of the operators serves the API as well',
    rows: ['S26'],
    find: `return !isForOperators(path) && !OBSERVATION.test(path);`,
    replace: `return false;`,
    testNamePattern: 'S26',
  },
  {
    ...LISTENER,
    name: 'another spelling of the path is not hidden',
    rows: ['S26'],
    find: `is404 ? decoded(url) : (route ?? url)`,
    replace: `url`,
    testNamePattern: 'S26',
  },
  {
    ...STANDING,
    name: 'an owner deletes without typing the slug',
    rows: [],
    find: `if (confirmation !== organization.slug) throw new ConfirmationMismatch();`,
    replace: '',
    testNamePattern: 'types its slug',
  },
  {
    ...STANDING,
    name: 'a deleted organization can always come back',
    rows: [],
    find: `if (deletedAt.getTime() + RESTORABLE_MS <= now.getTime()) throw new RestoreExpired();`,
    replace: '',
    testNamePattern: 'within 30 days',
  },
  {
    ...DELETION,
    name: 'the last owner may delete himself',
    rows: ['A80'],
    find: `if (await isLastOwner(manager, ...memberships)) throw new LastOwner();`,
    replace: '',
    testNamePattern: 'A80',
  },
  {
    ...DELETION,
    name: 'two owners may delete themselves at the same time',
    rows: ['A80'],
    find: `for (const id of ids) await lockAnyOrganization(manager, id, 'exclusive');`,
    replace: `for (const id of ids) await lockAnyOrganization(manager, id, 'shared');`,
    testNamePattern: '40 times',
  },
  {
    ...DELETION,
    file: 'src/organizations/members/last-owner.ts',
    name: 'a paused owner counts as one',
    rows: ['A80'],
    find: `other.role = 'owner' AND other.status = 'active'`,
    replace: `other.role = 'owner'`,
    testNamePattern: 'A80',
  },
  {
    file: 'src/users/user-standing.service.ts',
    name: 'disabling leaves the sessions',
    rows: ['S18'],
    find: `      await this.sessions.endAll(manager, by, userId);
      if (affected === 0) return;`,
    replace: `      if (affected === 0) return;`,
    tests: ['test/operator-users'],
    testNamePattern: 'S18',
  },
];
