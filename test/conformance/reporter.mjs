import { documentOf } from './document.mjs';
import { evidenceOf, isFullRun } from './evidence.mjs';
import { GROUPS } from './groups.mjs';
import { complaintsAbout, matrixOf } from './matrix.mjs';
import { keepEvidence, publishedText } from './store.mjs';

const STALE =
  'docs/conformance.md is not what this run gives. Once nothing else is said here: npm run conformance';

/** Fails a full run of the tests whose results docs/conformance.md does not tell truly. */
export default class ConformanceReporter {
  #config;
  #error;

  constructor(config) {
    this.#config = config;
  }

  onRunComplete(_contexts, results) {
    if (!isFullRun(this.#config, results)) return;
    const evidence = evidenceOf(results.testResults, this.#config.rootDir);
    keepEvidence(evidence);
    const matrix = matrixOf(GROUPS, evidence);
    const complaints = complaintsAbout(matrix);
    if (documentOf(matrix) !== publishedText()) complaints.push(STALE);
    if (complaints.length > 0) this.#fail(complaints);
  }

  #fail(complaints) {
    this.#error = new Error(`OAuth conformance:\n  ${complaints.join('\n  ')}`);
    process.stderr.write(`\n${this.#error.message}\n\n`);
  }

  /** Jest fails the run where a reporter has one, and does not print it. */
  getLastError() {
    return this.#error;
  }
}
