const WORDING = { file: 'src/http/errors/wording.ts' };

/** What refusals at /o look like. */
export const MUTANTS = [
  {
    ...WORDING,
    name: 'a client is refused without a challenge',
    rows: ['CA-08', 'CA-09', 'T-A3'],
    find: `else if (problem.status === 401) {`,
    replace: `else if (problem.status === 407) {`,
    tests: ['test/client-authentication'],
    testNamePattern: 'CA-09',
  },
  {
    ...WORDING,
    name: 'errors have no Pragma',
    rows: ['CC-02'],
    find: `, pragma: 'no-cache'`,
    replace: '',
    tests: ['test/token-endpoint'],
    testNamePattern: 'CC-02',
  },
];
