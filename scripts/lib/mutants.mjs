import { readdirSync, readFileSync } from 'node:fs';
import { fromRoot } from './paths.mjs';

/**
 * What is known to be wrong: each file of test/mutants exports its `MUTANTS`, and each of them has
 *
 *   name              what the code does now, as a sentence without a full stop
 *   rows              ids that its tests stand for
 *   file              where it is planted
 *   find, replace     a text that is in the file exactly once, and what takes its place
 *   tests             path patterns of Jest
 *   testNamePattern   of Jest; may be left out
 */
export async function readMutants() {
  const names = readdirSync(fromRoot('test/mutants')).filter((name) => name.endsWith('.mjs'));
  const lists = await Promise.all(
    names.toSorted().map((name) => import(`../../test/mutants/${name}`)),
  );
  return lists.flatMap(({ MUTANTS }) => MUTANTS);
}

/** The code with the mutant in it. @throws Error where it can't be planted */
export function mutated(text, { find, replace }) {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`what it replaces is there ${parts.length - 1} times`);
  return parts.join(replace);
}

/** Why the mutant can't be tried, or null. */
export function faultOf(mutant) {
  if ((mutant.tests ?? []).length === 0) return 'it names no tests';
  try {
    mutated(readFileSync(fromRoot(mutant.file), 'utf8'), mutant);
    return null;
  } catch (error) {
    return error.message;
  }
}

export const titleOf = ({ name, rows }) => `${name} (${rows.join(', ')})`;
