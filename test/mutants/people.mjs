const COMMON = { file: 'src/users/passwords/common-passwords.ts', tests: ['src/users/passwords'] };
const LINKS = {
  file: 'src/users/mailed-links/mailed-links.service.ts',
  tests: ['test/password-resets'],
};
const RESETS = {
  file: 'src/users/passwords/password-resets.service.ts',
  tests: ['test/password-resets'],
};
const SIGN_INS = {
  file: 'src/users/sessions/sign-in-throttle.ts',
  tests: ['test/sign-in-throttling'],
};

/** Passwords, mailed links, sign-in. */
export const MUTANTS = [
  {
    ...COMMON,
    name: 'only the whole password is compared with the list',
    rows: ['S4'],
    find: `return [whole, core]`,
    replace: `return [whole]`,
    testNamePattern: 'S4',
  },
  {
    ...COMMON,
    name: 'a repetition is taken',
    rows: ['S4'],
    find: `isRepetition(text) ||`,
    replace: '',
    testNamePattern: 'S4',
  },
  {
    ...LINKS,
    name: 'a link is looked at and then used',
    rows: ['A14', 'A30'],
    find: `return affected === 1;`,
    replace: `void affected;\n    return true;`,
    testNamePattern: 'A14',
  },
  {
    ...LINKS,
    name: 'a link never dies',
    rows: ['S10', 'A24'],
    // It is asked for twice, when a link is found and when it is used.
    find: ` AND link.expiresAt > :now', { now })
      .getOne();
  }

  /** Uses a link: of many at once one wins. */
  async use(manager: EntityManager, { id }: MailedLink): Promise<boolean> {
    const now = new Date();
    const { affected } = await manager.update(
      MailedLink,
      { id, usedAt: IsNull(), expiresAt: MoreThan(now) },`,
    replace: `', { now })
      .getOne();
  }

  async use(manager: EntityManager, { id }: MailedLink): Promise<boolean> {
    const now = new Date();
    const { affected } = await manager.update(
      MailedLink,
      { id, usedAt: IsNull() },`,
    testNamePattern: 'S10',
  },
  {
    ...RESETS,
    name: 'a disabled account gets a new password',
    rows: ['S14', 'A17'],
    find: `{ id: userId, email, disabledAt: IsNull() }`,
    replace: `{ id: userId, email }`,
    testNamePattern: 'S14',
  },
  {
    ...RESETS,
    name: 'a reset leaves the sessions',
    rows: ['S18'],
    find: `await this.sessions.endAll(manager, by, user.id);`,
    replace: '',
    testNamePattern: 'ends every session',
  },
  {
    file: 'src/users/email-verification.service.ts',
    name: 'a verification proves whatever address the account has by now',
    rows: ['A16'],
    find: `manager.update(User, { id: userId, email }, proven)`,
    replace: `manager.update(User, { id: userId }, (void email, proven))`,
    tests: ['test/password-resets'],
    testNamePattern: 'A16',
  },
  {
    ...SIGN_INS,
    name: 'failures at a known device are counted with those of everybody',
    rows: ['S8'],
    find: `if (device !== null) return this.beginAtKnownDevice(\`device \${device}\`);`,
    replace: '',
    testNamePattern: 'S8',
  },
  {
    file: 'src/users/sessions/known-devices.ts',
    name: 'a note is good for every account',
    rows: ['S8'],
    find: 'return `${day} ${random} ${email}`;',
    replace: 'void email;\n  return `${day} ${random}`;',
    tests: ['test/sign-in-throttling'],
    testNamePattern: 'nobody makes one',
  },
  {
    file: 'src/users/sessions/sign-in.service.ts',
    name: 'who has no account is refused without a hash',
    rows: ['S9', 'A58'],
    find: `return { user, isRight: await this.passwords.verify(user?.passwordHash, password) };`,
    replace: `return { user, isRight: user !== null && (await this.passwords.verify(user.passwordHash, password)) };`,
    tests: ['test/sign-in-throttling'],
    testNamePattern: 'S9',
  },
  {
    file: 'src/users/passwords/password-changes.service.ts',
    name: 'the current password is not asked for',
    rows: ['S6'],
    find: `if (!isRight) throw new WrongPassword();`,
    replace: `void isRight;`,
    tests: ['test/passwords'],
    testNamePattern: 'S6',
  },
];
