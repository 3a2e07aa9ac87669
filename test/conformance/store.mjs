import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const inProject = (path) => resolve(import.meta.dirname, '../..', path);
const PAGE = inProject('docs/conformance.md');
/** Not kept by git: what the last full run has shown on this machine. */
const LAST_RUN = inProject('dist/conformance.json');

export function keepEvidence(evidence) {
  mkdirSync(dirname(LAST_RUN), { recursive: true });
  writeFileSync(LAST_RUN, `${JSON.stringify(evidence, null, 2)}\n`);
}

/** @returns the evidence of the last full run, or null where there was none */
export function keptEvidence() {
  return existsSync(LAST_RUN) ? JSON.parse(readFileSync(LAST_RUN, 'utf8')) : null;
}

export function publishedText() {
  return existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
}

export function publish(text) {
  writeFileSync(PAGE, text);
}
