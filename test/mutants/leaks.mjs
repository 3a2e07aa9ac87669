const LEAKED = { file: 'src/api-keys/leaks/leaked-keys.service.ts', tests: ['test/key-leaks'] };
const GITHUB = { file: 'src/api-keys/leaks/github-alerts.ts', tests: ['test/key-leaks'] };

/** Keys that were found where they should not be, and plaintexts where none may be. */
export const MUTANTS = [
  {
    ...LEAKED,
    name: 'a leaked key lives on, whatever the policy says',
    rows: ['S59'],
    find: `const isRevoked = policies.onLeakedKey === 'revoke';`,
    replace: `const isRevoked = policies.onLeakedKey === ('never' as string);`,
    testNamePattern: 'ends it',
  },
  {
    ...LEAKED,
    name: 'each report of a key is told anew',
    rows: ['S59'],
    find: `if (!isRevoked && key.leakedAt) return;`,
    replace: '',
    testNamePattern: 'tells once',
  },
  {
    ...LEAKED,
    name: 'what was no key is kept',
    rows: ['S59'],
    find: `await this.transactions.outside.query(FORGET_REST, [reportIds]);`,
    replace: `void FORGET_REST;`,
    testNamePattern: 'keeps nothing',
  },
  {
    ...GITHUB,
    name: 'an alert is taken from anyone',
    rows: ['S59'],
    find: `return verify('sha256', body, key, Buffer.from(signature, 'base64'));`,
    replace: `void verify;\n    return true;`,
    testNamePattern: 'from GitHub alone',
  },
  {
    file: 'src/api-keys/issuance/key-issuance.service.ts',
    name: 'the key itself is stored as its prefix',
    rows: ['S59'],
    find: `keyPrefix: prefix,`,
    replace: `keyPrefix: (void prefix, plaintext),`,
    tests: ['test/plaintext-keys'],
  },
  {
    file: 'src/api-keys/format/key-format.ts',
    name: 'a key without a right checksum is looked up',
    rows: ['S57'],
    find: `return checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);`,
    replace: `return true;`,
    tests: ['src/api-keys/format', 'test/api-key-fuzz'],
    testNamePattern: 'mutation|every single character',
  },
  {
    file: 'src/api-keys/verification/key-verification.dto.ts',
    name: 'a use costs any number',
    rows: ['S30'],
    find: `  @IsInt()\n`,
    replace: `  @Max(1_000_000 + 0 * IsInt.length)\n`,
    tests: ['test/api-key-fuzz'],
    testNamePattern: 'verifyApiKey never',
  },
  {
    file: 'src/api-keys/usage/unused-scopes.ts',
    name: 'a coarse scope is needed by its own name alone',
    rows: ['S31'],
    find: `      needs.get(whole)?.add(part);\n`,
    replace: '',
    tests: ['test/api-key-usage'],
    testNamePattern: 'nothing has needed',
  },
];
