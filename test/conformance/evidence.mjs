import { relative, sep } from 'node:path';

const ROW = /\b(?:TOK|CA|CC|BR|RV|IN|MD|PK|MT|DP|AU|TX|WI|DR|PR|DV|BCP)-\d+\b/g;
/** One trap, or traps with commas between: after `trap A3, A40` stands the id of an advisory. */
const TRAPS = /\btrap A\d+\b|\btraps A\d+(?:, A\d+)*\b/g;

/** The rows that a test stands for, by its full name. */
export function rowsNamedIn(name) {
  const traps = (name.match(TRAPS) ?? []).flatMap((text) => text.match(/A\d+/g));
  return [...new Set([...(name.match(ROW) ?? []), ...traps.map((trap) => `T-${trap}`)])];
}

/** The tests of a run that stand for rows, sorted by file and in it as they are written. */
export function evidenceOf(testFiles, root) {
  return testFiles
    .map(({ testFilePath, testResults }) => ({
      file: relative(root, testFilePath).split(sep).join('/'),
      tests: testResults,
    }))
    .toSorted((one, other) => (one.file < other.file ? -1 : 1))
    .flatMap(({ file, tests }) => tests.map((test) => testOf(file, test)))
    .filter(({ name }) => rowsNamedIn(name).length > 0);
}

function testOf(file, { fullName, location, status }) {
  const place = location ? `${location.line}:${location.column}` : null;
  return { file, name: fullName, place, isPassed: status === 'passed' };
}

/** Whether a run was of all tests and came to its end; only then does a missing test mean something. */
export function isFullRun(choice, end) {
  const narrowedBy = [
    choice.testPathPatterns.isSet(),
    choice.testNamePattern,
    choice.runTestsByPath,
    choice.findRelatedTests,
    choice.onlyChanged,
    choice.onlyFailures,
    choice.lastCommit,
    choice.changedSince,
    choice.shard,
    choice.filter,
  ];
  const isWhole = !end.wasInterrupted && end.numRuntimeErrorTestSuites === 0;
  return isWhole && !narrowedBy.some(Boolean);
}
