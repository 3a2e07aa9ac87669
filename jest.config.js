/** Specs beside the code are pure logic; test/ speaks to the built server over HTTP. */
export default {
  testMatch: ['<rootDir>/test/**/*.e2e-spec.ts', '<rootDir>/src/**/*.spec.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Compiled code and the copies that tests plant elsewhere are no modules of the tests.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.keycap/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/conformance/reporter.mjs'],
  // By which the reporter knows the cases of one table.
  testLocationInResults: true,
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // One more than the processors of the smallest machines: now and then each waits for something.
  maxWorkers: 3,
  // Long enough for a machine that is busy with other things; what hangs is still found. The soak
  // does in one test what takes hours there.
  testTimeout: process.env.KEYCAP_SOAK === '1' ? 6 * 3_600_000 : 120_000,
};
