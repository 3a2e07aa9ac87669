import reactHooks from 'eslint-plugin-react-hooks';
import security from 'eslint-plugin-security';
import sonarjs from 'eslint-plugin-sonarjs';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules } from './scripts/lint-rules.mjs';

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Named exports only, unless the tool that reads the file demands a default.',
};
const ENVIRONMENT_IN_ONE_PLACE = {
  selector:
    'MemberExpression[object.name="process"][property.name="env"], ImportDeclaration[source.value=/^(node:)?process$/]',
  message: 'src/config.ts is the one reader of the environment.',
};
const NO_UNFINISHED_TEST = {
  selector:
    'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/], CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
  message: 'Every test runs, every time.',
};

const NO_SLEEP = {
  selector:
    'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"], ImportDeclaration[source.value=/^(node:)?timers.promises$/]',
  message: 'A test waits for a condition (test/support), not for a time.',
};

/** Rules that every language here has in common. */
const common = {
  rules: {
    eqeqeq: 'error',
    'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
    'keycap/no-secret-comparison': 'error',
    'keycap/no-built-sql': 'error',

    // Every index by a variable is a finding to it, also `list[i]`; the types
    // (noUncheckedIndexedAccess, no `any`) and the body's prototype check hold what it means to.
    'security/detect-object-injection': 'off',
    // Paths come from the operator's configuration and from this program, never from a request.
    'security/detect-non-literal-fs-filename': 'off',
    // Its own word list ("pass", "key", "api") finds every name in a program about credentials;
    // keycap/no-secret-comparison looks at what is compared, not only at how it is called.
    'security/detect-possible-timing-attacks': 'off',
    // It counts stars in the text; sonarjs/super-linear-regex looks at what backtracks.
    'security/detect-unsafe-regex': 'off',
    // typescript-eslint and tsc say the same with types at hand.
    'sonarjs/no-unused-vars': 'off',
    'sonarjs/unused-import': 'off',
    'sonarjs/deprecation': 'off',
    // A declared union is one type; tsc holds the function to it.
    'sonarjs/function-return-type': 'off',
    // By code unit is the order that is meant, the same in every locale.
    'sonarjs/no-alphabetical-sort': 'off',
    // Whoever sets PATH for a program starts the program.
    'sonarjs/no-os-command-from-path': 'off',
    // `void promise` is the way to say that nobody waits (no-floating-promises).
    'sonarjs/void-use': 'off',
  },
};

const typed = {
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/consistent-type-imports': [
      'error',
      { prefer: 'type-imports', fixStyle: 'separate-type-imports' },
    ],
    '@typescript-eslint/consistent-type-exports': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    // Nest's modules are classes without members.
    '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/ban-ts-comment': [
      'error',
      { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': false },
    ],
    // A DTO is a shape: its `of()` answers a literal, and nothing asks it for instanceof.
    '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    // Without its annotation a property with a default has no design:type for Nest to read.
    '@typescript-eslint/no-inferrable-types': ['error', { ignoreProperties: true }],
    // `[...text]` is meant: code points, which is what the length rules count.
    '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
    '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
  },
};

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.keycap/', 'node_modules/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  { plugins: { keycap: houseRules } },
  security.configs.recommended,
  sonarjs.configs.recommended,

  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    ...typed,
  },
  {
    // Plain JavaScript, because it runs before anything is installed or built.
    files: ['scripts/**/*.mjs'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
    },
  },
  common,

  {
    files: ['dashboard/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    rules: {
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ENVIRONMENT_IN_ONE_PLACE],
    },
  },
  {
    files: ['src/config.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT] },
  },
  {
    // It evaluates this program's own text, which the build has put beside it.
    files: ['src/bundled/load-programs.ts'],
    rules: { 'sonarjs/code-eval': 'off' },
  },
  {
    files: ['src/**/*.dto.ts'],
    // The same: a body made of another body and more has no methods to lose.
    rules: { '@typescript-eslint/no-misused-spread': 'off' },
  },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_UNFINISHED_TEST],
      // A test that is wrong about what is there fails, which is what the rule is after.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // So marked by its libraries that nobody uses it for more than tests, which these are.
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: ['oauth4webapi', 'openid-client'].map((library) => ({
            from: 'package',
            package: library,
            name: 'allowInsecureRequests',
          })),
        },
      ],
      // Jest's own matchers (expect.any) are any; what is done with one is still looked at.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // What came over HTTP is a shape, whatever class describes it.
      '@typescript-eslint/no-misused-spread': 'off',
      // `Basic ${base64(`${id}:${secret}`)}` reads as what is sent.
      'sonarjs/no-nested-template-literals': 'off',
      // Tests talk to 127.0.0.1 and sign in with passwords that they make up.
      'sonarjs/no-hardcoded-ip': 'off',
      'sonarjs/no-hardcoded-passwords': 'off',
      'sonarjs/no-hardcoded-secrets': 'off',
      'sonarjs/no-clear-text-protocols': 'off',
    },
  },
  {
    files: ['**/*spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_UNFINISHED_TEST, NO_SLEEP],
    },
  },
  {
    // What a tool loads by its default export.
    files: [
      '*.config.js',
      'ormconfig.ts',
      'test/**/global-*.mjs',
      'test/conformance/reporter.mjs',
      'test/support/longest-first.mjs',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
