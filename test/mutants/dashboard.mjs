const SECRETS = ['test/dashboard-secrets'];
const INVITATIONS = ['test/dashboard-invitations'];
const KEY_LIST = ['test/dashboard-key-list'];
const TRY_IT = ['test/dashboard-try-it'];
const ISSUED = { file: 'dashboard/src/oauth-clients/ClientDialogs.tsx', tests: SECRETS };

/** The page that holds secrets for moments, and what it hands out. */
export const MUTANTS = [
  {
    ...ISSUED,
    name: 'a secret stays on the page after its dialog was closed',
    rows: ['S24'],
    find: 'setIssued(null);',
    replace: 'dialog.close();',
  },
  {
    ...ISSUED,
    name: 'a secret is in the storage of the browser',
    rows: ['S24'],
    find: 'setIssued(answer);',
    replace: `setIssued(answer);
    sessionStorage.setItem('issued', JSON.stringify(answer));`,
  },
  {
    file: 'dashboard/src/credentials/use-issuing.ts',
    tests: [...SECRETS, ...INVITATIONS],
    name: 'a secret is lost by leaving while it is made',
    rows: ['issue 7'],
    find: 'shouldBlockFn: () => isUnderWay.current,',
    replace: 'shouldBlockFn: () => false,',
  },
  {
    file: 'dashboard/src/invitations/InvitationResults.tsx',
    tests: INVITATIONS,
    name: 'links of many invitations are lost by leaving before they are downloaded',
    rows: ['issue 7'],
    find: 'useSaving(hasLinks)',
    replace: 'useSaving(false)',
  },
  {
    file: 'dashboard/src/secrets/TestRequest.tsx',
    tests: SECRETS,
    name: 'the test of a new credential goes out with the session as well',
    rows: ['S24'],
    find: `credentials: 'omit',`,
    replace: `credentials: 'same-origin',`,
  },
  {
    file: 'dashboard/src/tables/use-pages.ts',
    tests: ['test/dashboard-pages'],
    testNamePattern: 'what a member sees',
    name: 'a page asks for what the role does not reach',
    rows: ['issue 7'],
    find: 'enabled: isAllowed,',
    replace: 'enabled: true || isAllowed,',
  },
  {
    file: 'dashboard/src/downloads/csv.ts',
    tests: KEY_LIST,
    name: 'a spreadsheet computes what is exported',
    rows: ['issue 7'],
    find: String.raw`/^[=+\-@\t\r]/`,
    replace: String.raw`/^[=+\-@\t]/`,
  },
  {
    file: 'dashboard/src/api-keys/api-key-queries.ts',
    tests: KEY_LIST,
    name: 'an export ends with its first page',
    rows: ['issue 7'],
    find: 'cursor = page.next_cursor ?? undefined;',
    replace: 'cursor = undefined;',
  },
  {
    file: 'dashboard/src/tables/DataTable.tsx',
    tests: KEY_LIST,
    name: 'a table draws far more rows than are seen',
    rows: ['issue 7'],
    find: 'const OVERSCAN = 12;',
    replace: 'const OVERSCAN = 80;',
  },
  {
    file: 'dashboard/src/try-it/TriedCode.tsx',
    tests: TRY_IT,
    name: 'a program that is copied holds the key',
    rows: ['S24'],
    find: 'const header = headerOf(request);',
    replace: `const header = ['X-API-Key', request.credential] as const;`,
  },
  {
    file: 'dashboard/src/secrets/snippets.ts',
    tests: TRY_IT,
    name: 'a body ends the text that it is written in',
    rows: ['issue 7'],
    find: '(character) => escapes[character] ?? character',
    replace: `(character) => escapes[character === '"' ? character : ''] ?? character`,
  },
];
