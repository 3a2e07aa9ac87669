const BASIC = { file: 'src/oauth/authentication/basic-credentials.ts' };

/** How a client proves who it is. */
export const MUTANTS = [
  {
    ...BASIC,
    name: 'Basic is split at its last colon',
    rows: ['CA-02'],
    find: `pair?.indexOf(':')`,
    replace: `pair?.lastIndexOf(':')`,
    // A generated secret has no colon, so nothing shows this from outside.
    tests: ['src/oauth/authentication/basic-credentials'],
    testNamePattern: 'CA-02',
  },
  {
    ...BASIC,
    name: 'the secret in Basic is taken as it comes',
    rows: ['CA-02', 'T-A6'],
    find: `formDecoded(pair.slice(colon + 1))`,
    replace: `pair.slice(colon + 1)`,
    tests: ['test/client-authentication'],
    testNamePattern: 'CA-02',
  },
  {
    ...BASIC,
    name: 'Basic is decoded before it is split',
    rows: ['CA-02'],
    find: `const pair = textOfBase64(text);`,
    replace: `const pair = formDecoded(textOfBase64(text) ?? '');`,
    tests: ['test/client-authentication'],
    testNamePattern: 'CA-02',
  },
];
