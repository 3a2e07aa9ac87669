const GUARD = { file: 'src/access/access.guard.ts', tests: ['test/session-cookie'] };
const TOKEN = {
  file: 'src/users/external/external-token.ts',
  tests: ['test/external-session-forgeries'],
};
const IDENTITIES = {
  file: 'src/users/external/external-identities.service.ts',
  tests: ['test/external-sessions'],
};
const NAMED = {
  file: 'src/organizations/members/named-organizations.service.ts',
  tests: ['test/external-sessions'],
};

/** Sessions by cookie, and of identity providers. */
export const MUTANTS = [
  {
    ...GUARD,
    name: 'another site may change something by the cookie',
    rows: ['S20'],
    find: `if (siteOf(headers, this.runtime.publicUrl) !== 'same') throw new CrossSite();`,
    replace: `if (siteOf(headers, this.runtime.publicUrl) === 'same') return;`,
  },
  {
    ...GUARD,
    name: 'what says nothing of where it comes from is taken for a page of ours',
    rows: ['S20'],
    find: `siteOf(headers, this.runtime.publicUrl) !== 'same'`,
    replace: `siteOf(headers, this.runtime.publicUrl) === 'foreign'`,
  },
  {
    file: 'src/access/request-site.ts',
    tests: ['test/session-cookie'],
    name: 'a sibling of the same site counts as the deployment itself',
    rows: ['S20'],
    find: `site === 'same-origin' ? 'same'`,
    replace: `site.startsWith('same-') ? 'same'`,
  },
  {
    file: 'src/access/request-site.ts',
    tests: ['test/session-cookie'],
    name: 'an origin that begins like the public URL is the public URL',
    rows: ['S20'],
    find: `origin === publicUrl`,
    replace: `origin.startsWith(publicUrl)`,
  },
  {
    file: 'src/http/sessions/session-cookie.ts',
    tests: ['test/session-cookie'],
    name: 'scripts may read the session cookie',
    rows: ['S16'],
    find: `; HttpOnly; SameSite=Lax`,
    replace: `; SameSite=Lax`,
  },
  {
    file: 'src/http/server/cross-origin.ts',
    tests: ['test/session-cookie'],
    name: 'any origin is named back',
    rows: ['S25'],
    find: `origin !== undefined && this.origins.has(origin)`,
    replace: `origin !== undefined`,
  },
  {
    ...TOKEN,
    name: 'an expired session token is good',
    rows: ['S41'],
    find: `if (exp + LEEWAY_SECONDS <= seconds)`,
    replace: `if (exp + LEEWAY_SECONDS <= 0)`,
  },
  {
    ...TOKEN,
    name: 'a token for another application is good',
    rows: ['S41'],
    find: `judged.every(Boolean)`,
    replace: `judged.some(Boolean)`,
  },
  {
    ...TOKEN,
    name: 'a token that names no application is good',
    rows: ['S41'],
    find: `if (judged.length === 0)`,
    replace: `if (judged.length > 2)`,
  },
  {
    ...TOKEN,
    name: 'a claim may be there twice',
    rows: ['S41'],
    find: `isObject(value) && !hasRepeatedMember(json)`,
    replace: `isObject(value)`,
  },
  {
    ...TOKEN,
    name: 'other kinds of tokens are session tokens',
    rows: ['S41'],
    find: `typ !== undefined && !isPlain(typ)`,
    replace: `typ === null && !isPlain(typ)`,
  },
  {
    ...IDENTITIES,
    name: 'any issuer may link by an address',
    rows: ['A41'],
    find: `if (!holder || !issuer.linkByVerifiedEmail) {`,
    replace: `if (!holder) {`,
  },
  {
    ...IDENTITIES,
    name: 'linking leaves the password and sessions of an unverified account',
    rows: ['A41'],
    find: `if (!holder.emailVerifiedAt) await claim(manager, holder);`,
    replace: `if (!holder) await claim(manager, holder);`,
  },
  {
    file: 'src/users/external/external-tokens.ts',
    tests: ['test/external-sessions'],
    name: "an address that nobody has verified is the person's",
    rows: ['A41'],
    find: `claimAt(claims, names.emailVerified) === true`,
    replace: `claimAt(claims, names.emailVerified) !== 0`,
  },
  {
    ...NAMED,
    name: 'a claim takes the last owner from an organization',
    rows: ['S31'],
    find: `return !(await isLastOwner(manager, current));`,
    replace: `return true;`,
  },
  {
    file: 'src/access/access.service.ts',
    tests: ['test/external-sessions'],
    name: 'a token is good in organizations that it does not name',
    rows: ['S29'],
    find: `?.includes(organizationId) === false`,
    replace: `?.includes(organizationId) === null`,
  },
];
