import { spawnSync } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentOf, tallyOf } from '../conformance/document.mjs';
import { type Choice, type Evidence } from '../conformance/evidence.mjs';
import { evidenceOf, isFullRun, rowsNamedIn } from '../conformance/evidence.mjs';
import { GROUPS } from '../conformance/groups.mjs';
import { complaintsAbout, type Group, matrixOf, type Row } from '../conformance/matrix.mjs';
import { PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

const row = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  level: 'MUST',
  source: 'RFC 6749 §3.2',
  text: `What ${id} asks.`,
  ...more,
});
const group = (...rows: Row[]): Group => ({ title: "The client's part", intro: 'Why.', rows });
const test = (name: string, more: Partial<Evidence> = {}): Evidence => ({
  file: 'test/a.e2e-spec.ts',
  name,
  place: null,
  isPassed: true,
  ...more,
});
const LATER = row('DP-01', { notApplicable: 'not offered yet' });

// Not as cases of a table: a title with an id in it would stand for that row.
it('a test stands for the rows that its title names', () => {
  const named = {
    'TOK-01 refuses GET (CC-17, S40, A22)': ['TOK-01', 'CC-17'],
    'BR-01: says nothing, BCP-02 neither': ['BR-01', 'BCP-02'],
    'is TOK-01, and TOK-01 again': ['TOK-01'],
    'knows no TOK-1': ['TOK-1'],
    'falls into no trap (trap A3)': ['T-A3'],
    'falls into none (traps A9, A10, S34)': ['T-A9', 'T-A10'],
    'falls into one (trap A3, A40)': ['T-A3'],
    'is of an advisory (A40) in XTOK-01, on port TOK-': [],
    'traps nobody': [],
  };
  const names = Object.keys(named);
  expect(Object.fromEntries(names.map((name) => [name, rowsNamedIn(name)]))).toEqual(named);
});

describe('the evidence of a run', () => {
  it('is every test that names a row, by file and in it as written', () => {
    const files = [
      {
        testFilePath: '/keycap/test/b.e2e-spec.ts',
        testResults: [
          { fullName: 'b TOK-02', status: 'pending', location: { line: 7, column: 3 } },
          { fullName: 'b names none', status: 'passed', location: null },
          { fullName: 'b TOK-01', status: 'failed', location: null },
        ],
      },
      {
        testFilePath: '/keycap/src/a.spec.ts',
        testResults: [{ fullName: 'a trap A1', status: 'passed' }],
      },
    ];
    expect(evidenceOf(files, '/keycap')).toEqual([
      { file: 'src/a.spec.ts', name: 'a trap A1', place: null, isPassed: true },
      { file: 'test/b.e2e-spec.ts', name: 'b TOK-02', place: '7:3', isPassed: false },
      { file: 'test/b.e2e-spec.ts', name: 'b TOK-01', place: null, isPassed: false },
    ]);
  });

  const everything: Choice = { testPathPatterns: { isSet: () => false } };
  const ended = { wasInterrupted: false, numRuntimeErrorTestSuites: 0 };

  it('is whole after all tests', () => {
    expect(isFullRun(everything, ended)).toBe(true);
  });

  it.each<[string, Partial<Choice>]>([
    ['of named files', { testPathPatterns: { isSet: () => true } }],
    ['of named tests', { testNamePattern: 'TOK' }],
    ['of what changed', { onlyChanged: true }],
    ['of a part', { shard: {} }],
  ])('is not, after a run %s', (_, choice) => {
    expect(isFullRun({ ...everything, ...choice }, ended)).toBe(false);
  });

  it('is not, where a file did not load or somebody broke off', () => {
    expect(isFullRun(everything, { ...ended, numRuntimeErrorTestSuites: 1 })).toBe(false);
    expect(isFullRun(everything, { ...ended, wasInterrupted: true })).toBe(false);
  });
});

describe('a matrix', () => {
  const complaints = (rows: Row[], tests: Evidence[]): string[] =>
    complaintsAbout(matrixOf([group(...rows)], tests));

  it('is whole where each row has passed, or nothing can show it', () => {
    expect(complaints([row('TOK-01'), LATER], [test('TOK-01 refuses'), test('TOK-01')])).toEqual(
      [],
    );
  });

  it('complains of rows without a test', () => {
    expect(complaints([row('TOK-01'), row('TOK-02'), row('TOK-03')], [test('TOK-01')])).toEqual([
      'No test stands for TOK-02, TOK-03.',
    ]);
  });

  it('complains of a test that did not pass, though another one did', () => {
    const tests = [test('TOK-01 one'), test('TOK-01 other', { isPassed: false })];
    expect(complaints([row('TOK-01')], tests)).toEqual([
      'TOK-01 did not pass: test/a.e2e-spec.ts: TOK-01 other',
    ]);
  });

  it('complains of a row that does not exist', () => {
    expect(complaints([row('TOK-01')], [test('TOK-01, TOK-99')])).toEqual([
      'TOK-99 is no row: test/a.e2e-spec.ts: TOK-01, TOK-99',
    ]);
  });

  it('complains of a test for what is not applicable', () => {
    expect(complaints([LATER], [test('DP-01 takes one proof')])).toEqual([
      'DP-01 is not applicable, yet has a test: test/a.e2e-spec.ts: DP-01 takes one proof',
    ]);
  });
});

describe('docs/conformance.md', () => {
  const rows = [row('TOK-01'), row('TOK-02', { source: '' }), row('TOK-03'), LATER];
  const matrix = matrixOf(
    [group(...rows)],
    [
      test('TOK-01 takes a|b', { file: 'src/a.spec.ts', place: '4:1' }),
      test('TOK-01 takes c', { file: 'src/a.spec.ts', place: '4:1' }),
      test('TOK-01 takes d', { file: 'src/a.spec.ts', place: '4:1' }),
      test('TOK-01 ends\n <b> '),
      test('TOK-02 *is* `red`', { isPassed: false }),
      test('TOK-02 is green'),
    ],
  );

  it('counts', () => {
    expect(tallyOf(matrix.groups)).toBe('4 rows: 1 passed, 1 failed, 1 no test, 1 not applicable.');
    const good = matrixOf([group(row('TOK-01'), LATER)], [test('TOK-01')]);
    expect(tallyOf(good.groups)).toBe('2 rows: 1 passed, 1 not applicable.');
    expect(documentOf(matrix)).toContain(
      "\n| [The client's part](#the-clients-part) | 4 | 1 | 1 |\n\n",
    );
  });

  it('has a table of each group, with what tests are called as plain text', () => {
    expect(documentOf(matrix).split("\n## The client's part\n")[1]).toBe(`
Why.

| row | level | what it asks | source | result | tests, or why there is none |
| --- | --- | --- | --- | --- | --- |
| TOK-01 | MUST | What TOK-01 asks. | RFC 6749 §3.2 | passed | [a.spec.ts](../src/a.spec.ts)<br>TOK-01 takes a\\|b (and 2 more cases)<br>[a.e2e-spec.ts](../test/a.e2e-spec.ts)<br>TOK-01 ends \\<b\\> |
| TOK-02 | MUST | What TOK-02 asks. | this house | failed | [a.e2e-spec.ts](../test/a.e2e-spec.ts)<br>TOK-02 \\*is\\* \\\`red\\\`<br>TOK-02 is green |
| TOK-03 | MUST | What TOK-03 asks. | RFC 6749 §3.2 | no test |  |
| DP-01 | MUST | What DP-01 asks. | RFC 6749 §3.2 | not applicable | not offered yet |
`);
  });

  it('has rows that a test can name, each once, in one line', () => {
    const all = GROUPS.flatMap((each) => each.rows);
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, text, source } of all) {
      expect(rowsNamedIn(id.replace('T-A', 'trap A'))).toEqual([id]);
      expect(`${text}${source}`).not.toMatch(/[|\n]/);
      expect(text).toMatch(/^\S.*[.)]$/);
    }
  });
});

describe('a run of all tests', () => {
  const titles = GROUPS.flatMap(({ rows }) => rows)
    .filter(({ notApplicable }) => notApplicable === undefined)
    .map(({ id }) => `shows ${id.replace('T-A', 'trap A')}`);
  const specOf = (names: string[]): string =>
    `for (const name of ${JSON.stringify(names)}) it(name, () => {});`;

  let tree: PlantedTree;
  const run = (script: string, ...args: string[]): { status: number | null; output: string } => {
    const options = { cwd: tree.folder, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], options);
    return { status, output: stdout + stderr };
  };
  const runTests = (...args: string[]): ReturnType<typeof run> =>
    run(join(ROOT, 'node_modules/jest/bin/jest.js'), ...args);

  beforeAll(async () => {
    tree = await PlantedTree.of({
      'jest.config.js': `export default {
        testMatch: ['<rootDir>/*.spec.cjs'],
        transform: {},
        reporters: ['default', '<rootDir>/test/conformance/reporter.mjs'],
      };`,
      'docs/conformance.md': '',
      'most.spec.cjs': specOf(titles.slice(0, -1)),
      'last.spec.cjs': specOf(titles.slice(-1)),
    });
    await cp(join(ROOT, 'test/conformance'), join(tree.folder, 'test/conformance'), {
      recursive: true,
    });
  });

  afterAll(() => tree.remove());

  it(
    'fails unless every row has passed and docs/conformance.md says so',
    async () => {
      expect(run('scripts/conformance.mjs')).toEqual({
        status: 1,
        output: 'No full test run is recorded yet: npm test\n',
      });
      expect(runTests()).toEqual({
        status: 1,
        output: expect.stringMatching(
          /\nOAuth conformance:\n {2}docs\/conformance\.md is not what this run gives\..*\n\n/,
        ),
      });
      expect(run('scripts/conformance.mjs')).toEqual({
        status: 0,
        output: expect.stringMatching(/^docs\/conformance\.md: \d+ rows: \d+ passed, \d+ not app/),
      });
      expect(runTests().status).toBe(0);

      await writeFile(join(tree.folder, 'last.spec.cjs'), specOf(['shows nothing']));
      expect(runTests('most').status).toBe(0);
      const last = titles.at(-1)!.replace('shows trap ', 'T-');
      expect(runTests()).toEqual({
        status: 1,
        output: expect.stringContaining(`No test stands for ${last}.\n`),
      });
    },
    PATIENCE_MS,
  );
});
