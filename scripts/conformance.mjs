// `npm run conformance`: writes docs/conformance.md from what the last full `npm test` has shown and
// from the rows as they are now, and says what keeps that test run from passing.
import { documentOf, tallyOf } from '../test/conformance/document.mjs';
import { GROUPS } from '../test/conformance/groups.mjs';
import { complaintsAbout, matrixOf } from '../test/conformance/matrix.mjs';
import { keptEvidence, publish } from '../test/conformance/store.mjs';

const evidence = keptEvidence();
if (evidence === null) {
  process.stderr.write('No full test run is recorded yet: npm test\n');
  process.exit(1);
}
const matrix = matrixOf(GROUPS, evidence);
publish(documentOf(matrix));
process.stdout.write(`docs/conformance.md: ${tallyOf(matrix.groups)}\n`);
const complaints = complaintsAbout(matrix);
if (complaints.length > 0) {
  process.stderr.write(`${complaints.join('\n')}\n`);
  process.exitCode = 1;
}
