const CLAIMS = { file: 'src/organizations/invitations/acceptance/invitation-claims.ts' };
const ACCEPTANCE = { file: 'src/organizations/invitations/acceptance/acceptance.service.ts' };

/** Who gets in by an invitation, and what it proves. */
export const MUTANTS = [
  {
    ...CLAIMS,
    name: 'whoever read an open invitation may accept it (check, then write)',
    rows: ['A14', 'A30'],
    find: `      ...heldBy(opened),
      acceptedAt: IsNull(),
      declinedAt: IsNull(),
      revokedAt: IsNull(),
      expiresAt: MoreThan(now),`,
    replace: `      id: opened.invitation.id,`,
    tests: ['test/invitation-races'],
    testNamePattern: 'A14',
  },
  {
    ...CLAIMS,
    name: 'a link that was replaced meanwhile still opens',
    rows: ['A14'],
    find: `      ...heldBy(opened),`,
    replace: `      id: opened.invitation.id,`,
    tests: ['test/invitation-races'],
    testNamePattern: 'sending it again at once',
  },
  {
    ...CLAIMS,
    name: 'the inviter needs a right only when he invites',
    rows: ['A19'],
    find: `if (!inviter || !outranks(inviter.role, 'admin')) return false;`,
    replace: `if (!inviter) return true;`,
    tests: ['test/invitation-races'],
    testNamePattern: 'A19',
  },
  {
    file: 'src/organizations/invitations/acceptance/invited-sign-up.service.ts',
    name: 'a link that was shown proves the address',
    rows: ['A41'],
    find: `const emailVerified = opened.link === 'mailed';`,
    replace: `const emailVerified = true;`,
    tests: ['test/owning-an-address'],
    testNamePattern: 'A41',
  },
  {
    ...ACCEPTANCE,
    name: 'an account that has not proven its address joins any organization',
    rows: ['A41'],
    find: `if (!isAtHome) throw new EmailNotVerified();`,
    replace: '',
    tests: ['test/owning-an-address'],
    testNamePattern: 'A41',
  },
  {
    file: 'src/organizations/invitations/invitation-issuance.service.ts',
    name: 'one token is in both links',
    rows: ['A41'],
    find: `const mailed = sendEmail && this.mails.canSend ? this.tokens.mint() : null;`,
    replace: `const mailed = sendEmail && this.mails.canSend ? shown : null;`,
    tests: ['test/owning-an-address'],
    testNamePattern: 'mails another token',
  },
];
