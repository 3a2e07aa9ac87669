import { rowsNamedIn } from './evidence.mjs';

/** Requirements beside the tests that stand for them; `matrix.d.mts` has its shape. */
export function matrixOf(groups, evidence) {
  const testsOf = new Map();
  for (const test of evidence) {
    for (const id of rowsNamedIn(test.name)) {
      testsOf.set(id, [...(testsOf.get(id) ?? []), test]);
    }
  }
  const judged = groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => judge(row, testsOf.get(row.id) ?? [])),
  }));
  const known = new Set(judged.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const strays = [...testsOf]
    .filter(([id]) => !known.has(id))
    .map(([id, tests]) => ({ id, tests }));
  return { groups: judged, strays };
}

function judge(row, tests) {
  const result = row.notApplicable === undefined ? resultOf(tests) : 'not applicable';
  return { ...row, tests, result };
}

function resultOf(tests) {
  if (tests.length === 0) return 'no test';
  return tests.every(({ isPassed }) => isPassed) ? 'passed' : 'failed';
}

/** What keeps the matrix from being whole and true, a sentence each. */
export function complaintsAbout({ groups, strays }) {
  const rows = groups.flatMap((group) => group.rows);
  const untested = rows.filter(({ result }) => result === 'no test').map(({ id }) => id);
  return [
    ...(untested.length > 0 ? [`No test stands for ${untested.join(', ')}.`] : []),
    ...rows.flatMap(complaintsAboutTests),
    ...strays.flatMap(({ id, tests }) => tests.map((test) => `${id} is no row: ${titleOf(test)}`)),
  ];
}

function complaintsAboutTests({ id, tests, result }) {
  if (result === 'not applicable') {
    return tests.map((test) => `${id} is not applicable, yet has a test: ${titleOf(test)}`);
  }
  const failed = tests.filter(({ isPassed }) => !isPassed);
  return failed.map((test) => `${id} did not pass: ${titleOf(test)}`);
}

const titleOf = ({ file, name }) => `${file}: ${name}`;
