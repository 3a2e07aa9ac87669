/** @returns `caught`, `SURVIVED` or `broken`, and why */
export async function tryMutant(tree, mutant) {
  const { results, output } = await tree.with(mutant, () => tree.test(mutant));
  if (results === null) return ['broken', `no test ran: ${complaintIn(output)}`];
  const failed = results.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  if (failed.length > 0) return ['caught', `${failed.length} failed, first: ${failed[0].fullName}`];
  if (results.numRuntimeErrorTestSuites > 0) return ['broken', 'a file of tests does not load'];
  if (results.numPassedTests === 0) return ['broken', 'no test is called as it says'];
  return ['SURVIVED', `${results.numPassedTests} passed`];
}

/**
 * Runs the tests without any mutant, those of the same files at once.
 *
 * @returns the mutants whose tests do not pass, so that their failing would mean nothing
 */
export async function unprovenMutants(tree, mutants, report) {
  const unproven = [];
  for (const tests of new Set(mutants.map(filesOf))) {
    const those = mutants.filter((mutant) => filesOf(mutant) === tests);
    await report(tests, async () => {
      const { results, output } = await tree.test({
        tests: those[0].tests,
        testNamePattern: unionOf(those.map(({ testNamePattern }) => testNamePattern)),
      });
      if (!results?.success) unproven.push(...those);
      return results === null ? complaintIn(output) : tallyOf(results);
    });
  }
  return unproven;
}

const filesOf = ({ tests }) => tests.join(' ');
const tallyOf = (results) => `${results.numPassedTests} passed, ${results.numFailedTests} failed`;
/** One without a pattern needs all tests. */
const unionOf = (patterns) => (patterns.includes(undefined) ? undefined : patterns.join('|'));

/** The compiler's first error or, where it had none, the last that was said, calls aside. */
function complaintIn(output) {
  const lines = output.split('\n').filter((line) => !/^\s*(?:at .*)?$/.test(line));
  return lines.find((line) => line.includes('error TS')) ?? lines.at(-1) ?? '';
}
