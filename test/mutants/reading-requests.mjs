const FORM = { file: 'src/http/input/form-body.ts', tests: ['test/token-endpoint'] };

/** How a request at /o is read before anyone asks who calls. */
export const MUTANTS = [
  {
    ...FORM,
    name: 'of a repeated parameter the last one counts',
    rows: ['TOK-08', 'T-A8'],
    find: `throw new BadRequest('a parameter is repeated');`,
    replace: `continue;`,
    testNamePattern: 'TOK-08',
  },
  {
    ...FORM,
    name: 'an empty value is a value',
    rows: ['TOK-09'],
    find: `.filter((value) => value !== '')`,
    replace: '',
    testNamePattern: 'TOK-09',
  },
  {
    ...FORM,
    name: 'NUL is a character like any other',
    rows: ['TOK-07'],
    find: String.raw`value === null || value.includes('\0')`,
    replace: `value === null`,
    testNamePattern: 'TOK-07',
  },
  {
    ...FORM,
    name: 'bytes that are not UTF-8 become question marks',
    rows: ['TOK-06'],
    find: `fatal: true`,
    replace: `fatal: false`,
    testNamePattern: 'TOK-06',
  },
  {
    ...FORM,
    name: 'a form may have any number of parameters',
    rows: ['TOK-14'],
    find: `if (pairs.length > MAX_PARAMETERS) throw new BadRequest('the body has too many parameters');`,
    replace: '',
    testNamePattern: 'TOK-14',
  },
  {
    name: 'credentials in the query string are passed over',
    rows: ['TOK-12'],
    file: 'src/http/server/refusals.ts',
    find: '(credentialRefusal(request) ?? negotiationRefusal(request))',
    replace: 'negotiationRefusal(request)',
    tests: ['test/token-endpoint'],
    testNamePattern: 'TOK-12',
  },
];
