import { anchor, asPlainText, table } from './markdown.mjs';

const PREFACE = `# OAuth conformance

<!-- Written by \`npm run conformance\`. Rows are changed in test/conformance/groups, results by tests. -->

What is asked of an OAuth server for machines, row by row, and the tests that show it to hold here.
MUST, SHOULD and MAY are the words of the standard; OWN marks a rule that none makes. Where a standard
leaves a choice, the text says what Keycap decided.

Every test whose title carries the id of a row stands for it. A full \`npm test\` fails where a row has
no test or one that failed, where a test names a row that does not exist, and where this page is not
what the run gives. \`npm run conformance\` writes it anew from the last full run.`;

/** docs/conformance.md. The same matrix gives the same bytes. */
export function documentOf({ groups }) {
  const sections = [PREFACE, summaryOf(groups), ...groups.map(sectionOf)];
  return `${sections.join('\n\n')}\n`;
}

function summaryOf(groups) {
  const lines = groups.map(({ title, rows }) => [
    `[${title}](#${anchor(title)})`,
    rows.length,
    count(rows, 'passed'),
    count(rows, 'not applicable'),
  ]);
  return `## Summary

${tallyOf(groups)}

${table(['group', 'rows', 'passed', 'not applicable'], lines)}`;
}

/** Such as `190 rows: 110 passed, 80 not applicable.` */
export function tallyOf(groups) {
  const rows = groups.flatMap((group) => group.rows);
  const counts = ['passed', 'failed', 'no test', 'not applicable']
    .map((result) => [count(rows, result), result])
    .filter(([number]) => number > 0)
    .map(([number, result]) => `${number} ${result}`);
  return `${rows.length} rows: ${counts.join(', ')}.`;
}

const count = (rows, result) => rows.filter((row) => row.result === result).length;

function sectionOf({ title, intro, rows }) {
  const lines = rows.map((row) => [
    row.id,
    row.level,
    row.text,
    row.source || 'this house',
    row.result,
    row.notApplicable ?? testsIn(row.tests),
  ]);
  return `## ${title}

${intro}

${table(['row', 'level', 'what it asks', 'source', 'result', 'tests, or why there is none'], lines)}`;
}

function testsIn(tests) {
  return groupsOf(tests, ({ file }) => file)
    .flatMap((ofFile) => [linkTo(ofFile[0].file), ...namesOf(ofFile)])
    .join('<br>');
}

const linkTo = (file) => `[${file.split('/').at(-1)}](../${file})`;

/** A test that runs for each line of a table is named by its first case. */
function namesOf(tests) {
  return groupsOf(tests, ({ place, name }) => place ?? name).map(([first, ...others]) => {
    const cases = others.length === 1 ? 'case' : 'cases';
    const more = others.length === 0 ? '' : ` (and ${others.length} more ${cases})`;
    return asPlainText(first.name) + more;
  });
}

/** The items of each key together, in the order in which keys first come. */
function groupsOf(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
