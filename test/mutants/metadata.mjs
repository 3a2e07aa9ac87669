const METADATA = { file: 'src/oauth/metadata/server-metadata.ts', tests: ['test/server-metadata'] };

/** What the server says of itself. */
export const MUTANTS = [
  {
    ...METADATA,
    name: 'a grant is advertised that nobody serves',
    rows: ['MD-09', 'S45'],
    find: `this.grants.map(({ type }) => type)`,
    replace: `[...this.grants.map(({ type }) => type), 'password']`,
  },
  {
    ...METADATA,
    name: 'a method is not advertised',
    rows: ['MD-05', 'MD-09'],
    find: `const methods = [...AUTH_METHODS];`,
    replace: `const methods = AUTH_METHODS.slice(0, 2);`,
  },
  {
    ...METADATA,
    name: 'the issuer ends with a slash',
    rows: ['MD-03'],
    find: `issuer: publicUrl,`,
    replace: 'issuer: `${publicUrl}/`,',
    testNamePattern: 'MD-03',
  },
  {
    file: 'src/http/errors/wording.ts',
    name: 'challenges do not say where tokens come from',
    rows: ['BR-09'],
    find: `publicUrl === undefined`,
    replace: `publicUrl !== undefined`,
    tests: ['test/bearer'],
    testNamePattern: 'BR-09',
  },
];
